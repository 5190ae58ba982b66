from __future__ import annotations

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder

from channels.callers import Callers
from channels.twilio.signature import SignatureCheck, raw_target, with_and_without_port
from runtime.settings import Settings, SettingsError

TOKEN = "12345"
PUBLIC = "https://motcua.example.vn/gateway"
FORM = {"From": "+84900000123", "Body": "khai sinh cần gì?", "To": "+84900000999"}


def accepts(
    signed: str,
    *,
    target: str = "/sms/twilio",
    host: str = "gateway.local:8080",
    form: dict[str, str] = FORM,
    sent_form: dict[str, str] | None = None,
    proxies: str = "",
    headers: dict[str, str] | None = None,
    peer: str = "127.0.0.1",
    signature: str | None = None,
) -> bool:
    """Whether a request to ``target`` at ``host`` is accepted when ``signed`` was the address in the
    signature.
    """
    callers = Callers.from_settings(Settings(trusted_proxies=proxies))
    check = SignatureCheck(TOKEN, PUBLIC, callers)
    given = RequestValidator(TOKEN).compute_signature(signed, form) if signature is None else signature
    path, _, query = target.partition("?")
    environ = EnvironBuilder(path="/", method="POST", data=sent_form or form, base_url=f"http://{host}/").get_environ()
    environ |= {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "REMOTE_ADDR": peer,
    }
    named = {"X-Twilio-Signature": given, **(headers or {})}
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in named.items()}
    with Flask("test").request_context(environ):
        return check.is_valid(request)


@pytest.mark.parametrize(
    ("signed", "accepted"),
    [
        ("https://motcua.example.vn/gateway/sms/twilio", True),
        ("https://motcua.example.vn:443/gateway/sms/twilio", True),
        ("http://gateway.local:8080/sms/twilio", True),
        ("http://gateway.local/sms/twilio", True),
        ("https://gateway.local:8080/sms/twilio", False),
        ("https://motcua.example.vn/sms/twilio", False),
        ("http://elsewhere.example/sms/twilio", False),
        ("http://gateway.local:8080/sms/twilio/", False),
        ("http://gateway.local:8080/sms/twilio?a=b", False),
    ],
)
def test_the_address_signed_must_be_one_we_are_called_at(signed: str, accepted: bool) -> None:
    assert accepts(signed) is accepted


@pytest.mark.parametrize(
    "query",
    ["a=b%20c", "next=%2Fhome", "name=%C4%91%E1%BA%A5t", "a=b+c", "a=%2f", "a", "a=&b=%00", "q=%25&x=~", "?"],
)
def test_a_query_is_taken_to_the_letter(query: str) -> None:
    target = f"/sms/twilio?{query}"
    assert accepts(f"{PUBLIC}{target}", target=target)


@pytest.mark.parametrize(
    ("peer", "proxies", "accepted"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "198.51.100.1, 192.0.2.0/24", True),
        ("192.0.2.7", "", False),
        ("192.0.2.7", "198.51.100.1", False),
    ],
)
def test_forwarding_headers_count_only_from_a_trusted_proxy(peer: str, proxies: str, accepted: bool) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "other.example, sms.example.vn"}
    assert accepts("https://sms.example.vn/sms/twilio", headers=headers, peer=peer, proxies=proxies) is accepted


def test_a_changed_form_or_a_missing_signature_is_refused() -> None:
    address = "http://gateway.local:8080/sms/twilio"
    assert accepts(address)
    assert not accepts(address, sent_form={**FORM, "Body": "khác"})
    assert not accepts(address, sent_form={**FORM, "Extra": "1"})
    assert not accepts(address, signature="")
    assert not accepts(address, signature="ÿÿ")
    assert not accepts(address, signature=RequestValidator("other").compute_signature(address, FORM))


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=20), st.text(st.characters(codec="utf-8"))))
def test_any_form_signed_by_the_providers_kit_is_accepted(form: dict[str, str]) -> None:
    assert accepts("http://gateway.local:8080/sms/twilio", form=form)


@pytest.mark.parametrize("host", ["a:b:c", "[::1]:8080", "", "x:99999999", "[", "ÿ"])
def test_a_strange_host_header_is_no_crash(host: str) -> None:
    assert not accepts("http://gateway.local:8080/sms/twilio", headers={"Host": host})


@pytest.mark.parametrize(
    ("base", "variants"),
    [
        ("https://a.vn", ["https://a.vn", "https://a.vn:443"]),
        ("http://a.vn/x/y", ["http://a.vn/x/y", "http://a.vn:80/x/y"]),
        ("http://a.vn:8080/x", ["http://a.vn:8080/x", "http://a.vn/x"]),
        ("http://[::1]:8080", ["http://[::1]:8080", "http://[::1]"]),
        ("http://[::1]", ["http://[::1]", "http://[::1]:80"]),
    ],
)
def test_a_base_is_tried_with_and_without_port(base: str, variants: list[str]) -> None:
    assert list(with_and_without_port(base)) == variants


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        ({"RAW_URI": "/a%20b?c=%2F"}, "/a%20b?c=%2F"),
        ({"REQUEST_URI": "/a?b"}, "/a?b"),
        ({"RAW_URI": "http://x.vn/a%20b?c"}, "/a%20b?c"),
        ({"RAW_URI": "http://x.vn"}, "/"),
        ({"PATH_INFO": "/a b", "QUERY_STRING": "c=%C4"}, "/a%20b?c=%C4"),
        (
            {"SCRIPT_NAME": "/x", "PATH_INFO": "/đ".encode().decode("latin-1"), "QUERY_STRING": ""},
            "/x/%C4%91",
        ),
    ],
)
def test_the_raw_target_is_found_under_every_server(environ: dict[str, str], target: str) -> None:
    bare = EnvironBuilder().get_environ()
    for name in ("RAW_URI", "REQUEST_URI"):
        bare.pop(name, None)
    with Flask("test").request_context({**bare, **environ}):
        assert raw_target(request) == target


def test_a_trusted_proxy_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="MOTCUA_TRUSTED_PROXIES=nginx"):
        Callers.from_settings(Settings(trusted_proxies="127.0.0.1, nginx"))
