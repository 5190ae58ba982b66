"""What an operator reads when something around the system is wrong: one sentence with the cure, never a stack trace.

Only what has a cure outside the program is told so. Everything else is a defect, and its stack trace is wanted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.messages import Message, translated
from runtime.secret_files import without_password

_OF_SYSTEM = {
    errno.EACCES: Message(
        "{place} is not writable or readable for {user}: give it to that user (chown), or set MOTCUA_DATA_DIR"
    ),
    errno.EPERM: Message(
        "{place} is not writable or readable for {user}: give it to that user (chown), or set MOTCUA_DATA_DIR"
    ),
    errno.EROFS: Message(
        "{place} is on a disk mounted read-only: mount it for writing (a disk with errors is mounted so: look at dmesg)"
    ),
    errno.ENOSPC: Message("{place} is on a full disk: free some space, `motcua doctor` shows how much there is"),
    errno.EDQUOT: Message("{place} is over the disk quota of {user}: free some space, or raise the quota"),
    errno.EADDRINUSE: Message(
        "{place} is an address another program uses: `ss -ltnp` names it; choose another with MOTCUA_PORT"
    ),
}
"""What to do about errors of the operating system."""

_SQLITE = {
    "unable to open database file": Message(
        "its folder does not exist or is not writable: give it to the user it runs as"
    ),
    "attempt to write a readonly database": Message(
        "the file or its disk is read-only: give it to the user it runs as"
    ),
    "disk is full": Message("the disk is full: free some space"),
    "disk I/O error": Message("the disk fails: look at dmesg, and restore a backup on another one (`motcua restore`)"),
    "database disk image is malformed": Message("the file is damaged: restore a backup (`motcua restore`)"),
    "file is not a database": Message("the file is no database of ours, or damaged: look at MOTCUA_DATABASE_URL"),
    "database is locked": Message("another program holds it: stop that one"),
}
"""What SQLite says, and what to do."""

_POSTGRES = {
    "password authentication failed": Message("user or password is wrong: look at MOTCUA_DATABASE_URL"),
    "does not exist": Message(
        "it has no such database or user: make it (createdb, createuser), or look at MOTCUA_DATABASE_URL"
    ),
    "read-only transaction": Message(
        "it is a standby: point MOTCUA_DATABASE_URL at the leader, with target_session_attrs=read-write"
    ),
    "permission denied": Message("the user may not do that: give it the database (ALTER DATABASE … OWNER TO …)"),
}

_OWN = (
    "MigrationFailed",
    "ModelMissing",
    "PipelineRefused",
    "RedisServerFailed",
    "RegistryError",
    "FolderInUse",
    "CannotRestore",
    "DataFileBroken",
    "TablesAreNewer",
)
"""Our own errors whose message is already a sentence with the cure."""


@contextmanager
def told_in_one_sentence(program: str, wrong_setting: int = 1) -> Iterator[None]:
    """End the process with one sentence on stderr where the surroundings are wrong; let defects through.

    Args:
        program: what the sentence begins with.
        wrong_setting: exit status for a wrong setting; everything else is 1.
    """
    try:
        yield
    except Exception as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        print(f"{translated(program)}: {sentence}", file=sys.stderr, flush=True)
        sys.exit(wrong_setting if _is_a(error, "SettingsError") else 1)


def sentence_for(error: BaseException) -> str | None:
    """One sentence with the cure, in the command line's language; None for a defect of the program."""
    said = _sentence(error)
    return without_password(translated(said)) if said is not None else None


def _sentence(error: BaseException) -> str | None:
    # Asked by name: importing the libraries would cost a command that needs none of them a second.
    if _is_a(error, "SettingsError") or any(_is_a(error, name) for name in _OWN):
        return str(error)
    if _is_a(error, "LanguageError", "language"):
        reason = _first_line(error)
        return Message(
            "a language of the data does not fit ({reason}): mend that file, docs/extending.md says what it needs",
            reason=reason,
        )
    if _is_a(error, "DBAPIError", "sqlalchemy"):
        return _of_database(error)
    if _is_a(error, "RedisError", "redis"):
        reason = _first_line(error)
        return Message("Redis does not do its part ({reason}): start it, or look at MOTCUA_REDIS_URL", reason=reason)
    if isinstance(error, OSError) and error.errno in _OF_SYSTEM:
        place = error.filename or Message("the data folder")
        return Message(_OF_SYSTEM[error.errno].template, place=place, user=_user())
    return None


def _of_database(error: BaseException) -> str | None:
    reason = _first_line(getattr(error, "orig", None) or error)
    for said, cure in {**_SQLITE, **_POSTGRES}.items():
        if said in str(getattr(error, "orig", error)):
            return Message("the database cannot be used ({reason}): {cure}", reason=reason, cure=cure)
    if _is_a(error, "OperationalError", "sqlalchemy") or _is_a(error, "InterfaceError", "sqlalchemy"):
        return Message(
            "the database does not answer ({reason}): start it, or look at MOTCUA_DATABASE_URL", reason=reason
        )
    return None


def _is_a(error: BaseException, name: str, package: str | None = None) -> bool:
    return any(
        kind.__name__ == name and (package is None or kind.__module__.partition(".")[0] == package)
        for kind in type(error).__mro__
    )


def _first_line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _user() -> Message:
    import pwd

    try:
        return Message("user {name}", name=pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        return Message("user {name}", name=os.geteuid())
