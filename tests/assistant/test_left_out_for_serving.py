"""Each test runs in a Python of its own: what is left out stays left out for the life of a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python(code: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return ended.stdout.strip()


def test_the_core_is_imported_without_what_only_training_needs() -> None:
    found = python(
        "import sys\n"
        "from assistant.lean_rasa import leave_out_for_serving\n"
        "leave_out_for_serving(); leave_out_for_serving()\n"
        "import assistant.server\n"
        "real = [n for n, m in sys.modules.items() if getattr(m, '__file__', None)]\n"
        "print([n for n in ('sklearn', 'matplotlib', 'prompt_toolkit', 'socketio', 'rasa') if n in real])"
    )
    assert found == "['rasa']"


def test_what_is_left_out_says_so_when_it_is_used() -> None:
    found = python(
        "from assistant.lean_rasa import LeftOut, leave_out_for_serving\n"
        "leave_out_for_serving()\n"
        "from sklearn.svm import LinearSVC\n"
        "try:\n"
        "    LinearSVC()\n"
        "except LeftOut as error:\n"
        "    print(error)"
    )
    assert "sklearn (sklearn.svm.LinearSVC)" in found


def test_elsewhere_nothing_installed_is_left_out() -> None:
    found = python("import assistant.lean_rasa\nfrom sklearn.svm import LinearSVC\nprint(LinearSVC(C=2.0).C)")
    assert found == "2.0"
