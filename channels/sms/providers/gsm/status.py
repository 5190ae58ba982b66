"""Delivery receipts of the network, as smsd noted them for the parts of a message."""

from __future__ import annotations

from channels.sms.providers.gsm.form import read_receipt
from channels.sms.providers.gsm.spool import Spool
from channels.sms.routes.route import Arrivals


def bring_receipts(spool: Spool, route: str, arrivals: Arrivals) -> int:
    """Bring every report that is complete; its number leaves the spool after it was stored.

    Args:
        spool: of one modem.
        route: the modem's.
        arrivals: where they go.

    Returns:
        How many there were.
    """
    reports = spool.reports()
    for report in reports:
        arrivals.receipt(read_receipt(report, route))
        spool.reported(report.reference)
    return len(reports)
