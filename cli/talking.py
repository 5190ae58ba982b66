"""``motcua ask`` and ``motcua explain``: one turn, or what it would be taken for."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from dataclasses import asdict
from typing import Annotated, Any

from assistant.lean_rasa import leave_out_for_serving

import typer

from contract.tried import Tried
from contract.turn import Channel, Turn, TurnResult
from installation.opening import opened
from runtime import settings as settings_module
from runtime.messages import tr
from runtime.settings import Settings


def ask(
    text: Annotated[str, typer.Argument(help="What the citizen says.")],
    channel: Annotated[Channel, typer.Option(help="How the citizen reaches us.")] = Channel.SMS,
    conversation: Annotated[str | None, typer.Option(help="Any id; the same id goes on with the conversation.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Replies and understanding as JSON.")] = False,
) -> None:
    """One turn with the running system, or in this process when none runs."""
    settings = settings_module.load()
    request = {"channel": str(channel), "conversation": conversation or secrets.token_hex(8), "text": text}
    result = _over_http(settings, request)
    if result is None:
        result = _in_process(settings, request)
    if json_output:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for reply in result["replies"]:
        print(reply["text"])


def _over_http(settings: Settings, request: dict[str, Any]) -> dict[str, Any] | None:
    """The answer of a running system; None when nothing listens."""
    import httpx

    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"} if settings.api_key else {}
    try:
        response = httpx.post(f"{settings.effective_url}/api/v1/converse", json=request, headers=headers, timeout=30)
    except httpx.ConnectError:
        return None
    if response.status_code != 200:
        print(
            tr(
                "{url} answered {status}: {text}",
                url=settings.effective_url,
                status=response.status_code,
                text=response.text,
            ),
            file=sys.stderr,
        )
        raise typer.Exit(1)
    answer: dict[str, Any] = response.json()
    return answer


def _in_process(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    """The same turn without a running system; the conversation is kept in the data folder all the same."""
    leave_out_for_serving()
    # Late: a running system answers without any of it.
    from channels.api import ConverseRequest, as_json
    from channels.conversing import Conversing
    from channels.paging import Paging
    from installation.core import load_turns

    with opened(settings, with_redis=True) as here, asyncio.Runner() as runner:
        turns = load_turns(here)

        class CoreInProcess:
            """The core as the channels see it, without HTTP."""

            def converse(self, turn: Turn) -> TurnResult:
                return runner.run(turns.answer(turn))

            def tried(self, conversation: str) -> Tried:
                return runner.run(turns.tried(conversation))

        conversing = Conversing(CoreInProcess(), Paging(here.redis, here.seal), settings)
        answer = as_json(conversing.turn(ConverseRequest.model_validate(request).turn(here.seal)))
        runner.run(turns.close())
        return answer


def explain(
    text: Annotated[str, typer.Argument(help="What the citizen says.")],
    conversation: Annotated[str | None, typer.Option(help="The conversation it is said in; as given to ask.")] = None,
    channel: Annotated[Channel, typer.Option(help="How that conversation reaches us.")] = Channel.SMS,
    json_output: Annotated[bool, typer.Option("--json", help="The readings as JSON.")] = False,
) -> None:
    """The readings weighed for a turn, the best first, with scores and the features that counted. Answers nothing."""
    leave_out_for_serving()
    from installation.core import load_turns, understander
    from understanding.readings.state import State

    with opened(with_redis=conversation is not None) as here, asyncio.Runner() as runner:
        state = State()
        if conversation is not None:
            from channels.api import ConverseRequest

            request = {"channel": str(channel), "conversation": conversation, "text": text}
            turns = load_turns(here)
            state = runner.run(turns.state(ConverseRequest.model_validate(request).turn(here.seal).conversation))
            runner.run(turns.close())
        meaning, readings = understander(here).explain(text, state)
    if json_output:
        told = {
            "state": state.model_dump(mode="json", exclude={"dossier"}),
            "meaning": meaning.model_dump(mode="json"),
            "readings": [
                {name: value for name, value in asdict(reading).items() if value not in (None, (), {})}
                for reading in readings
            ],
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    print(
        tr(
            "taken for: {reading} ({intent}), {confidence:.2f}",
            reading=meaning.reading or tr("nothing"),
            intent=meaning.intent,
            confidence=meaning.confidence,
        )
    )
    if meaning.question is not None:
        print(
            tr(
                "question: {kind}{thing}",
                kind=meaning.question.kind,
                thing=f" ({meaning.question.thing})" if meaning.question.thing else "",
            )
        )
    for reading in readings:
        named = " ".join(
            str(part) for part in (reading.procedure, reading.aspect, reading.knowledge, reading.choice) if part
        )
        why = ", ".join(f"{name} {value:.2f}" for name, value in reading.why.items() if value)
        print(f"{reading.score:.3f}  {reading.kind:<9} {reading.intent:<18} {named:<22} {why}")
