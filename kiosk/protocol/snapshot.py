"""Dossiers that a kiosk may tell of while the line is down: each opened only with its code and four digits.

The key of a record comes from both through scrypt, so that a stolen box has to try ten thousand combinations of
a code it knows at 25 ms each, and the box holds no list of codes. A record has no place for a name, an address or a
number of anybody. A dossier has two records: one for the end of the telephone number, one for that of the identity
number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import zlib
from datetime import UTC, date, datetime
from typing import Annotated, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from pydantic import Field

from actions.dossiers.model import Dossier, DossierStatus, DossierView, code_digits
from kiosk.protocol.messages import Message

_ID: Final = 24
"""Signs of a lookup id: 96 bits, so that no two records meet by chance."""


_USUAL: Final = (
    '"x":"Bổ sung bản sao giấy chứng nhận quyền sử dụng đất có chứng thực, tờ khai theo mẫu","r":"2026-","a":"2026-",'
    '"f":"2026-","o":"Trung tâm Phục vụ hành chính công xã phường tỉnh, Bộ phận Một cửa Ủy ban nhân dân xã",'
    '"u":179{"c":"H15.50.05-26","p":"1.00","n":"Thủ tục đăng ký cấp giấy phép xác nhận thay đổi ","s":4,"r":"2026-'
).encode()
"""What most records hold: named beforehand, it need not travel with each. A change makes kept records unreadable."""


class Record(Message):
    """A dossier as the snapshot keeps it."""

    code: Annotated[str, Field(alias="c")]
    procedure: Annotated[str, Field(alias="p")]
    name: Annotated[str, Field(alias="n")]
    status: Annotated[int, Field(alias="s", ge=0, le=10)]
    received: Annotated[date | None, Field(alias="r")] = None
    appointment: Annotated[date | None, Field(alias="a")] = None
    finished: Annotated[date | None, Field(alias="f")] = None
    supplement: Annotated[str | None, Field(alias="x")] = None
    office: Annotated[str | None, Field(alias="o")] = None
    updated: Annotated[float, Field(alias="u")]

    @classmethod
    def of(cls, dossier: Dossier) -> Record:
        """Of a dossier of the back end."""
        return cls(
            code=dossier.code,
            procedure=dossier.procedure_code,
            name=dossier.procedure_name,
            status=int(dossier.status),
            received=dossier.received_on,
            appointment=dossier.appointment_on,
            finished=dossier.finished_on,
            supplement=dossier.supplement,
            office=dossier.office,
            updated=float(int(dossier.updated_at.timestamp())),
        )

    @classmethod
    def of_view(cls, code: str, view: DossierView) -> Record:
        """Of what a look-up has told."""
        return cls(
            code=code,
            procedure=view.procedure_code,
            name=view.procedure_name,
            status=int(view.status),
            received=view.received_on,
            appointment=view.appointment_on,
            finished=view.finished_on,
            supplement=view.supplement,
            office=view.collect_at,
            updated=view.updated_at.timestamp(),
        )

    def dossier(self) -> Dossier:
        """As the look-up knows it."""
        return Dossier(
            code=self.code,
            procedure_code=self.procedure,
            procedure_name=self.name,
            status=DossierStatus(self.status),
            received_on=self.received,
            appointment_on=self.appointment,
            finished_on=self.finished,
            supplement=self.supplement,
            office=self.office,
            updated_at=datetime.fromtimestamp(self.updated, UTC),
        )


class RecordKey:
    """What code and digits give: where the record lies, and how it opens."""

    def __init__(self, code: str, last4: str, salt: bytes) -> None:
        """Takes 25 ms.

        Args:
            code: canonical, or its digits alone: both find the same record.
            last4: four digits.
            salt: of the installation.
        """
        secret = f"{code_digits(code)}|{last4}".encode()
        self._key = hashlib.scrypt(secret, salt=salt, n=2**13, r=8, p=1, dklen=32)
        self.id = hmac.new(self._key, b"id", hashlib.sha256).hexdigest()[:_ID]

    def close(self, record: Record) -> str:
        """Seal a record; the same record gives the same text, so that what did not change is not sent again."""
        packing = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_USUAL)
        packed = packing.compress(record.to_bytes()) + packing.flush()
        nonce = hmac.new(self._key, b"nonce" + packed, hashlib.sha256).digest()[:12]
        sealed = nonce + ChaCha20Poly1305(self._key).encrypt(nonce, packed, self.id.encode())
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> Record:
        """What :meth:`close` sealed. Raises ``ValueError`` when it was not this one."""
        raw = base64.b64decode(sealed)
        try:
            packed = ChaCha20Poly1305(self._key).decrypt(raw[:12], raw[12:], self.id.encode())
            return Record.from_bytes(zlib.decompressobj(-15, zdict=_USUAL).decompress(packed))
        except InvalidTag:
            raise ValueError("another dossier's record") from None
        except zlib.error:
            raise ValueError("a record of another version of the program") from None
