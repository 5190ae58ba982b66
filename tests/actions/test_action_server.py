"""``motcua rasa run actions``: rasa-sdk finds each action of ours, and no base of them."""

from __future__ import annotations

import subprocess
import sys

SERVED = """
from rasa_sdk.executor import ActionExecutor
from actions.registry import ACTIONS

executor = ActionExecutor()
executor.register_package("actions.registry")
own = {name for name, action in executor.actions.items() if action.__module__.startswith("actions.")}
print(sorted(own) == sorted(action().name() for action in ACTIONS))
"""


def test_the_actions_of_the_registry_can_be_served_apart() -> None:
    # In a process of its own: rasa-sdk takes every action any test has written.
    done = subprocess.run([sys.executable, "-c", SERVED], capture_output=True, text=True, check=False)
    assert (done.stdout.strip().splitlines()[-1:], done.returncode) == (["True"], 0), done.stderr[-500:]
