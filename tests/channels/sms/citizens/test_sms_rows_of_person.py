from __future__ import annotations

from datetime import UTC, datetime

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.follow_tables import FollowRow
from channels.sms.citizens.personal_records import Holding
from channels.sms.citizens.rows_of_person import RowsOfPerson
from stores.database import Database
from stores.sealing import Seal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_followed_dossiers_of_one_number_are_counted_and_erased(citizens_database: Database, seal: Seal) -> None:
    mine, other = (Citizen.of(phone, seal) for phone in ("+84900000123", "+84900000124"))
    assert mine is not None
    assert other is not None
    with citizens_database.writing() as session:
        for person, dossier in ((mine.person, "a"), (mine.person, "b"), (other.person, "a")):
            told = {"sealed": "", "language": "x", "status": 1, "failures": 0, "reminded": False}
            session.add(FollowRow(dossier=dossier, person=person, since=NOW, begun_at=NOW, next_at=NOW, **told))
    records = RowsOfPerson(citizens_database, FollowRow.person, "follows")
    assert records.holding(mine) == Holding("follows", 2)
    records.erase(mine)
    records.erase(mine)
    assert (records.holding(mine).entries, records.holding(other).entries) == (0, 1)
