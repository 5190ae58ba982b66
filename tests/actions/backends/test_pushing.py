"""Who may say that a dossier has changed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.backends.pushing import Sender, sender_of, senders_of
from actions.backends.sources_file import read_sources
from actions.dossiers.backend import BackendRejected
from stores.standard_webhooks import NotTaken, Refusal, sign

KEY = b"24 bytes and a few more of a key"
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
BODY = b'{"type": "dossier.changed"}'
PROVINCE = Sender("province", ("H15",), KEY)


def headers(body: bytes = BODY, key: bytes = KEY, at: datetime = NOW, id: str = "msg_1") -> dict[str, str]:
    moment = int(at.timestamp())
    return {
        "Webhook-Id": id,
        "Webhook-Timestamp": str(moment),
        "Webhook-Signature": sign(key, id, moment, body),
    }


def refused(given: dict[str, str], body: bytes = BODY) -> Refusal:
    with pytest.raises(NotTaken) as refusal:
        sender_of([PROVINCE], given, body, NOW)
    return refusal.value.why


def test_a_signature_is_the_one_of_standard_webhooks() -> None:
    # The example of the specification's own libraries.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_push_is_its_senders() -> None:
    assert sender_of([PROVINCE], headers(), BODY, NOW) == (PROVINCE, "msg_1")


def test_one_signature_of_several_is_enough_while_a_key_changes() -> None:
    two = headers()
    two["Webhook-Signature"] = f"v1,bm8= {two['Webhook-Signature']} v1a,x"
    assert sender_of([PROVINCE], two, BODY, NOW)[0] is PROVINCE


def test_another_body_key_id_or_time_is_not_signed() -> None:
    assert refused(headers(), BODY + b" ") is Refusal.UNSIGNED
    assert refused(headers(key=b"another key of thirty two bytes!")) is Refusal.UNSIGNED
    assert refused({**headers(), "Webhook-Id": "msg_2"}) is Refusal.UNSIGNED
    assert refused({**headers(), "Webhook-Timestamp": str(int(NOW.timestamp()) + 1)}) is Refusal.UNSIGNED
    assert refused({}) is Refusal.UNSIGNED


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_time_that_is_not_ours_is_refused(minutes: int) -> None:
    assert refused(headers(at=NOW + timedelta(minutes=minutes))) is Refusal.TOO_OLD


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=40)),
    st.binary(max_size=60),
)
def test_whatever_comes_is_refused_and_raises_nothing_else(given_headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(NotTaken):
        sender_of([PROVINCE], given_headers, body, NOW)


def test_a_source_speaks_of_the_codes_it_is_asked_about() -> None:
    assert PROVINCE.speaks_of("H15.50.05.21-261120-9124")
    assert not PROVINCE.speaks_of("H150.5-261120-9124")
    assert not PROVINCE.speaks_of("H16.50-261120-9124")
    assert PROVINCE.speaks_of("000.05.H15-261120-9124")
    assert Sender("all", ("",), KEY).speaks_of("G01.899-261119-898118")


FILE = """
sources:
  one: {{kind: source, name: sandbox, push: {key}}}
  two: {{kind: source, name: sandbox}}
routes:
  - {{prefixes: [H15, G09], ask: [one], then: [two]}}
otherwise: [two]
"""


def file_of(folder: Path, key: str) -> Path:
    (folder / "key").write_text(key)
    path = folder / "sources.yml"
    path.write_text(FILE.format(key=folder / "key"))
    return path


def test_senders_are_the_sources_of_the_file_that_have_a_key(tmp_path: Path) -> None:
    written = f"whsec_{base64.b64encode(KEY).decode()}\n# since 2026-11\n"
    [sender] = senders_of(read_sources(file_of(tmp_path, written)))
    assert (sender.name, sender.prefixes, sender.key) == ("one", ("H15", "G09"), KEY)
    assert "24 bytes" not in repr(sender)


@pytest.mark.parametrize("key", ["", "whsec_????", "whsec_c2hvcnQ="])
def test_a_key_that_is_none_is_told_without_being_shown(tmp_path: Path, key: str) -> None:
    with pytest.raises(BackendRejected, match="one: the key of its pushes") as told:
        senders_of(read_sources(file_of(tmp_path, key)))
    assert not key or key not in str(told.value)


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = file_of(tmp_path, "x")
    (tmp_path / "key").unlink()
    with pytest.raises(BackendRejected, match="cannot be read"):
        senders_of(read_sources(path))
