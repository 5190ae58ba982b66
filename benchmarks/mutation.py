"""``make mutate``: do the tests of the pure rooms notice when the code is changed? Writes ``docs/mutation.md``.

mutmut changes one thing at a time (`<` for `<=`, a number, a string, `and` for `or`) and runs those of the room's tests
that come through the changed function. A change no test notices survives: a test is missing, or the code is not needed.
Of the thousands of changes a fixed number of each room is tried, drawn with a seed, so that a run ends in a sensible
time and two runs can be compared. Tests of how long something takes, and those that read the program's own text, are
left out: they tell nothing of a change and would be most of the time. One room can be tried anew by itself
(`python -m benchmarks.mutation --room decisions`); the others' figures stay.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from pydantic import TypeAdapter

from runtime import clock
from runtime.settings import PROJECT_ROOT
from runtime.version import version

PAGE = PROJECT_ROOT / "docs" / "mutation.md"
FIGURES = PROJECT_ROOT / "docs" / "mutation.json"
WORK = PROJECT_ROOT / "var" / "mutation"


@dataclass(frozen=True)
class Room:
    """What is changed together, and which tests must notice. ``[tool.mutmut]`` in pyproject.toml says the rest."""

    changed: tuple[str, ...]
    """Patterns of files."""
    tests: tuple[str, ...]
    probe: str
    """A module with few changes, tried first: it has all of the room's changes made and its tests run once."""


ROOMS: Mapping[str, Room] = {
    "language": Room(("language/*",), ("tests/language",), "language.gsm7"),
    "rendering": Room(("channels/rendering/*",), ("tests/channels/rendering",), "channels.rendering.rendered"),
    "turn-taking": Room(
        (
            *(f"channels/phone/calls/{name}.py" for name in ("inbox", "dtmf", "pacer", "turn_taking")),
            "speech/listening/*",
        ),
        (
            "tests/channels/phone/test_call_pacer.py",
            "tests/channels/phone/test_turn_taking.py",
            "tests/speech/test_turn_end.py",
            "tests/speech/test_voice_activity.py",
        ),
        "channels.phone.calls.pacer",
    ),
    "kiosk protocol": Room(
        ("kiosk/protocol/*",),
        (
            "tests/kiosk/sync/test_kiosk_manifest.py",
            "tests/kiosk/test_kiosk_codes.py",
            "tests/kiosk/test_kiosk_messages.py",
            "tests/kiosk/test_kiosk_signing.py",
            "tests/kiosk/test_kiosk_snapshot_records.py",
        ),
        "kiosk.protocol.codes",
    ),
    "decisions": Room(
        (
            "channels/sms/delivery/retry_policy.py",
            "channels/sms/limits/loop_detection.py",
            "channels/sms/queue/route_rate_limits.py",
            "channels/sms/routes/number_table.py",
            "channels/sms/routes/route_health.py",
            "contract/wording.py",
            "runtime/backoff.py",
            "understanding/corrections.py",
            "understanding/cues.py",
            "understanding/decision.py",
        ),
        (
            "tests/channels/sms/limits/test_sms_loop_detection.py",
            "tests/channels/sms/queue/test_route_rate_limits.py",
            "tests/channels/sms/test_sms_decisions.py",
            "tests/contract/test_a_third_language.py",
            "tests/contract/test_wording.py",
            "tests/runtime/test_backoff.py",
            "tests/understanding/test_corrections.py",
            "tests/understanding/test_cues.py",
            "tests/understanding/test_decision.py",
        ),
        "runtime.backoff",
    ),
}
"""The pure rooms of the score."""

_KILLED, _SURVIVED, _NOT_REACHED = frozenset({1, 3}), frozenset({0}), frozenset({5, 33})
"""What mutmut notes of a change: pytest's exit status, or its own number where no test comes through."""


@dataclass(frozen=True)
class Score:
    """What became of the changes tried in one room."""

    day: str
    minutes: int
    version: str
    cores: int
    seed: int
    changes: int
    """There are."""
    noticed: int
    survived: tuple[str, ...]
    not_reached: tuple[str, ...]
    """No test comes through."""
    neither: int
    """Ran out of time or broke the run."""

    @property
    def counted(self) -> int:
        """All that count for the score."""
        return self.noticed + len(self.survived) + len(self.not_reached)

    @property
    def tried(self) -> int:
        """All that were tried."""
        return self.counted + self.neither


_SCORES = TypeAdapter(dict[str, Score])


def main(
    each: Annotated[int, typer.Option(min=1, help="Changes tried in each room.")] = 80,
    seed: Annotated[int, typer.Option(help="What they are drawn with.")] = 11,
    room: Annotated[list[str] | None, typer.Option(help="Only this room; may be repeated.")] = None,
) -> None:
    """Try changes and write the score, room by room; rooms tried before an interruption are kept."""
    unknown = set(room or ()) - ROOMS.keys()
    if unknown:
        raise typer.BadParameter(f"no room {', '.join(sorted(unknown))}; there are: {', '.join(ROOMS)}")
    for name in room or ROOMS:
        write({**known(), name: tried(name, each, seed)})
        print(PAGE.read_text(encoding="utf-8"), flush=True)


