"""Cookies of the officers' pages, named so that browsers hold us to what we promise.

Over HTTPS a name begins with ``__Host-``: no other host of the domain, and nothing on an unencrypted line, can set one
for us (RFC 6265bis, section 4.1.3). On loopback without HTTPS browsers would refuse such a name.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

_PREFIX = "__Host-"


def read(name: str, secure: bool) -> str:
    """What a browser kept; empty where it kept nothing.

    Args:
        name: without prefix.
        secure: whether officers come over HTTPS.
    """
    return request.cookies.get(_named(name, secure), "")


def keep(response: Response, name: str, value: str, seconds: int, secure: bool, *, comes_back: bool = False) -> None:
    """Have the browser keep something, unseen by scripts.

    Args:
        response: of ours.
        name: without prefix.
        value: to be kept.
        seconds: for so long.
        secure: whether officers come over HTTPS.
        comes_back: the browser comes back from another site, on which way a strict cookie stays behind.
    """
    response.set_cookie(
        _named(name, secure),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax" if comes_back else "Strict",
        secure=_is_secure(secure),
    )


def forget(response: Response, name: str, secure: bool) -> None:
    """Have the browser forget what it kept."""
    response.delete_cookie(_named(name, secure), path="/", secure=_is_secure(secure), httponly=True)


def _named(name: str, secure: bool) -> str:
    return _PREFIX + name if _is_secure(secure) else name


def _is_secure(secure: bool) -> bool:
    return secure or request.is_secure
