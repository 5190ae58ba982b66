"""What a provider, or somebody in its place, may say without being believed."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from actions.dossiers.backend import BackendRejected, BackendUnavailable
from centre.officers import Duty
from centre.provider import BEGUN_FOR, Begun, Chosen, Identity, NotTaken, Provider, ProviderAway, duties_of
from runtime.clock import VIETNAM
from stores.sealing import Seal

ISSUER = "https://accounts.example"
BACK = "https://motcua.example/centre/sign-in/answer"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)


@dataclass
class Said:
    """A provider that says what a test wants it to."""

    description: dict[str, Any] = field(
        default_factory=lambda: {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/me",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
    )
    keys: list[Any] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    claims: dict[str, Any] = field(default_factory=dict)
    me: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
    key_looks: int = 0
    away: bool = False
    refuses: bool = False
    sent: dict[str, str] = field(default_factory=dict)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        if self.away:
            raise BackendUnavailable("OpenID provider: no connection")
        if path.endswith("/.well-known/openid-configuration"):
            return self.description
        if path.endswith("/keys"):
            self.key_looks += 1
            return {"keys": self.keys}
        if path.endswith("/me"):
            return self.me
        if self.refuses:
            raise BackendRejected("OpenID provider: HTTP 400")
        self.sent = dict(form or {})
        return {"access_token": "a", "id_token": self.sign(self.claims), "token_type": "Bearer"}


def provider_of(said: Said, now: Callable[[], datetime] = lambda: NOW, **changes: Any) -> Provider:
    values: dict[str, Any] = {
        "issuer": ISSUER,
        "client_id": "motcua",
        "client_secret": "secret",
        "scope": "openid",
        "name_claim": "preferred_username",
        "duties_claim": "realm_access.roles",
        "duties": duties_of("one-door=tickets"),
    }
    return Provider(Chosen(**{**values, **changes}), now, said)


def sign_in(said: Said, answer: Mapping[str, str] | None = None, **claims: Any) -> Identity:
    """Go there and come back with what the provider says."""
    provider = provider_of(said)
    address, begun = provider.begin(BACK)
    asked = parse_qs(urlsplit(address).query)
    at = int(NOW.timestamp())
    usual = {
        "iss": ISSUER,
        "sub": "u-1",
        "aud": "motcua",
        "iat": at,
        "exp": at + 300,
        "nonce": asked["nonce"][0],
        "preferred_username": "Lan",
        "realm_access": {"roles": ["one-door"]},
    }
    said.claims = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return provider.finish({"state": begun.state, "code": "c", **(answer or {})}, begun, BACK)


def test_who_signs_in_has_a_subject_a_name_and_duties() -> None:
    said = Said()
    assert sign_in(said) == Identity("u-1", "Lan", frozenset({Duty.TICKETS}))
    assert said.sent["redirect_uri"] == BACK
    assert len(said.sent["code_verifier"]) >= 43


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://accounts.example.evil"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": ["another client"], "azp": "motcua"},
        {"aud": ["motcua", "another client"]},
        {"aud": ["motcua", "another client"], "azp": "another client"},
        {"nonce": "of another browser"},
        {"nonce": None},
        {"exp": int(NOW.timestamp()) - 120},
        {"exp": None},
        {"iat": None},
        {"iat": int(NOW.timestamp()) + 600},
        {"nbf": int(NOW.timestamp()) + 600},
        {"sub": None},
        {"sub": ""},
        {"sub": 17},
        {"sub": "x" * 256},
        {"at_hash": "of another token"},
        {"preferred_username": ""},
        {"preferred_username": ["Lan"]},
        {"preferred_username": "L" * 61},
        {"preferred_username": "Lan\u202eadmin"},
    ],
)
def test_an_identity_that_is_not_meant_for_us_now_is_not_taken(claims: dict[str, Any]) -> None:
    with pytest.raises(NotTaken):
        sign_in(Said(), **claims)


def _unsigned(claims: dict[str, Any]) -> str:
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)
    )
    return f"{head}.{body}."


def _signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """The public key taken for a shared secret: anybody has it."""
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", "kid": "one"}, claims)
    )
    mark = hmac.digest(KEY.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{urlsafe_b64encode(mark).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "sign",
    [
        _unsigned,
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER),
        _signed_with_the_public_key,
        lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("secret-secret-secret-secret-secret")),
        lambda claims: jwt.encode({"alg": "ES256", "kid": "one"}, claims, ECKey.generate_key("P-256")),
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)[:-8] + "AAAAAAAA",
        lambda _: "",
        lambda _: "not.a.token",
        lambda _: "é.é.é",
    ],
)
def test_a_signature_of_anybody_else_s_is_not_taken(sign: Callable[[dict[str, Any]], str]) -> None:
    with pytest.raises(NotTaken):
        sign_in(Said(sign=sign))


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "another"},
        {"state": ""},
        {"iss": "https://another.example"},
        {"code": ""},
        {"error": "access_denied"},
    ],
)
def test_an_answer_to_another_question_is_not_taken(answer: dict[str, str]) -> None:
    said = Said()
    with pytest.raises(NotTaken):
        sign_in(said, answer)
    assert said.sent == {}, "the code was given away"


def test_a_provider_that_names_itself_in_answers_must_do_so() -> None:
    said = Said()
    said.description["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(NotTaken):
        sign_in(said)
    assert sign_in(said, {"iss": ISSUER}).name == "Lan"


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"authorization_endpoint": "http://accounts.example/auth"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_is_not_safe_is_not_followed(change: dict[str, Any]) -> None:
    said = Said()
    said.description.update(change)
    with pytest.raises(ProviderAway):
        provider_of(said).begin(BACK)


@pytest.mark.parametrize("keys", [[], [None], ["x"], [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]])
def test_without_public_keys_nobody_signs_in(keys: list[Any]) -> None:
    with pytest.raises(ProviderAway):
        sign_in(Said(keys=keys))


def test_unknown_keys_make_nobody_ask_again_and_again() -> None:
    said = Said(sign=lambda claims: jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, OTHER))
    provider = provider_of(said)
    for _ in range(5):
        _, begun = provider.begin(BACK)
        with pytest.raises(NotTaken):
            provider.finish({"state": begun.state, "code": "c"}, begun, BACK)
    assert said.key_looks == 1


def test_the_user_info_of_somebody_else_is_not_taken() -> None:
    said = Said(me={"sub": "u-2", "preferred_username": "Lan", "realm_access": {"roles": ["one-door"]}})
    with pytest.raises(NotTaken):
        sign_in(said, realm_access=None)
    said.me["sub"] = "u-1"
    assert sign_in(said, realm_access=None).may == {Duty.TICKETS}


@pytest.mark.parametrize("roles", [None, "choir", ["choir", 7, None], {"one-door": True}, 7])
def test_groups_that_say_nothing_give_no_duty(roles: Any) -> None:
    assert sign_in(Said(me={"sub": "u-1"}), realm_access={"roles": roles}).may == frozenset()


def test_a_provider_that_is_away_or_refuses_is_told_apart() -> None:
    said = Said()
    provider = provider_of(said)
    _, begun = provider.begin(BACK)
    said.refuses = True
    with pytest.raises(NotTaken):
        provider.finish({"state": begun.state, "code": "c"}, begun, BACK)
    said.away = True
    with pytest.raises(ProviderAway):
        provider.finish({"state": begun.state, "code": "c"}, begun, BACK)


def test_what_a_browser_keeps_is_sealed_and_ends() -> None:
    seal, at = Seal(b"a secret of the tests"), NOW.timestamp()
    begun = Begun("state", "nonce", "verifier", at)
    kept = begun.closed(seal)
    assert "verifier" not in kept
    assert Begun.opened(seal, kept, at + 1) == begun
    for wrong, now in (
        ("", at),
        ("x", at),
        (kept, at + BEGUN_FOR + 1),
        (kept, at - 1),
        (Seal(b"a secret of others..").close("{}"), at),
        (seal.close("{}"), at),
        (seal.close("[]"), at),
    ):
        with pytest.raises(NotTaken):
            Begun.opened(seal, wrong, now)


def test_clocks_may_differ_a_little() -> None:
    at = int((NOW + timedelta(seconds=45)).timestamp())
    assert sign_in(Said(), iat=at, exp=at + 300).name == "Lan"


@pytest.mark.parametrize("table", ["", "one-door", "one-door=", "=tickets", "one-door=everything", "a=tickets,b"])
def test_a_table_of_duties_that_is_none_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match=r"must be a group|names no group"):
        duties_of(table)


def test_groups_may_be_addresses() -> None:
    table = "cn=one-door=tickets,https://x/it=kiosks officers"
    assert duties_of(table)["cn=one-door"] == {Duty.TICKETS}


def test_a_sign_in_that_is_too_weak_is_not_taken() -> None:
    said = Said()
    strong = provider_of(said, strengths=frozenset({"loa3", "mfa"}))
    address, begun = strong.begin(BACK)
    asked = parse_qs(urlsplit(address).query)
    assert asked["acr_values"] == ["loa3 mfa"]
    at = int(NOW.timestamp())
    claims = {"iss": ISSUER, "sub": "u-1", "aud": "motcua", "iat": at, "exp": at + 300, "nonce": asked["nonce"][0]}
    for acr, taken in (("loa3", True), ("loa1", False), (None, False)):
        said.claims = {**claims, "acr": acr, "preferred_username": "Lan", "realm_access": {"roles": ["one-door"]}}
        answer = {"state": begun.state, "code": "c"}
        if taken:
            assert strong.finish(answer, begun, BACK).name == "Lan"
        else:
            with pytest.raises(NotTaken, match="MOTCUA_OIDC_ACR"):
                strong.finish(answer, begun, BACK)


LOGGED_OUT = {"http://schemas.openid.net/event/backchannel-logout": {}}


def logout_token(key: RSAKey = KEY, **changes: Any) -> str:
    claims = {
        "iss": ISSUER,
        "aud": ["motcua"],
        "iat": int(NOW.timestamp()),
        "jti": "j",
        "sub": "u-1",
        "events": LOGGED_OUT,
    }
    kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return str(jwt.encode({"alg": "RS256", "kid": "one", "typ": "logout+jwt"}, kept, key))


def test_the_provider_ends_the_sessions_of_a_subject() -> None:
    assert provider_of(Said()).ended(logout_token()) == "u-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://accounts.example.evil"},
        {"aud": "another client"},
        {"iat": int(NOW.timestamp()) - 600},
        {"exp": int(NOW.timestamp()) - 120},
        {"iat": None},
        {"sub": None},
        {"events": None},
        {"events": {"something": {}}},
        {"nonce": "an identity somebody holds"},
    ],
)
def test_a_logout_token_that_is_none_ends_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(NotTaken):
        provider_of(Said()).ended(logout_token(**changes))


@pytest.mark.parametrize("token", ["", "a.b.c", logout_token(OTHER)], ids=["empty", "no token", "of another key"])
def test_nobody_else_ends_a_session(token: str) -> None:
    with pytest.raises(NotTaken):
        provider_of(Said()).ended(token)


def test_a_provider_without_a_way_out_is_told() -> None:
    with pytest.raises(ProviderAway, match="end_session_endpoint"):
        provider_of(Said()).leaving("https://motcua.example/centre/sign-in")