def tried(name: str, each: int, seed: int) -> Score:
    """Try changes of one room."""
    started = time.monotonic()
    _copy(ROOMS[name])
    # The changes are made, all tests run once, and those of one module are tried.
    _mutmut([f"{ROOMS[name].probe}.*"])
    names = sorted(_found())
    drawn = draw(names, each, seed)
    print(f"{name}: {len(drawn)} of {len(names)} changes are tried.", flush=True)
    _mutmut(drawn)
    found = _found()
    return score({one: found[one] for one in drawn}, len(names), seed, round((time.monotonic() - started) / 60))


def draw(names: Sequence[str], most: int, seed: int) -> list[str]:
    """At most so many of the names, the same with the same seed."""
    return sorted(random.Random(seed).sample(names, min(most, len(names))))


def score(became: Mapping[str, int | None], changes: int, seed: int, minutes: int) -> Score:
    """The score of a room.

    Args:
        became: mutmut's number for each change that was tried.
        changes: there are.
        seed: they were drawn with.
        minutes: it took.
    """

    def those(codes: frozenset[int]) -> tuple[str, ...]:
        return tuple(sorted(name for name, code in became.items() if code in codes))

    noticed, survived, not_reached = map(those, (_KILLED, _SURVIVED, _NOT_REACHED))
    return Score(
        day=clock.today().isoformat(),
        minutes=minutes,
        version=version(),
        cores=os.cpu_count() or 1,
        seed=seed,
        changes=changes,
        noticed=len(noticed),
        survived=survived,
        not_reached=not_reached,
        neither=len(became) - len(noticed) - len(survived) - len(not_reached),
    )


def known() -> dict[str, Score]:
    """The scores written last, by room."""
    if not FIGURES.exists():
        return {}
    return _SCORES.validate_json(FIGURES.read_bytes())


def write(scores: Mapping[str, Score]) -> None:
    """Write the figures, and the page from them."""
    ordered = {name: scores[name] for name in ROOMS if name in scores}
    figures = json.dumps({name: asdict(one) for name, one in ordered.items()}, ensure_ascii=False, indent=1)
    FIGURES.write_text(figures + "\n", encoding="utf-8")
    PAGE.write_text(page(ordered), encoding="utf-8")


def page(scores: Mapping[str, Score]) -> str:
    """The scores in Markdown."""
    lines = [
        "# Mutation score of the pure rooms",
        "",
        "*Written by `make mutate`.*",
        "",
        (__doc__ or "").split("\n\n", 1)[1].strip(),
        "",
        "| room | changes there are | tried | noticed | survived | no test comes through | neither | score | when |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(name, [one], f"{one.day}, version {one.version}, {_how(one)}") for name, one in scores.items()]
    lines.append(_row("all", scores.values(), ""))
    lines += [
        "",
        "“Neither” ran out of time or broke the run, and does not count; the score is noticed of all that count.",
    ]
    lines += ["", "## Survivors", "", "Look at one with `cd var/mutation && ../../.venv/bin/mutmut show NAME`.", ""]
    lines += [f"- `{name}`" for one in scores.values() for name in one.survived]
    lines += ["", "## No test comes through", ""]
    lines += [f"- `{name}`" for one in scores.values() for name in one.not_reached]
    return "\n".join(lines) + "\n"


def _how(one: Score) -> str:
    return f"seed {one.seed}, {one.minutes} minutes on {one.cores} processor cores"


def _row(name: str, scores: Iterable[Score], when: str) -> str:
    of = list(scores)
    counted, noticed = sum(one.counted for one in of), sum(one.noticed for one in of)
    counts = [
        sum(len(one.survived) for one in of),
        sum(len(one.not_reached) for one in of),
        sum(one.neither for one in of),
    ]
    share = f"{100 * noticed / counted:.0f} %" if counted else ""
    cells = [name, sum(one.changes for one in of), sum(one.tried for one in of), noticed, *counts, share, when]
    return f"| {' | '.join(map(str, cells))} |"


def _copy(room: Room) -> None:
    """The files git knows, as they are now, in a folder of their own: mutmut writes beside them."""
    shutil.rmtree(WORK, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source = PROJECT_ROOT / name
        if source.is_file():
            (WORK / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, WORK / name)
    configured = WORK / "pyproject.toml"
    configured.write_text(of_room(configured.read_text(encoding="utf-8"), room), encoding="utf-8")


def of_room(configuration: str, room: Room) -> str:
    """``pyproject.toml`` with what is changed, and what is run, of one room."""
    for key, values in (("only_mutate", room.changed), ("pytest_add_cli_args_test_selection", room.tests)):
        empty = f"\n{key} = []\n"
        if empty not in configuration:
            raise LookupError(f"[tool.mutmut] has no empty {key}")
        configuration = configuration.replace(empty, f"\n{key} = {json.dumps(values)}\n")
    return configuration


def _mutmut(names: Sequence[str]) -> None:
    # Nothing of the copy's parent may be imported in its place, whatever the environment's path file says. Python looks
    # no more at a folder that was not there when it started.
    (WORK / "mutants").mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(WORK / "mutants")}
    command = [sys.executable, "-m", "mutmut", "run", *names]
    subprocess.run(command, cwd=WORK, env=environment, check=True)


def _found() -> dict[str, int | None]:
    """Every change by name, with what mutmut has noted of it."""
    found: dict[str, int | None] = {}
    for path in (WORK / "mutants").rglob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    typer.run(main)
