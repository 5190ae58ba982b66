"""Feed the parsers for as long as one likes: ``make fuzz``, or ``python tests/fuzz/fuzz_run.py --seconds 60 sip``.

Atheris (libFuzzer) watches which branches an input reaches and goes on from those that reach new ones. Each target runs
in a process of its own, since libFuzzer ends its process. What it finds is laid into ``var/fuzz/NAME``; an input that
broke something belongs into ``tests/fuzz/corpus/NAME`` once it is mended, where every run of the tests looks at it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).with_name("corpus")
FOUND = ROOT / "var" / "fuzz"
LONGEST = 20_000
"""Bytes of an input."""


def one(name: str, seconds: int) -> None:
    """Feed one target in this process, which ends with it."""
    import atheris

    # Of all that is imported: what is compiled from C tells libFuzzer nothing, and Rasa is not what is looked at.
    with atheris.instrument_imports(
        include=[
            "actions",
            "catalogue",
            "centre",
            "channels",
            "kiosk",
            "language",
            "speech",
            "aiosipua",
            "aiortp",
            "smpplib",
        ]
    ):
        from fuzz_targets import TARGETS

    target = TARGETS[name]
    own, kept = FOUND / name, CORPUS / name
    own.mkdir(parents=True, exist_ok=True)
    kept.mkdir(parents=True, exist_ok=True)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={own}/broke-",
            "-timeout=20",
            "-rss_limit_mb=3000",
            "-print_final_stats=1",
            "-verbosity=0",
            str(own),
            str(kept),
        ],
        target,
    )
    atheris.Fuzz()


def main() -> None:
    """Feed the targets named, or all, one after the other; ends with 1 when one broke."""
    parser = argparse.ArgumentParser(description="Feed parsers of bytes from outside with what nobody would send.")
    parser.add_argument("names", nargs="*", help="targets; all when none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        one(given.names[0], given.seconds)
        return
    from fuzz_targets import TARGETS

    unknown = set(given.names) - TARGETS.keys()
    if unknown:
        sys.exit(f"there is no target {', '.join(sorted(unknown))}; known: {', '.join(TARGETS)}")
    broken = []
    for name in given.names or TARGETS:
        command = [sys.executable, __file__, "--here", "--seconds", str(given.seconds), name]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
        said = done.stdout + done.stderr
        runs = next((line.split()[-1] for line in said.splitlines() if "number_of_executed_units" in line), "?")
        print(f"{name}: {runs} inputs, {'well' if done.returncode == 0 else 'BROKE'}", flush=True)
        if done.returncode != 0:
            broken.append(name)
            print("\n".join(said.splitlines()[-25:]), flush=True)
    if broken:
        sys.exit(f"broke: {', '.join(broken)}; the inputs lie in {FOUND}/NAME/broke-*")


if __name__ == "__main__":
    main()
