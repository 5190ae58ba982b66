"""Campaigns somebody is in, as something kept about a person."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from channels.sms.campaigns.tables import CampaignRecipientRow
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.personal_records import Holding
from stores.database import Database


class CampaignRecords:
    """Shows in how many campaigns a number is, and takes it out.

    Args:
        database: its tables are made.
    """

    needs_proof = False

    def __init__(self, database: Database) -> None:
        self._database = database

    def holding(self, citizen: Citizen) -> Holding:
        """How many there are."""
        with self._database.reading() as session:
            mine = CampaignRecipientRow.person == citizen.person
            return Holding("campaigns", session.scalar(select(func.count()).where(mine)) or 0)

    def erase(self, citizen: Citizen) -> None:
        """Nothing is left of it; what is queued is a message, and erased with them."""
        with self._database.writing() as session:
            session.execute(delete(CampaignRecipientRow).where(CampaignRecipientRow.person == citizen.person))
