"""A kiosk as it stands in a commune: the whole system with a printer, spoken to through a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue

from running_system import RunningSystem

IDLE_SECONDS = 6
WARNING_SECONDS = 5


class PaperCatcher:
    """A receipt printer on a TCP port: keeps what would have come out."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._strips: Queue[bytes] = Queue()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                pieces = []
                while piece := connection.recv(65536):
                    pieces.append(piece)
            if pieces:
                self._strips.put(b"".join(pieces))

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Meanwhile nobody answers at the port; afterwards the same printer is back."""
        # Closing alone leaves whoever waits in accept() waiting, and the port open.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        yield
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def strip(self, seconds: float = 30.0) -> bytes:
        """The next one, waited for; raises queue.Empty when none comes out."""
        return self._strips.get(timeout=seconds)

    def close(self) -> None:
        self._server.close()


@dataclass
class RunningKiosk(RunningSystem):
    """The system with the settings of a box; impatient, so that tests need not wait a minute."""

    printer: PaperCatcher = field(default_factory=PaperCatcher)
    engine: str = "auto"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "MOTCUA_KIOSK_PRINTER": f"tcp://127.0.0.1:{self.printer.port}",
            "MOTCUA_KIOSK_IDLE_SECONDS": str(IDLE_SECONDS),
            "MOTCUA_KIOSK_WARNING_SECONDS": str(WARNING_SECONDS),
            "MOTCUA_SPEECH_ENGINE": self.engine,
            # A route for text messages that leads nowhere: messages stay in the queue.
            "MOTCUA_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "MOTCUA_TWILIO_API_URL": "http://127.0.0.1:9",
        }
