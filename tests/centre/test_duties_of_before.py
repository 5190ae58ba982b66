"""Officers from before a duty there was: who gives duties has it after the update, nobody else."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import insert

from centre.officers import Duty, Officers
from centre.tables import OfficerRow
from runtime.clock import now
from stores.database import Database, alembic_config
from stores.sealing import Seal


def test_who_gives_duties_may_warn_after_the_update(tmp_path: Path) -> None:
    database, config = Database(f"sqlite:///{tmp_path / 'motcua.db'}"), alembic_config()
    database.migrate()
    with database.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "centre@centre_0010")
    duties = {"lan": "catalogue kiosks officers tickets", "mai": "tickets"}
    with database.writing() as session:
        session.execute(
            insert(OfficerRow),
            [{"name": name, "password": "x", "may": may, "recovery": ""} for name, may in duties.items()],
        )
    database.migrate()
    officers = {one.name: one.may for one in Officers(database, Seal(b"a secret of the tests"), now).all()}
    assert officers == {"lan": frozenset(Duty), "mai": frozenset({Duty.TICKETS})}
    database.close()
