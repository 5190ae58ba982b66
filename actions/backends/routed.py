"""``MOTCUA_DOSSIER_SOURCE=routed``: the systems of the file, put together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from actions.backends.access import Access, HeaderAccess, NoAccess, client_credentials, keycloak
from actions.backends.answer_cache import KeptAnswers
from actions.backends.breaker import PAUSE_SECONDS, Breaker
from actions.backends.https import Https
from actions.backends.igate import IgateSource, states_of
from actions.backends.lgsp import LgspSource
from actions.backends.national import NationalSource
from actions.backends.routing import Route, Routed
from actions.backends.single_flight import AskedOnce
from actions.backends.sources_file import (
    AccessPart,
    Added,
    ClientCredentials,
    Igate,
    Keycloak,
    Lgsp,
    LgspHeader,
    National,
    SourcePart,
    SourcesFile,
    read_sources,
)
from actions.dossiers.backend import BackendRejected, DossierBackend, SourceContext, SourceFactory
from actions.dossiers.model import Clock
from runtime.messages import Message
from runtime.plugin_settings import own_settings
from runtime.seams import DOSSIER_SOURCES


class Reached(Protocol):
    """What a file says of how a system is reached."""

    @property
    def access(self) -> AccessPart:
        """What lets us in."""
        ...

    @property
    def authority(self) -> Path | None:
        """PEM file of its certificate authority."""
        ...

    @property
    def seconds(self) -> float:
        """One exchange takes at most."""
        ...


def open_routed(_settings: Any, context: SourceContext) -> Routed:
    """What ``motcua.dossier_sources`` names ``routed``."""
    return put_together(read_sources(context.sources), context)


def put_together(file: SourcesFile, context: SourceContext, *, pause: float = PAUSE_SECONDS) -> Routed:
    """The sources of a file with their routes; nobody is asked yet. A dead one is left alone for ``pause`` seconds.

    Raises:
        BackendRejected: an address or a certificate authority cannot be used.
        RegistryError: a source that was added cannot be used.
    """
    keep_for = timedelta(hours=file.keep_hours)
    sources = {}
    for name, part in file.sources.items():
        kept = KeptAnswers(context.redis, context.seal, name, context.clock, keep_for)
        # Asking may take two exchanges and a token before each.
        longest = part.seconds if isinstance(part, Added) else 2 * part.seconds
        sources[name] = AskedOnce(name, _source(name, part, context), kept, Breaker(name, pause=pause), longest)
    routes = [Route(tuple(part.prefixes), tuple(filter(None, (part.ask, part.then)))) for part in file.routes]
    if file.otherwise:
        routes.append(Route(("",), (file.otherwise,)))
    return Routed(sources, routes, file.agencies, context.disagreements)


def _source(name: str, part: SourcePart, context: SourceContext) -> DossierBackend:
    if isinstance(part, Added):
        if part.name == "routed":
            raise BackendRejected(Message("{name}: a source cannot be all of them", name=name))
        make: SourceFactory = DOSSIER_SOURCES.get(part.name)
        return make(own_settings(DOSSIER_SOURCES, part.name), context)
    https = Https(name, part.url, part.authority, part.seconds)
    return _remote(part, https, access_of(name, part, https), context.clock)


def _remote(part: National | Lgsp | Igate, https: Https, access: Access, clock: Clock) -> DossierBackend:
    match part:
        case National():
            return NationalSource(
                https,
                access,
                clock,
                agency=part.agency,
                target=part.target,
                username=part.username_file,
                password=part.password_file,
                login=part.login,
                share=part.share,
            )
        case Lgsp():
            return LgspSource(https, access, clock, path=part.path, unit=part.unit)
        case Igate():
            return IgateSource(https, access, clock, states_of(part.states))


def access_of(name: str, part: Reached, https: Https) -> Access:
    """What lets us in at a system of a file."""
    access: AccessPart = part.access
    match access:
        case ClientCredentials():
            tokens, path = _tokens(name, access.token_url, part)
            return client_credentials(tokens, path, access.id_file, access.secret_file)
        case Keycloak():
            tokens, path = _tokens(name, access.token_url, part)
            return keycloak(tokens, path, access.client_id, access.username_file, access.password_file)
        case LgspHeader():
            return HeaderAccess(access.parts)
        case _:
            return NoAccess()


def _tokens(name: str, url: str, part: Reached) -> tuple[Https, str]:
    place = urlsplit(url)
    return Https(name, f"{place.scheme}://{place.netloc}", part.authority, part.seconds), place.path or "/"
