"""Parts of incoming messages put together, in whatever order and company they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.providers.gsm.joining import Piece, Place, join, place_of

WAIT = 60.0


def piece(
    id: int,
    text: str,
    *,
    header: str = "",
    sender: str = "+84900000001",
    stored_at: float = 0.0,
    is_binary: bool = False,
) -> Piece:
    content = text if is_binary else text.encode("utf-16-be", "surrogatepass").hex()
    return Piece(id, sender, "2026-11-23 02:30:15", stored_at, content, is_binary, header)


def header(reference: int, total: int, number: int) -> str:
    return bytes([5, 0, 3, reference, total, number]).hex()


@pytest.mark.parametrize(
    ("given_header", "place"),
    [
        ("050003070201", Place(7, 2, 1)),
        ("060804012C0301", Place(300, 3, 1)),
        ("0B05040B8423F0000307" + "0201", Place(7, 2, 1)),
        ("", None),
        ("0401020304", None),
        ("050003070203", None),
        ("050003070200", None),
        ("050003070101", None),
        ("0500030702", None),
        ("0003", None),
        ("xyz", None),
    ],
)
def test_a_header_says_where_a_part_belongs(given_header: str, place: Place | None) -> None:
    assert place_of(given_header) == place


@given(st.text(alphabet="0123456789abcdefABCDEFx", max_size=60))
def test_no_header_breaks_the_reading(given_header: str) -> None:
    place_of(given_header)


def test_a_message_without_parts_is_ready_at_once() -> None:
    (whole,) = join([piece(1, "Chào")], 0.0, WAIT)
    assert (whole.body, whole.missing) == ("Chào", 0)


def test_missing_parts_are_awaited_from_the_last_one_that_came() -> None:
    parts = [
        piece(1, "a", header=header(1, 3, 1), stored_at=0.0),
        piece(2, "b", header=header(1, 3, 2), stored_at=50.0),
    ]
    assert join(parts, 109.0, WAIT) == []
    (whole,) = join(parts, 110.0, WAIT)
    assert (whole.body, whole.missing) == ("ab…", 1)


@pytest.mark.parametrize(
    ("numbers", "body"),
    [((2,), "…b…"), ((1,), "a…"), ((4,), "…d"), ((1, 4), "a…d"), ((1, 2, 4), "ab…d")],
)
def test_each_gap_leaves_one_mark(numbers: tuple[int, ...], body: str) -> None:
    parts = [piece(number, "abcd"[number - 1], header=header(1, 4, number)) for number in numbers]
    assert [whole.body for whole in join(parts, WAIT, WAIT)] == [body]


def test_a_surrogate_pair_cut_in_two_is_whole_again() -> None:
    parts = [piece(1, "a\ud83d", header=header(1, 2, 1)), piece(2, "\ude00b", header=header(1, 2, 2))]
    assert [whole.body for whole in join(parts, 0.0, WAIT)] == ["a😀b"]


def test_the_same_number_with_another_text_begins_the_next_message() -> None:
    parts = [
        piece(1, "một ", header=header(1, 2, 1)),
        piece(2, "ba ", header=header(1, 2, 1)),
        piece(3, "hai", header=header(1, 2, 2)),
        piece(4, "bốn", header=header(1, 2, 2)),
    ]
    assert [whole.body for whole in join(parts, 0.0, WAIT)] == ["một hai", "ba bốn"]


def test_bytes_have_no_text() -> None:
    (whole,) = join([piece(1, "00FF", is_binary=True)], 0.0, WAIT)
    assert (whole.body, whole.is_binary) == ("", True)


@given(data=st.data())
def test_any_order_repeats_and_company_give_every_message_once(data: st.DataObject) -> None:
    texts = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["+84900000001", "+84900000002", "VIETTEL"]),
                st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=5),
            ),
            min_size=1,
            max_size=6,
        )
    )
    pieces: list[Piece] = []
    for reference, (sender, parts) in enumerate(texts):
        for number, text in enumerate(parts, 1):
            where = header(reference, len(parts), number) if len(parts) > 1 else ""
            pieces.append(piece(0, text, header=where, sender=sender))
    repeated = [each for each in pieces if each.header and data.draw(st.booleans())]
    shuffled = data.draw(st.permutations(pieces + repeated))
    numbered = [
        Piece(id, each.sender, each.sent_at, each.stored_at, each.text, each.is_binary, each.header)
        for id, each in enumerate(shuffled, 1)
    ]
    wholes = join(numbered, 0.0, WAIT)
    assert sorted((whole.sender, whole.body) for whole in wholes) == sorted(
        (sender, "".join(parts)) for sender, parts in texts
    )
    assert sorted(each.id for whole in wholes for each in whole.pieces) == [each.id for each in numbered]


@given(data=st.data())
def test_whatever_is_missing_every_row_is_handed_on_in_the_end(data: st.DataObject) -> None:
    pieces = [
        piece(
            id,
            data.draw(st.text(max_size=3)),
            header=data.draw(st.sampled_from(["", header(1, 2, 1), header(1, 2, 2), header(1, 3, 2), header(2, 3, 3)])),
            sender=data.draw(st.sampled_from(["+84900000001", "+84900000002"])),
        )
        for id in range(1, data.draw(st.integers(1, 12)) + 1)
    ]
    wholes = join(pieces, WAIT, WAIT)
    assert sorted(each.id for whole in wholes for each in whole.pieces) == [each.id for each in pieces]
