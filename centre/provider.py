"""Signing in with accounts kept elsewhere: OpenID Connect, authorization code with PKCE, as a client.

Authlib says what an ID token must hold, joserfc checks its signature; asking is done in the one way other systems are
asked (:mod:`actions.backends.https`), bounded in time and size. Sources: OpenID Connect Core 1.0 section 3.1, Discovery
1.0 section 4, RFC 7636 (PKCE), RFC 9207 (issuer in the answer), RFC 9700 (best practice), RP-Initiated
and Back-Channel Logout 1.0.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

from actions.backends.https import Https
from actions.dossiers.backend import BackendRejected, BackendUnavailable
from centre.officers import Duty
from runtime.messages import Message
from stores.sealing import Seal, SealBroken

SECONDS: Final = 8.0
"""One request to the provider."""
BEGUN_FOR: Final = 600
"""Seconds in which somebody must come back: a password and a code of an app are typed there."""
LOGOUT_FOR: Final = 120
"""Seconds in which a logout token arrives; a later one may be somebody's copy."""
LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY: Final = 60
"""Seconds two clocks may differ."""
KNOWN_FOR: Final = 3600.0
"""Seconds the provider's description is kept."""
KEYS_AGAIN: Final = 30.0
"""Seconds between two looks for a key nobody has told us of: a forged token names any."""
LONGEST_NAME: Final = 60
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Of signatures; never one whose key would be the client's secret, or none."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderAway(Exception):
    """The provider does not answer, or cannot be used as it is set up; the message says what, without anything of
    anybody's."""


class NotTaken(Exception):
    """Somebody came back who is not signed in; the message says why, without anything of anybody's."""


