"""Whose utterance a recogniser works on next, when it has more sound than time."""

from __future__ import annotations

import contextlib
import socket
import threading

from recognition_doubles import SpellingRecogniser, spoken

from speech.recognition import messages as m
from speech.recognition.recogniser import OPEN, RATE
from speech.recognition.worker import Worker

PIECES = 10
"""Each 0.4 s: one turn of the worker."""


def replies_to(*asked: object, count: int, kind: type = m.Done) -> list[object]:
    """What a worker answers to messages that have all come before it begins, up to so many of a kind."""
    ours, its = socket.socketpair()
    # All has to fit in the socket before the worker reads.
    for end in (ours, its):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    ours.sendall(b"".join(map(m.packed, asked)))
    working = threading.Thread(target=_work, args=(its,))
    working.start()
    found: list[object] = []
    with ours, its:
        while sum(isinstance(reply, kind) for reply in found) < count:
            header = ours.recv(m.HEADER_BYTES, socket.MSG_WAITALL)
            found.append(m.unpacked(ours.recv(m.body_length(header), socket.MSG_WAITALL)))
        ours.shutdown(socket.SHUT_RDWR)
        working.join()
    return found


def _work(connection: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        Worker(connection, SpellingRecogniser()).run()


def speech(stream: int, pieces: int = PIECES) -> list[object]:
    return [m.Audio(stream, spoken("a", seconds=0.4)) for _ in range(pieces)]


def opened(*streams: int) -> list[object]:
    return [m.Open(stream, RATE, OPEN) for stream in streams]


def ended(replies: list[object]) -> list[int]:
    return [reply.stream for reply in replies if isinstance(reply, m.Done)]


def worked_on_before(replies: list[object], done: int) -> set[int]:
    """Utterances that had a turn before another one was over."""
    at = next(place for place, reply in enumerate(replies) if isinstance(reply, m.Done) and reply.stream == done)
    return {reply.stream for reply in replies[:at] if isinstance(reply, m.Taken)}


def test_who_has_stopped_speaking_is_answered_before_those_who_still_speak_have_a_turn() -> None:
    speaking = (*speech(1), *speech(2), *speech(4))
    replies = replies_to(*opened(1, 2, 3, 4), *speaking, *speech(3), m.Finish(3), count=1)
    assert worked_on_before(replies, 3) == {3}


def test_who_stopped_first_is_answered_first() -> None:
    said = (*speech(1, 4), *speech(2, 4), *speech(3, 4))
    replies = replies_to(*opened(1, 2, 3), *said, m.Finish(2), m.Finish(3), m.Finish(1), count=3)
    assert ended(replies) == [2, 3, 1]


def test_of_those_who_speak_the_one_with_most_sound_waiting_is_next() -> None:
    replies = replies_to(*opened(1, 2), *speech(1, 2), *speech(2, 4), count=4, kind=m.Taken)
    assert [reply.stream for reply in replies if isinstance(reply, m.Taken)] == [2, 2, 1, 2]


def test_an_utterance_dropped_while_it_waits_costs_nothing() -> None:
    replies = replies_to(*opened(1, 2), *speech(1), *speech(2, 1), m.Finish(1), m.Abandon(1), m.Finish(2), count=1)
    assert worked_on_before(replies, 2) == {2}
