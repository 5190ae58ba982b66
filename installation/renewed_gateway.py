"""The gateway of a box that takes up bundles of its centre while it serves."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from installation.gateway import whole_gateway
from installation.root import Installation
from kiosk.bundles.following import LOOK_SECONDS, Following
from runtime import logs
from runtime.memory import give_back

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GRACE_SECONDS: Final = 60.0
"""After which nothing of the gateway before is under way any more: longer than any turn, and than a sheet takes."""

_log = logs.get(__name__)


class RenewedGateway:
    """A WSGI application that hands each request to the gateway of the bundle in use.

    Args:
        here: the installation it begins with.
    """

    def __init__(self, here: Installation) -> None:
        self._here = here.alone()
        self._app = whole_gateway(here)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request, from beginning to end with one version."""
        return self._app(environ, start_response)

    def follow(self, following: Following) -> None:
        """Take up bundles from now on, in a thread of its own."""
        threading.Thread(target=self._follow, args=(following,), name="bundles", daemon=True).start()

    def _follow(self, following: Following) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            number = following.due()
            if number is None:
                continue
            try:
                self._take_up(following, number)
            except Exception as error:
                _log.error("a bundle cannot be taken up by the page", number=number, cause=repr(error))
            else:
                _log.warning("the page shows another bundle", number=number)

    def _take_up(self, following: Following, number: int) -> None:
        with following.taking_up(number) as settings:
            here = Installation(settings, hurried=True)
            app = whole_gateway(here)
            # The card of an answer and the words of it change together.
            following.wait_for("core", number)
            before: Any = self._here
            self._here, self._app = here.alone(), app
        time.sleep(GRACE_SECONDS)
        before.close()
        del before, app, here
        # What loading had put aside for good is no longer so.
        gc.unfreeze()
        give_back()