class Asking(Protocol):
    """:class:`actions.backends.https.Https`, or what stands for it."""

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """What the provider answers, as JSON."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the operator has set."""

    issuer: str
    client_id: str
    client_secret: str | None
    scope: str
    name_claim: str
    duties_claim: str
    duties: Mapping[str, frozenset[Duty]]
    """What each group may do."""
    authority: Path | None = None
    strengths: frozenset[str] = frozenset()
    """Of sign-ins (``acr``), one of which an identity must name; none: the provider's own rules hold."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser that was sent to the provider keeps, sealed."""

    state: str
    nonce: str
    verifier: str
    at: float

    def closed(self, seal: Seal) -> str:
        """For a cookie."""
        return seal.close(json.dumps(asdict(self)))

    @classmethod
    def opened(cls, seal: Seal, kept: str, now: float) -> Begun:
        """From a cookie. Raises :class:`NotTaken` when it is none of ours, or too old."""
        try:
            begun = cls(**json.loads(seal.open(kept)))
        except (SealBroken, ValueError, TypeError):
            raise NotTaken("this browser was not sent to the provider") from None
        if not 0 <= now - begun.at <= BEGUN_FOR:
            raise NotTaken("came back too late")
        return begun


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says has signed in."""

    subject: str
    """Never given to anybody else by this issuer."""
    name: str
    may: frozenset[Duty]


def duties_of(table: str) -> dict[str, frozenset[Duty]]:
    """What each group may do, from ``group=duty duty,…``.

    Raises:
        ValueError: it is no such list; the message says what is wrong.
    """
    found: dict[str, frozenset[Duty]] = {}
    for entry in filter(None, (part.strip() for part in table.split(","))):
        group, equals, duties = entry.rpartition("=")
        words = duties.split()
        if not (group.strip() and equals and words) or not set(words) <= set(Duty):
            raise ValueError(
                Message(
                    "{entry}: must be a group, = and duties ({duties}) with blanks between",
                    entry=entry,
                    duties=", ".join(Duty),
                )
            )
        found[group.strip()] = frozenset(map(Duty, words))
    if not found:
        raise ValueError(Message("names no group: nobody could sign in"))
    return found


class Provider:
    """Safe to share between threads, not across a fork.

    Args:
        chosen: what the operator has set.
        clock: the time, with zone.
        https: asks the provider; None: made when it is first asked.
    """

    def __init__(self, chosen: Chosen, clock: Callable[[], datetime], https: Asking | None = None) -> None:
        self._given = https
        self._chosen = chosen
        self._clock = clock
        self._guard = Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, Any] | None = None

    @property
    def issuer(self) -> str:
        """Whose accounts they are."""
        return self._chosen.issuer

    def begin(self, come_back_to: str) -> tuple[str, Begun]:
        """Where to send a browser, and what it must bring back. Raises :class:`ProviderAway`."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        begun = Begun(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), self._clock().timestamp()
        )
        asked = {
            "response_type": "code",
            "client_id": self._chosen.client_id,
            "redirect_uri": come_back_to,
            "scope": self._chosen.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        if self._chosen.strengths:
            asked["acr_values"] = " ".join(sorted(self._chosen.strengths))
        return _with_query(self._address("authorization_endpoint"), asked), begun

    def leaving(self, come_back_to: str) -> str:
        """Where a browser is sent to sign out at the provider, too (RP-Initiated Logout 1.0, section 2).

        Args:
            come_back_to: registered there as a post_logout_redirect_uri.

        Raises:
            ProviderAway: it cannot be told, or the provider offers no such place.
        """
        asked = {"client_id": self._chosen.client_id, "post_logout_redirect_uri": come_back_to}
        return _with_query(self._address("end_session_endpoint"), asked)

    def ended(self, token: str) -> str:
        """The subject whose sessions the provider has ended (Back-Channel Logout 1.0, sections 2.4 and 2.6).

        Args:
            token: the logout token, as it was handed in.

        Raises:
            NotTaken: it is none of this provider's, for us, of now.
            ProviderAway: its keys cannot be told at the moment.
        """
        from joserfc.errors import JoseError

        try:
            decoded = self._decoded(token)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTaken(f"the logout token is not valid ({type(error).__name__})") from None
        claims, now = decoded.claims, self._clock().timestamp()
        audience = claims.get("aud")
        issued, events, subject = claims.get("iat"), claims.get("events"), claims.get("sub")
        is_for_us = self._chosen.client_id in (audience if isinstance(audience, list) else [audience])
        if claims.get("iss") != self.issuer or not is_for_us:
            raise NotTaken("the logout token is not of this provider for this client")
        if not isinstance(issued, int | float) or abs(now - issued) > LOGOUT_FOR:
            raise NotTaken("the logout token is not of now")
        expires = claims.get("exp", now)
        if not isinstance(expires, int | float) or expires < now - LEEWAY:
            raise NotTaken("the logout token is over")
        # With a nonce it would be an identity, which anybody who ever signed in holds one of.
        if "nonce" in claims or not (isinstance(events, dict) and isinstance(events.get(LOGGED_OUT), dict)):
            raise NotTaken("the token ends nothing")
        if not isinstance(subject, str) or not subject:
            raise NotTaken("the logout token names no subject")
        return subject

    def finish(self, answer: Mapping[str, str], begun: Begun, come_back_to: str) -> Identity:
        """Who has signed in.

        Args:
            answer: parameters with which the browser came back.
            begun: what it was sent away with.
            come_back_to: as it was told to :meth:`begin`.

        Raises:
            NotTaken: nobody has.
            ProviderAway: it cannot be told at the moment.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise NotTaken("came back with another state")
        described = self._description()
        told = answer.get("iss")
        if told != self.issuer if told else described.get("authorization_response_iss_parameter_supported") is True:
            raise NotTaken("came back from another issuer")
        if "error" in answer or not answer.get("code"):
            raise NotTaken("the provider let nobody in")
        tokens = self._tokens(answer["code"], begun, come_back_to, described)
        claims = self._claims(tokens, begun.nonce)
        return self._identity(self._with_duties(claims, tokens, described))

    def _tokens(self, code: str, begun: Begun, come_back_to: str, described: Mapping[str, Any]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": come_back_to,
            "code_verifier": begun.verifier,
        }
        headers = {}
        secret = self._chosen.client_secret
        # Discovery 1.0: where nothing is said, it is client_secret_basic.
        methods = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret is not None and "client_secret_basic" in methods:
            pair = f"{quote(self._chosen.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form["client_id"] = self._chosen.client_id
            if secret is not None:
                form["client_secret"] = secret
        try:
            tokens = self._ask("POST", self._address("token_endpoint"), headers=headers, form=form)
        except BackendRejected:
            raise NotTaken("the provider does not take its code, or this client") from None
        if not isinstance(tokens, dict) or not isinstance(tokens.get("id_token"), str):
            raise NotTaken("the provider told no identity")
        return tokens

    def _claims(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        raw = tokens["id_token"]
        try:
            token = self._decoded(raw)
            wanted = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._chosen.client_id},
                "nonce": {"essential": True, "value": nonce},
            }
            known = {
                "nonce": nonce,
                "client_id": self._chosen.client_id,
                "access_token": str(tokens.get("access_token") or ""),
            }
            claims = CodeIDToken(token.claims, token.header, wanted, known)
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTaken(f"the identity is not valid ({type(error).__name__})") from None
        return dict(claims)

    def _decoded(self, raw: str) -> Any:
        """The token, once its signature fits; keys are asked for anew when it names one that is not known."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError

        described = self._description()
        offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = [name for name in ALGORITHMS if name in offered]
        try:
            return jwt.decode(raw, self._key_set(), algorithms=algorithms)
        except InvalidKeyIdError:
            return jwt.decode(raw, self._key_set(anew=True), algorithms=algorithms)

    def _key_set(self, anew: bool = False) -> Any:
        from joserfc.jwk import KeySet

        with self._guard:
            kept = self._keys
        age = time.monotonic() - kept[0] if kept is not None else KNOWN_FOR
        if kept is not None and age < (KEYS_AGAIN if anew else KNOWN_FOR):
            return kept[1]
        told = self._of_provider("GET", self._address("jwks_uri"))
        keys = told.get("keys") if isinstance(told, dict) else None
        # For signatures alone, and never a key both sides share.
        usable = [
            key
            for key in (keys if isinstance(keys, list) else [])
            if isinstance(key, dict) and key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC", "OKP"}
        ]
        if not usable:
            raise ProviderAway("the provider shows no keys")
        found = KeySet.import_key_set({"keys": usable})
        with self._guard:
            self._keys = (time.monotonic(), found)
        return found

    def _with_duties(
        self, claims: Mapping[str, Any], tokens: Mapping[str, Any], described: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The claims, with those of the user info where the token does not say everything."""
        missing = [
            name for name in (self._chosen.name_claim, self._chosen.duties_claim) if _claim(claims, name) is None
        ]
        if not missing or not isinstance(tokens.get("access_token"), str) or "userinfo_endpoint" not in described:
            return claims
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        more = self._of_provider("GET", self._address("userinfo_endpoint"), headers=bearer)
        # Core 5.3.2: what is told of somebody else must not be used.
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise NotTaken("the provider tells of somebody else")
        return {**more, **claims}

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        if self._chosen.strengths and claims.get("acr") not in self._chosen.strengths:
            raise NotTaken("signed in less strongly than MOTCUA_OIDC_ACR asks for")
        subject, name = claims.get("sub"), _claim(claims, self._chosen.name_claim)
        if not isinstance(subject, str) or not subject or len(subject) > 255:
            raise NotTaken("the identity has no subject")
        name = " ".join(name.replace("\0", "").split()) if isinstance(name, str) else ""
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise NotTaken(f"the claim {self._chosen.name_claim} holds no name")
        groups = _words(_claim(claims, self._chosen.duties_claim))
        may = frozenset(duty for group in groups for duty in self._chosen.duties.get(group, ()))
        return Identity(subject, name, may)

    def _description(self) -> dict[str, Any]:
        with self._guard:
            kept = self._described
        if kept is not None and time.monotonic() - kept[0] < KNOWN_FOR:
            return kept[1]
        told = self._of_provider("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if not isinstance(told, dict) or told.get("issuer") != self.issuer:
            raise ProviderAway("the provider's description names another issuer than MOTCUA_OIDC_ISSUER")
        with self._guard:
            self._described = (time.monotonic(), told)
        return told

    def _address(self, name: str) -> str:
        found = self._description().get(name)
        place = urlsplit(found) if isinstance(found, str) else urlsplit("")
        if place.scheme != "https" and place.hostname not in _LOOPBACK:
            raise ProviderAway(f"the provider's description has no safe {name}")
        return str(found)

    def _of_provider(self, method: str, address: str, **more: Any) -> Any:
        try:
            return self._ask(method, address, **more)
        except BackendRejected as error:
            raise ProviderAway(str(error)) from None

    def _ask(self, method: str, address: str, **more: Any) -> Any:
        try:
            return self._https.exchange(method, address, **more)
        except BackendUnavailable as error:
            raise ProviderAway(str(error)) from None

    @cached_property
    def _https(self) -> Asking:
        if self._given is not None:
            return self._given
        try:
            return Https("OpenID provider", self.issuer, self._chosen.authority, SECONDS)
        except BackendRejected as error:
            raise ProviderAway(str(error)) from None


def _with_query(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters)}"


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by the way to it where it stands in another one; None where it is not told."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _words(value: Any) -> Collection[str]:
    if isinstance(value, str):
        return (value, *value.split())
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()
