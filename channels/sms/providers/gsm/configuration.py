"""What gammu-smsd is told. Source: its manual, gammu-smsdrc(5), and its source where the manual is silent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runtime.messages import Message

HEARTBEAT_SECONDS = 5
"""smsd writes to the store at least this often while it works."""


@dataclass(frozen=True, slots=True)
class ModemAddress:
    """How the modem is reached."""

    device: str
    """Serial port: ``/dev/ttyUSB0``."""
    connection: str
    """gammu's name for the kind of connection and its speed: ``at115200``."""
    pin: str | None = None
    """PIN of the SIM card; None when it asks for none."""


_QUERIES = {
    # libdbi gives SQLite no time to wait for a lock, and smsd offers no setting for it. This query runs once, when
    # the modem is connected; what it did before is done by the next one.
    "delete_phone": "PRAGMA busy_timeout = 10000",
    "insert_phone": "INSERT OR REPLACE INTO phones (IMEI, IMSI, ID, NetCode, NetName, Send, Receive, Client)"
    " VALUES (%I, %S, %P, %O, %M, %1, %2, %N)",
    # The text of what was sent is of no use to anybody any more.
    "add_sent_info": "INSERT INTO sentitems (CreatorID, ID, SequencePosition, Status, SendingDateTime, SMSCNumber,"
    " TPMR, SenderID, Text, DestinationNumber, Coding, UDH, Class, TextDecoded, InsertIntoDB, RelativeValidity,"
    " StatusCode) VALUES (%A, %1, %2, %3, datetime('now'), %F, %4, %P, '', %R, %c, %u, %x, '', %5, %V, %6)",
    # A report comes through another centre than the message went to, in national instead of international form, or
    # with a clock that is hours off: sender's digits and the modem's number for the message are enough.
    "save_inbox_sms_select": "SELECT ID, Status, datetime(%C), DeliveryDateTime, %F FROM sentitems"
    " WHERE DeliveryDateTime IS NULL AND TPMR = %t AND substr(DestinationNumber, -9) = substr(%R, -9)"
    " AND SendingDateTime > datetime('now', '-3 days') ORDER BY SendingDateTime DESC LIMIT 1",
}


def configuration(address: ModemAddress, spool: Path) -> str:
    """The text of smsd's configuration file; it may hold the PIN.

    Args:
        address: of the modem.
        spool: the SQLite file both sides work on.

    Raises:
        ValueError: a value that would become another line of the file.
    """
    for value in (address.device, address.connection, address.pin or "", str(spool)):
        if not value.isprintable() or '"' in value:
            raise ValueError(Message("device, connection, PIN and data folder must be plain text on one line"))
    settings = {
        "Service": "SQL",
        "Driver": "sqlite3",
        "DBDir": f"{spool.parent}/",
        "Database": spool.name,
        # Read by us line by line and not kept: the lines hold numbers.
        "LogFile": "stderr",
        "DebugLevel": "1",
        "CommTimeout": "1",
        "ReceiveFrequency": "1",
        "LoopSleep": "1",
        "StatusFrequency": str(HEARTBEAT_SECONDS),
        "SendTimeout": "30",
        # smsd would send again what may have arrived; whether to try again is for us to say.
        "MaxRetries": "1000",
        "RetryTimeout": "31536000",
        # See joining.py.
        "MultipartTimeout": "0",
        "DeliveryReport": "sms",
        "DeliveryReportDelay": "259200",
        "CheckBattery": "0",
        "HangupCalls": "0",
    }
    if address.pin:
        settings["PIN"] = address.pin
    lines = ["[gammu]", f"device = {address.device}", f"connection = {address.connection}", "", "[smsd]"]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    lines += ["", "[sql]"]
    lines += [f"{name} = {query}" for name, query in _QUERIES.items()]
    return "\n".join(lines) + "\n"
