"""Mail to officers, by the province's own server (SMTP)."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from enum import StrEnum
from typing import Final

ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""What is taken for an address: no quoted parts, nothing that could be a second header."""
PATIENCE_SECONDS: Final = 20.0


class Security(StrEnum):
    """How the way to the server is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"
    """From the first byte on."""
    NONE = "none"
    """On this machine, or in a network that is closed already."""


class MailFailed(Exception):
    """The server did not take a mail; the message is for the operator and names nobody."""


@dataclass(frozen=True)
class MailServer:
    """Who takes mail."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    trusted: ssl.SSLContext | None = None
    """Whose certificates are believed; None: those the machine believes."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand one mail over; raises :class:`MailFailed`."""
        if not ADDRESS.fullmatch(to):
            raise MailFailed("the recipient's address is none")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, subject
        mail["Date"] = formatdate(localtime=True)
        mail["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or "localhost")
        # So that no absence note comes back (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            raise MailFailed(f"the mail server answered {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(f"the mail server cannot be used: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        trusted = self.trusted or ssl.create_default_context()
        if self.security is Security.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE_SECONDS, context=trusted)
        server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS)
        if self.security is Security.STARTTLS:
            try:
                # A server that offers none is refused: a password must not go in the clear because somebody cut it out.
                server.starttls(context=trusted)
            except BaseException:
                server.close()
                raise
        return server
