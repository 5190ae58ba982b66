"""Delivery receipts of the network, as smsd noted them for the parts of a message."""

from __future__ import annotations

from channels.sms.providers.gsm.form import read_receipt
from channels.sms.providers.gsm.spool import Spool
from channels.sms.routes.route import Arrivals


def bring_receipts(spool: Spool, arrivals: Arrivals) -> int:
    """Bring every report that is complete; its number leaves the spool after it was stored.

    Returns:
        How many there were.
    """
    reports = spool.reports()
    for report in reports:
        arrivals.receipt(read_receipt(report))
        spool.reported(report.reference)
    return len(reports)
