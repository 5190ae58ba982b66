"""What tests of several rooms share: a running system, and the core without HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import assistant.lean_rasa  # noqa: F401  (before any test imports rasa)

import hypothesis
import pytest
from running_system import ROOT, RunningSystem, train_when_stale

from contract.turn import Turn, TurnResult
from installation.tables import migrate
from runtime.settings import Settings
from stores.redis_server import RedisServer

if TYPE_CHECKING:
    # Rasa takes seconds to import; tests that never meet it should not wait.
    from assistant.turns import Turns


# How long an example takes on a busy machine tells nothing of what is tested; tests/timing measures times.
hypothesis.settings.register_profile("anywhere", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("anywhere")

# By default one conversation in ten that ends is asked whether it helped, drawn by the message's random id. Tests of
# that ask always.
os.environ["MOTCUA_RATING_SHARE"] = "0"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add the running system's log to a failed test's report; with MOTCUA_TEST_REQUIRE_ALL allow no avoidable skip."""
    report = yield
    system = getattr(item, "funcargs", {}).get("system")
    if report.when == "call" and report.failed and isinstance(system, RunningSystem):
        report.sections.append(("log of the running system", system.log_text()[-6000:]))
    if report.skipped and os.environ.get("MOTCUA_TEST_REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        _fail_unless_material_is_missing(report)
    return report


def _fail_unless_material_is_missing(report: pytest.TestReport) -> None:
    """A test skipped for want of a package fails where everything must be there; research material is no package."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "not here" not in reason and "MOTCUA_SHARED" not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be missing: {reason}"


@pytest.fixture(autouse=True)
def umask_of_the_run() -> Iterator[None]:
    """Commands called in this process take rights from what they make; the next test makes its own files as ever."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def trained() -> None:
    """The model of the present data exists."""
    digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    train_when_stale(Path(tempfile.gettempdir()) / f"motcua-train-{digest}.lock")


@pytest.fixture(scope="session")
def system(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The whole system, running. Mark its users ``xdist_group("system")``, so that one worker starts it."""
    folder = tmp_path_factory.mktemp("system")
    running = RunningSystem(data=folder / "data", log=folder / "log")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@dataclass
class CoreInProcess:
    """The core without HTTP, for tests that look inside; all its turns run in one event loop.

    Mark its users ``xdist_group("core")``: loading the model takes seconds.
    """

    turns: Turns
    settings: Settings
    redis_url: str
    _runner: asyncio.Runner

    def answer(self, **fields: Any) -> TurnResult:
        """One turn."""
        return self._runner.run(self.turns.answer(Turn(**fields)))

    def say(self, text: str, conversation: str = "c", channel: str = "kiosk") -> TurnResult:
        """Words of a citizen."""
        return self.answer(channel=channel, conversation=conversation, text=text)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine in the core's event loop."""
        return self._runner.run(coroutine)


@pytest.fixture(scope="session")
def core(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreInProcess]:
    """The loaded core over an embedded Redis server of its own."""
    from installation.core import load_turns
    from installation.root import Installation

    folder = tmp_path_factory.mktemp("core")
    with (
        RedisServer(folder / "redis") as server,
        asyncio.Runner() as runner,
    ):
        settings = Settings(data_dir=folder, redis_url=server.url, secret_key="a secret of the tests")
        migrate(settings.effective_database_url)
        turns = load_turns(Installation(settings))
        yield CoreInProcess(turns, settings, server.url, runner)
        runner.run(turns.retire())
