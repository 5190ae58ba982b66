"""A box from a file of answers: the script itself runs, over folders of its own, with programs that only take notes."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KIOSK = ROOT / "deploy" / "kiosk"
COVERED = ("/etc", "/opt", "/var/lib", "/usr/local/bin")
"""What the script writes into; over each lies an empty folder of the test, which starts with what the machine has."""
NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
PROGRAMS = {
    **dict.fromkeys(("apt-get", "systemctl", "useradd", "chown", "cupsctl"), ""),
    # Owners need accounts that are not on this machine.
    "install": 'set -- $(for one in "$@"; do echo "$one"; done | sed "s/^motcua$/root/"); exec /usr/bin/install "$@"',
    # What `make setup` leaves: an interpreter, and the command by which the box is asked and enrolled.
    "make": """mkdir -p /opt/motcua/.venv/bin
ln -sf "$(command -v python3)" /opt/motcua/.venv/bin/python
printf '#!/bin/sh\\n' > /opt/motcua/.venv/bin/motcua
chmod 755 /opt/motcua/.venv/bin/motcua""",
    "systemd-run": """case "$*" in
  *"kiosk enrol"*) [ ! -e "$NOTES/no-line" ] || { echo "the centre cannot be reached" >&2; exit 1; }
    mkdir -p /var/lib/motcua/kiosk && echo '{}' > /var/lib/motcua/kiosk/identity.json ;;
