"""The tables of a database, made by whoever starts a process."""

from __future__ import annotations

from multiprocessing import get_context

from installation.root import database_at
from runtime.messages import Message
from runtime.operator_errors import told_in_one_sentence


def migrate(url: str) -> None:
    """Bring the database at ``url`` up to date and let go of it."""
    database = database_at(url)
    try:
        database.migrate()
    finally:
        database.close()


class MigrationFailed(RuntimeError):
    """The tables could not be made; the process that tried has said why."""


def migrate_apart(url: str) -> None:
    """:func:`migrate` in a process of its own, so that a long-lived one need not keep the memory it takes.

    Raises:
        MigrationFailed: the database is away or refuses.
    """
    process = get_context("fork").Process(target=_migrate_and_tell, args=(url,))
    process.start()
    process.join()
    if process.exitcode:
        raise MigrationFailed(
            Message(
                "the tables could not be made (exit {exitcode}): the lines above say why", exitcode=process.exitcode
            )
        )


def _migrate_and_tell(url: str) -> None:
    with told_in_one_sentence(Message("motcua: the tables of the database")):
        migrate(url)
