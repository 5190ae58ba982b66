"""The last stage of the image, instruction by instruction in a bare chroot: nothing of the machine but ``/usr``.

Where images cannot be built this shows that an ordinary user starts the assistant there on a root that is read-only,
as in Kubernetes. The build stage is not run: the environment and the model are those the tests run with, which are made
from the same lock file by the same commands.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "deploy" / "container" / "Containerfile"
APART = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation", "private"]
BARE = """
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc proc dev tmp opt var/lib root run
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
mount --rbind -o ro /usr usr
mount -t proc proc proc
for device in null zero random urandom; do touch "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
mkdir dev/shm; mount -t tmpfs -o mode=1777 tmpfs dev/shm
echo root:x:0:0:root:/root:/bin/sh > etc/passwd
echo root:x:0: > etc/group
touch etc/shadow etc/gshadow
cp /etc/ld.so.cache etc/; cp /etc/login.defs etc/
"""


def instructions() -> list[tuple[str, str]]:
    """Of the last stage."""
    text = CONTAINERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    last = re.split(r"^FROM .*$", text, flags=re.MULTILINE)[-1]
    lines = [line for line in last.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], " ".join(line.split()[1:])) for line in lines]


def there(path: Path) -> str:
    """Shell that shows a folder of the machine at its own place in the new root."""
    return f"mkdir -p {shlex.quote(f'.{path}')}; mount --bind -o ro {shlex.quote(str(path))} {shlex.quote(f'.{path}')}"


def why_not_here() -> str | None:
    if os.geteuid() != 0:
        return "a chroot needs root"
    done = subprocess.run([*APART, "ip", "link", "set", "lo", "up"], check=False, capture_output=True)
    return None if done.returncode == 0 else "this container may not make namespaces"


def test_the_image_starts_as_an_ordinary_user_on_a_root_that_is_read_only(trained: None, tmp_path: Path) -> None:
    if (reason := why_not_here()) is not None:
        pytest.skip(f"the image's steps cannot be run: {reason}")
    steps, user, folder, volume, environment = [BARE], "0", "/", "", ["PATH=/usr/local/bin:/usr/bin:/bin"]
    given: dict[str, list[str]] = {}
    for word, rest in instructions():
        match word:
            case "RUN":
                steps.append(f"chroot . sh -c {shlex.quote(rest)}")
            case "COPY":
                source, target = rest.removeprefix("--from=build ").split()
                assert source == target == "/opt/motcua"
                steps.append(f"mkdir -p .{target}; mount --bind -o ro {shlex.quote(str(ROOT))} .{target}")
            case "USER":
                user = rest
            case "WORKDIR":
                folder = rest
            case "ENV":
                environment += shlex.split(rest)
            case "VOLUME":
                volume = rest
            case "HEALTHCHECK":
                given[word] = json.loads(rest[rest.index("[") :])
            case "ENTRYPOINT" | "CMD":
                given[word] = json.loads(rest)
            case "EXPOSE" | "STOPSIGNAL":
                given[word] = rest.split()
            case _:
                raise AssertionError(f"no step for {word}: {rest}")
    assert given["EXPOSE"] == ["8080"]
    # Where the tests' environment has its files, if that is not in the project's folder.
    outside = {Path(sys.base_prefix), (ROOT / ".venv").resolve()}
    steps += [there(path) for path in outside if path != ROOT / ".venv" and not path.is_relative_to("/usr")]
    environment += ["PYTHONPATH=/opt/motcua", f"MOTCUA_SECRET_KEY={secrets.token_urlsafe(32)}"]
    inside = f"chroot --userspec={user}:{user} . env -i {shlex.join(environment)} sh -c"
    assert given["ENTRYPOINT"] == ["/opt/motcua/.venv/bin/motcua"]
    # What that script does; its first line names the folder the tests' environment was made in.
    begins = ["/opt/motcua/.venv/bin/python", "-m", "cli.main", *given["CMD"]]
    runs = shlex.quote(f"cd {folder}; exec {shlex.join(begins)}")
    stop = given["STOPSIGNAL"][0].removeprefix("SIG")
    looks = shlex.quote(shlex.join(given["HEALTHCHECK"]))
    writes = shlex.quote("touch /opt/file /etc/file /file")
    script = f"""
        set -e
        root={shlex.quote(str(tmp_path))}
        {chr(10).join(steps)}
        mount --bind .{volume} .{volume}
        mount -t tmpfs -o mode=1777 tmpfs tmp
        mount -o remount,ro,bind .
        ! {inside} {writes} 2>/dev/null
        {inside} {runs} &
        for _ in $(seq 300); do
          sleep 0.5
          if {inside} {looks} 2>/dev/null; then echo WELL; kill -{stop} $!; wait $!; exit 0; fi
          kill -0 $! || exit 1
        done
        exit 1
    """
    done = subprocess.run([*APART, "bash", "-c", script], capture_output=True, text=True, timeout=240, check=False)
    assert "WELL" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