esac""",
}

pytestmark = pytest.mark.skipif(
    subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True).returncode != 0,
    reason="no mount namespace may be made here",
)


@dataclass
class Machine:
    """A bare machine, as far as the script sees one."""

    folder: Path

    def __post_init__(self) -> None:
        programs = self.folder / "programs"
        programs.mkdir()
        for name, does in PROGRAMS.items():
            program = programs / name
            program.write_text(f'#!/bin/sh\necho "{name} $*" >> "$NOTES/done"\n{does}\n')
            program.chmod(0o755)
        for place in COVERED:
            self.place(place).mkdir(parents=True)
        (self.place("/etc") / "systemd" / "system").mkdir(parents=True)

    def place(self, path: str) -> Path:
        return self.folder / "machine" / path.lstrip("/")

    def install(self, *lines: str) -> subprocess.CompletedProcess[str]:
        answers = self.folder / "kiosk.answers"
        answers.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        # A fresh machine has a table of accounts and a linker's list; the rest is the script's to make.
        binds = " && ".join(f'mount --bind "{self.place(place)}" {place}' for place in COVERED)
        kept = "cp -a /etc/passwd /etc/group /etc/ld.so.cache /etc/alternatives " + str(self.place("/etc"))
        script = f'{kept} && {binds} && exec "{KIOSK / "install.sh"}" --answers "{answers}"'
        path = f"{self.folder / 'programs'}:/usr/sbin:/usr/bin:/sbin:/bin"
        return subprocess.run(
            [*NAMESPACE, "sh", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": path, "NOTES": str(self.folder), "LC_ALL": "C.UTF-8"},
            timeout=120,
        )

    @property
    def done(self) -> str:
        notes = self.folder / "done"
        return notes.read_text() if notes.exists() else ""

    @property
    def settings(self) -> list[str]:
        lines = (self.place("/etc") / "motcua" / "kiosk.env").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_quotes_and_line_ends_of_other_systems_belong_to_no_answer(machine: Machine) -> None:
    done = machine.install(
        'CENTRE="https://centre.example"\r', "CODE='7KQ2-M0XN-4RTB'\r", "MOTCUA_OFFICE=\"Xã 'Mẫu'\"\r"
    )
    assert done.returncode == 0, done.stderr
    assert "kiosk enrol --centre https://centre.example --code 7KQ2-M0XN-4RTB" in machine.done
    assert machine.settings == ["MOTCUA_OFFICE=\"Xã 'Mẫu'\""]


ANSWERS = ("CENTRE=https://centre.example", "CODE=7KQ2-M0XN-4RTB", "MOTCUA_OFFICE=Trung tâm xã Mẫu = một", "")


def test_one_command_and_a_file_of_answers_make_a_box_and_asked_again_the_same_box(machine: Machine) -> None:
    done = machine.install(*ANSWERS, "# a note", "MOTCUA_KIOSK_PRINTER=cups")
    assert done.returncode == 0, done.stderr
    first = machine.done
    assert "make -C /opt/motcua setup" in first
    assert "kiosk enrol --centre https://centre.example --code 7KQ2-M0XN-4RTB" in first
    order = [first.index(mark) for mark in ("apt-get update", "make -C", "kiosk enrol", "systemctl restart")]
    assert order == sorted(order), "who it is stands before it starts"
    assert machine.settings == ["MOTCUA_OFFICE=Trung tâm xã Mẫu = một", "MOTCUA_KIOSK_PRINTER=cups"]
    assert (machine.place("/etc") / "chromium/policies/managed/motcua.json").exists()
    assert (machine.place("/opt") / "motcua/pyproject.toml").exists()
    assert (machine.place("/etc") / "motcua/secret.key").read_text().strip()
    secret = (machine.place("/etc") / "motcua/secret.key").read_text()
    again = machine.install(*ANSWERS, "MOTCUA_KIOSK_PRINTER=cups:van-phong")
    assert again.returncode == 0, again.stderr
    assert "belongs to a centre already" in again.stdout
    assert machine.done.count("kiosk enrol") == 1
    assert machine.settings == ["MOTCUA_OFFICE=Trung tâm xã Mẫu = một", "MOTCUA_KIOSK_PRINTER=cups:van-phong"]
    assert (machine.place("/etc") / "motcua/secret.key").read_text() == secret


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("MOTCUA_KIOSK_PRINTR=cups", "no setting is called MOTCUA_KIOSK_PRINTR"),
        ("kiosk printer", "is no NAME=VALUE"),
        ("CENTRE=https://centre.example", "CENTRE and CODE come together"),
        ("MOTCUA_KIOSK_NAME=nhà văn hóa", "the centre gives a box its name"),
        ("MOTCUA_PORT=8090, 8091", "MOTCUA_PORT is a number"),
        ('MOTCUA_PORT="8090', "a quote does not end"),
        ("MOTCUA_OFFICE='Trung tâm", "a quote does not end"),
        ('MOTCUA_OFFICE="Trung tâm" xã', "a quote does not end"),
        ("MOTCUA_OFFICE=Trung tâm\\", "ends in a backslash"),
    ],
)
def test_a_mistake_in_the_answers_is_named_before_anything_is_done(machine: Machine, line: str, says: str) -> None:
    done = machine.install(line)
    assert done.returncode != 0
    assert says in done.stderr
    assert machine.done == ""


def test_a_box_without_a_line_runs_and_says_how_to_enrol_it_later(machine: Machine) -> None:
    (machine.folder / "no-line").touch()
    done = machine.install(*ANSWERS)
    assert done.returncode == 0, done.stderr
    assert "systemctl restart motcua-kiosk.service" in machine.done
    assert "motcua kiosk enrol --centre https://centre.example" in done.stderr


@pytest.mark.parametrize("line", ["MOTCUA_PORT=8090", 'MOTCUA_PORT="8090"', "MOTCUA_PORT='8090'", "MOTCUA_PORT=8090\r"])
def test_screen_and_policies_know_the_port_that_is_set(machine: Machine, line: str) -> None:
    assert machine.install(line).returncode == 0
    policies = machine.place("/etc") / "chromium/policies/managed/motcua.json"
    assert json.loads(policies.read_text())["URLAllowlist"] == ["http://127.0.0.1:8090/kiosk"]
    for file in ("chromium/policies/managed/motcua.json", "systemd/system/motcua-kiosk-screen.service"):
        told = (machine.place("/etc") / file).read_text(encoding="utf-8")
        assert "127.0.0.1:8090" in told
        assert ":8080" not in told


def test_the_example_names_settings_that_are_there(machine: Machine) -> None:
    lines = (KIOSK / "kiosk.answers").read_text(encoding="utf-8").splitlines()
    examples = [line.removeprefix("#") for line in lines if line.startswith("#") and not line.startswith("# ")]
    assert len(examples) > 3
    done = machine.install(*examples)
    assert done.returncode == 0, done.stderr
