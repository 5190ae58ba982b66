"""The smallest record of a procedure a catalogue takes, as officers write it."""

from __future__ import annotations

RECORD = """\
code: "1.000001"
official_name: Đăng ký nuôi ong mật
short_name: Nuôi ong
agency: Bộ Mẫu
field: Mẫu
levels: [commune]
checked_on: 2026-11-01
"""
