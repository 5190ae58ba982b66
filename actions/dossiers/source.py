"""The dossier source that is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from actions.dossiers.backend import BackendError, BackendRejected, DossierBackend, SourceContext, SourceFactory
from runtime import logs
from runtime.plugin_settings import own_settings
from runtime.registry import RegistryError
from runtime.seams import DOSSIER_SOURCES

_log = logs.get(__name__)


def open_source(name: str, context: SourceContext) -> DossierBackend:
    """The source of this name in ``MOTCUA_DOSSIER_SOURCE``.

    One that cannot be used is told to the operator, and to citizens as one that is away: everything else is served.
    """
    try:
        make: SourceFactory = DOSSIER_SOURCES.get(name)
        return make(own_settings(DOSSIER_SOURCES, name), context)
    except (RegistryError, BackendError) as error:
        cause = str(error)
    except Exception as error:
        # Code from outside: whatever it does, procedures and reports are still answered.
        cause = f"the dossier source {name!r} does not start: {type(error).__name__}"
    _log.error("no dossier can be looked up", cause=cause)
    return UnusableSource(cause)


class UnusableSource:
    """Stands where a source should.

    Args:
        cause: for the operator.
    """

    def __init__(self, cause: str) -> None:
        self._cause = cause

    def find(self, code: str) -> NoReturn:
        """Raises :class:`BackendRejected`."""
        raise BackendRejected(self._cause)

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """Raises :class:`BackendRejected`."""
        raise BackendRejected(self._cause)
