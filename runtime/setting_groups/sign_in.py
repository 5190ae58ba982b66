"""Officers' sign-in: the second factor, and accounts kept elsewhere (OpenID Connect)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SignInSettings(Group):
    """Officers' sign-in: the second factor, and accounts kept elsewhere (OpenID Connect)."""

    oidc_issuer: str | None = Field(
        None,
        description="issuer of the province's accounts, as its discovery document writes it: https://…; "
        "officers sign in there instead of with a password kept here",
    )
    oidc_client_id: str = Field("", max_length=200, description="client_id this installation is registered under")
    oidc_client_secret: SecretStr | None = Field(
        None, description="client secret; without one this is a public client, protected by PKCE alone"
    )
    oidc_scope: str = Field("openid profile", description="scopes asked for, with blanks between; openid is one")
    oidc_name_claim: str = Field("preferred_username", description="claim that holds an officer's name")
    oidc_duties_claim: str = Field(
        "groups", description="claim that holds groups or roles; dots lead into it: realm_access.roles"
    )
    oidc_duties: str = Field(
        "",
        description="what groups may do: one-door=tickets,it=kiosks officers,…; who is in none of them is turned away",
    )
    oidc_authority: Path | None = Field(
        None, description="PEM file of the authority that vouches for the issuer's certificate, if it is not public"
    )
    oidc_acr: str = Field(
        "",
        description="strengths of a sign-in there (acr), with blanks between, of which one must be told; empty: as the "
        "provider decides",
    )
    second_factor_required: bool = Field(
        False,
        description="true: officers whose password is kept here must turn on codes of an app before anything else",
    )
    oidc_local_sign_in: bool = Field(
        False,
        description="true: passwords kept here are taken beside OpenID Connect, for a day on which the issuer is away",
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _safe_issuer(cls, value: str | None) -> str | None:
        place = urlsplit(value or "")
        if value and not (place.scheme == "https" or (place.scheme == "http" and place.hostname in _LOOPBACK)):
            raise ValueError(Message("must begin with https://"))
        if value and (place.query or place.fragment or not place.hostname):
            raise ValueError(Message("must be an address without query and fragment"))
        return value or None

    @field_validator("oidc_scope")
    @classmethod
    def _asks_for_identity(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError(Message("must hold openid"))
        return value
