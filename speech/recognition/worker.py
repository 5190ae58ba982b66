"""A worker process: holds one model and serves many utterances, a piece at a time, in turns.

Started by :mod:`speech.recognition.worker_process` with a socket as file descriptor; it ends when the socket closes,
so it cannot outlive the process it works for, however that one ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from speech.audio import BYTES_PER_SAMPLE, Resampler
from speech.errors import SpeechError
from speech.recognition import messages as m
from speech.recognition.recogniser import Heard, Listening, Recogniser, unknown_words

PIECE_SECONDS = 0.4
"""Sound worked on before the next utterance has its turn; more costs the others time, less costs overhead."""
NICENESS = 5
"""Recognition gives way to the processes that carry the calls' sound."""


@dataclass
class _Utterance:
    listening: Listening
    rate: int
    resampler: Resampler
    waiting: deque[bytes] = field(default_factory=deque)
    finishing: int = 0
    """Place among all that were ended; 0 while it goes on."""

    @property
    def waiting_seconds(self) -> float:
        """Sound not worked on yet."""
        return sum(map(len, self.waiting)) / BYTES_PER_SAMPLE / self.rate

    def piece(self) -> bytes:
        """The next sound to work on, some frames at once when it has piled up."""
        wanted, taken = int(PIECE_SECONDS * self.rate) * BYTES_PER_SAMPLE, [self.waiting.popleft()]
        size = len(taken[0])
        while self.waiting and size + len(self.waiting[0]) <= wanted:
            size += len(self.waiting[0])
            taken.append(self.waiting.popleft())
        return b"".join(taken)


class Worker:
    """Answers the pool.

    Args:
        connection: the worker's end of the socket pair.
        recogniser: the loaded model.
    """

    def __init__(self, connection: socket.socket, recogniser: Recogniser) -> None:
        self._connection = connection
        self._recogniser = recogniser
        self._received = bytearray()
        self._utterances: dict[int, _Utterance] = {}
        self._ended = 0

    def run(self) -> None:
        """Work until the socket closes; costs nothing while nobody speaks."""
        while self._read(wait=self._next() is None):
            if (stream := self._next()) is not None:
                self._serve(stream)

    def _next(self) -> int | None:
        """Whose turn it is; None when there is nothing to do.

        Whoever has stopped speaking waits for an answer, in the order in which they stopped; while one of them does,
        those who still speak can wait: nobody hears the difference before they stop too. Among these the one with the
        most sound waiting is next.
        """
        stopped = [stream for stream, one in self._utterances.items() if one.finishing]
        if stopped:
            return min(stopped, key=lambda stream: self._utterances[stream].finishing)
        speaking = [stream for stream, one in self._utterances.items() if one.waiting]
        return max(speaking, key=lambda stream: self._utterances[stream].waiting_seconds, default=None)

    def _read(self, *, wait: bool) -> bool:
        """Take every message that has come; False when the pool is gone."""
        while wait or select.select([self._connection], [], [], 0)[0]:
            received = self._connection.recv(1 << 18)
            if not received:
                return False
            self._received += received
            for message in self._complete():
                self._take(message)
                wait = False
        return True

    def _complete(self) -> Iterator[object]:
        while len(self._received) >= m.HEADER_BYTES:
            end = m.HEADER_BYTES + m.body_length(bytes(self._received[: m.HEADER_BYTES]))
            if len(self._received) < end:
                return
            body = bytes(self._received[m.HEADER_BYTES : end])
            del self._received[:end]
            yield m.unpacked(body)

    def _take(self, message: object) -> None:
        match message:
            case m.Open(stream, rate, hints):
                try:
                    listening = self._recogniser.open(hints)
                except Exception as error:
                    self._send(m.Broken(stream, _reason(error)))
                else:
                    resampler = Resampler(rate, self._recogniser.sample_rate)
                    self._utterances[stream] = _Utterance(listening, rate, resampler)
            case m.Audio(stream, pcm) if stream in self._utterances:
                self._utterances[stream].waiting.append(pcm)
            case m.Finish(stream) if stream in self._utterances:
                self._ended += 1
                self._utterances[stream].finishing = self._ended
            case m.Abandon(stream):
                self._drop(stream)
            case m.Check(question, phrases):
                self._send(m.Checked(question, unknown_words(self._recogniser, phrases)))

    def _serve(self, stream: int) -> None:
        """One piece of one utterance, or its end."""
        utterance, began = self._utterances[stream], time.monotonic()
        try:
            if utterance.waiting:
                piece = utterance.piece()
                sound = utterance.resampler.feed(piece)
                partial = utterance.listening.feed(sound) if sound else None
                self._send(m.Taken(stream, len(piece), partial, time.monotonic() - began))
            elif utterance.finishing:
                heard = self._finished(utterance)
                del self._utterances[stream]
                self._send(m.Done(stream, heard, time.monotonic() - began))
        except OSError:
            raise
        except Exception as error:
            # Whatever a native library does to one utterance, the others of this process go on.
            self._drop(stream)
            self._send(m.Broken(stream, _reason(error)))

    def _finished(self, utterance: _Utterance) -> Heard:
        if rest := utterance.resampler.finish():
            utterance.listening.feed(rest)
        return utterance.listening.finish()

    def _drop(self, stream: int) -> None:
        if utterance := self._utterances.pop(stream, None):
            with contextlib.suppress(Exception):
                utterance.listening.abandon()

    def _send(self, message: object) -> None:
        self._connection.sendall(m.packed(message))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, SpeechError) else f"{type(error).__name__}: {error}"


def main() -> None:
    """Entry point: the file descriptor of the socket is the only argument."""
    # Ctrl-C reaches the whole group of processes; the pool decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    with socket.socket(fileno=int(sys.argv[1])) as connection, contextlib.suppress(ConnectionError):
        header = connection.recv(m.HEADER_BYTES, socket.MSG_WAITALL)
        if len(header) < m.HEADER_BYTES:
            return
        start = m.unpacked(connection.recv(m.body_length(header), socket.MSG_WAITALL))
        try:
            recogniser = start.load()
        except Exception as error:
            connection.sendall(m.packed(m.Refused(_reason(error))))
            return
        tells_words = getattr(recogniser, "tells_words", False)
        connection.sendall(m.packed(m.Ready(recogniser.name, tells_words, getattr(recogniser, "settles_after", None))))
        Worker(connection, recogniser).run()


if __name__ == "__main__":
    main()
