"""Requests of a box and answers of the centre: who changes a byte of either is not believed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.protocol.keys import BadSignature, CannotOpen, Keys, PublicKeys, _box_key
from kiosk.protocol.signing import Claim, check_answer, check_request, read_claim, sign_answer, sign_request

BOX, CENTRE, STRANGER = Keys.generate(), Keys.generate(), Keys.generate()
TARGET, BODY = "/kiosk-sync/v1/exchange?part=2", b"what is told"


def claimed() -> Claim:
    return read_claim(sign_request(BOX, "k7", 41, "POST", TARGET, BODY)[0])


def test_a_request_as_it_was_sent_is_the_boxs() -> None:
    claim = claimed()
    assert (claim.kiosk, claim.sequence) == ("k7", 41)
    check_request(BOX.public, claim, "POST", TARGET, BODY)


def test_the_answer_covers_the_signature_that_was_sent() -> None:
    header, signature = sign_request(BOX, "k7", 41, "POST", TARGET, BODY)
    assert read_claim(header).signature == signature


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("PUT", TARGET, BODY), ("POST", "/kiosk-sync/v1/exchange", BODY), ("POST", TARGET, b"what is told!")],
)
def test_a_changed_request_is_nobodys(method: str, target: str, body: bytes) -> None:
    with pytest.raises(BadSignature, match="does not fit"):
        check_request(BOX.public, claimed(), method, target, body)


@pytest.mark.parametrize(("kiosk", "sequence"), [("k8", 41), ("k7", 42)])
def test_a_request_is_no_other_boxs_and_has_no_other_number(kiosk: str, sequence: int) -> None:
    with pytest.raises(BadSignature):
        check_request(BOX.public, Claim(kiosk, sequence, claimed().signature), "POST", TARGET, BODY)


def test_a_strangers_signature_is_not_the_boxs() -> None:
    claim = read_claim(sign_request(STRANGER, "k7", 41, "POST", TARGET, BODY)[0])
    with pytest.raises(BadSignature):
        check_request(BOX.public, claim, "POST", TARGET, BODY)


@pytest.mark.parametrize(
    "header", [None, "", "k7", "k7 41", " 41 AAAA", "k7 x AAAA", "k7 -1 AAAA", "k7 ² AAAA", "k7 41 A", "k7 41 ạ"]
)
def test_what_is_no_header_of_a_request_is_refused(header: str | None) -> None:
    with pytest.raises(BadSignature):
        check_request(BOX.public, read_claim(header), "POST", TARGET, BODY)


@pytest.mark.parametrize(("digits", "fits"), [(15, True), (16, False)])
def test_a_number_has_no_more_digits_than_the_database_takes(digits: int, fits: bool) -> None:
    header = f"k7 {'9' * digits} AAAA"
    if fits:
        assert read_claim(header).sequence == int("9" * digits)
    else:
        with pytest.raises(BadSignature, match="no signed request"):
            read_claim(header)


def test_an_answer_tells_the_centres_time() -> None:
    _, request = sign_request(BOX, "k7", 41, "POST", TARGET, BODY)
    header = sign_answer(CENTRE, request, 200, 1_790_000_000.25, BODY)
    assert check_answer(CENTRE.public, request, 200, header, BODY) == 1_790_000_000.25


@pytest.mark.parametrize(
    ("request_of", "status", "body"), [(42, 200, BODY), (41, 409, BODY), (41, 200, b"what is told!")]
)
def test_an_answer_to_another_request_or_a_changed_one_is_not_the_centres(
    request_of: int, status: int, body: bytes
) -> None:
    header = sign_answer(CENTRE, sign_request(BOX, "k7", 41, "POST", TARGET, BODY)[1], 200, 1.0, BODY)
    _, request = sign_request(BOX, "k7", request_of, "POST", TARGET, BODY)
    with pytest.raises(BadSignature):
        check_answer(CENTRE.public, request, status, header, body)


def test_an_answer_with_another_time_is_not_the_centres() -> None:
    _, request = sign_request(BOX, "k7", 41, "POST", TARGET, BODY)
    signature = sign_answer(CENTRE, request, 200, 1.0, BODY).partition(" ")[2]
    with pytest.raises(BadSignature):
        check_answer(CENTRE.public, request, 200, f"2.000 {signature}", BODY)


@pytest.mark.parametrize("header", [None, "", "1.000", "1.000 A"])
def test_an_answer_without_a_signature_is_not_believed(header: str | None) -> None:
    with pytest.raises(BadSignature):
        check_answer(CENTRE.public, b"request", 200, header, BODY)


def test_no_part_of_what_is_signed_lends_bytes_to_the_next() -> None:
    signature = BOX.sign(b"ab", b"c")
    BOX.public.check(signature, b"ab", b"c")
    with pytest.raises(BadSignature):
        BOX.public.check(signature, b"a", b"bc")


def test_public_keys_come_back_from_their_text_and_nothing_else_does() -> None:
    assert PublicKeys.from_text(BOX.public.text) == BOX.public
    assert len(BOX.public.text) == 88
    for text in ("", "A", "khóa", BOX.public.text[:44]):
        with pytest.raises(ValueError, match="no public keys"):
            PublicKeys.from_text(text)


def test_a_fingerprint_is_four_groups_that_tell_two_boxes_apart() -> None:
    groups = BOX.public.fingerprint.split(" ")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert len({BOX.public.fingerprint, STRANGER.public.fingerprint}) == 2


def test_what_is_sealed_opens_for_its_holder_and_its_purpose_alone() -> None:
    sealed = CENTRE.public.close(b"a report", "entry")
    assert len(sealed) == len(b"a report") + 48
    assert CENTRE.open(sealed, "entry") == b"a report"
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for keys, box, purpose in ((STRANGER, sealed, "entry"), (CENTRE, sealed, "snapshot"), (CENTRE, changed, "entry")):
        with pytest.raises(CannotOpen):
            keys.open(box, purpose)
    with pytest.raises(CannotOpen):
        CENTRE.open(b"short", "entry")


def test_private_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    made = Keys.kept(path)
    assert Keys.kept(path).public == made.public
    assert os.listdir(tmp_path) == ["keys"]


def test_keys_that_were_there_first_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys"
    first = Keys.kept(path)
    # The other process looked before the file was there.
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert Keys.kept(path).public == first.public
    assert os.listdir(tmp_path) == ["keys"]


@pytest.mark.parametrize("length", [0, 32, 63, 65])
def test_private_keys_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Keys(bytes(length))


def test_the_key_of_a_sealed_box_hangs_on_all_that_made_it() -> None:
    parts = (b"a shared secret of thirty-two by.", b"once", b"recipient", "a purpose")
    others = (b"another shared secret of 32 bytes", b"twice", b"somebody", "another purpose")
    key = _box_key(*parts)
    assert (len(key), key) == (32, _box_key(*parts))
    changed = [_box_key(*parts[:place], others[place], *parts[place + 1 :]) for place in range(len(parts))]
    assert len({key, *changed}) == 5
