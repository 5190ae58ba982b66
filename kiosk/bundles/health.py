"""Whether a bundle works here: the core answers a question everybody asks, and the page loads."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

import httpx

from channels.core_client import CoreClient, CoreError
from contract.reply import ReplyKind
from contract.turn import Channel, Turn
from runtime.settings import Settings

QUESTION: Final = "đăng ký khai sinh cần giấy tờ gì"
DEADLINE_SECONDS: Final = 180.0
"""From the restart: a small box takes 40 s to load model and page, and may be busy."""
PAUSE_SECONDS: Final = 2.0


def trouble(settings: Settings) -> str | None:
    """What does not work, for the operator; None when all does."""
    core = CoreClient.from_settings(settings)
    try:
        turn = Turn(channel=Channel.KIOSK, conversation=f"health:{secrets.token_hex(8)}", text=QUESTION)
        result = core.converse(turn)
    except CoreError as error:
        return f"the core gives no answer: {type(error).__name__}"
    finally:
        core.close()
    if not any(reply.kind is ReplyKind.ANSWER for reply in result.replies):
        return "the core does not answer a plain question"
    try:
        status = httpx.get(f"http://{settings.host}:{settings.port}/kiosk", timeout=10, trust_env=False).status_code
    except httpx.HTTPError as error:
        return f"the page does not load: {type(error).__name__}"
    return None if status == 200 else f"the page answers with status {status}"


def wait_until_well(
    check: Callable[[], str | None],
    ticks: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str | None:
    """Ask until nothing is wrong; else what was wrong last when the time was over."""
    until = ticks() + DEADLINE_SECONDS
    while (found := check()) is not None and ticks() < until:
        sleep(PAUSE_SECONDS)
    return found
