"""Releases and their tags are signed, and an operator can tell: with a real key, in a repository of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from runtime.version import version

ROOT = Path(__file__).resolve().parents[2]
VERSION = version()
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
IN_THE_TREE = ("deploy", "runtime", "pyproject.toml", "requirements.lock")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.org",
        "PYTHON": sys.executable,
        "PYTHONPATH": str(cwd),
    }
    return subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def a_key(folder: Path, name: str) -> Path:
    key = folder / name
    done = run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key, cwd=folder)
    assert done.returncode == 0, done.stderr
    return key


def tag(tree: Path, key: Path) -> None:
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}")
    done = run("git", *signing, "tag", "-s", f"v{VERSION}", "-m", f"v{VERSION}", cwd=tree)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with what a release needs of this one."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in IN_THE_TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    for command in (("git", "init", "-q"), ("git", "add", "-A"), ("git", "commit", "-qm", "a tree")):
        done = run(*command, cwd=tree)
        assert done.returncode == 0, done.stderr
    return tree


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return a_key(tmp_path, "key")


@pytest.fixture
def signers(tmp_path: Path, key: Path) -> Path:
    """What an operator was given by whoever signs."""
    file = tmp_path / "signers"
    file.write_text(f"release {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    return file


@pytest.fixture
def release(tree: Path, key: Path) -> Path:
    tag(tree, key)
    done = run(tree / "deploy" / "release.sh", key, "out", cwd=tree)
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "out"


def verified(signers: Path, release: Path) -> subprocess.CompletedProcess[str]:
    return run(ROOT / "deploy" / "verify-release.sh", signers, release, cwd=release.parent)


def test_a_release_that_was_signed_is_told_and_holds_the_tree_its_history_and_its_bill(
    release: Path, signers: Path, tmp_path: Path
) -> None:
    told = verified(signers, release)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("signed and whole")
    with tarfile.open(release / f"motcua-{VERSION}.tar.gz") as archive:
        assert f"motcua-{VERSION}/deploy/verify-release.sh" in archive.getnames()
    bill = json.loads((release / f"motcua-{VERSION}.cdx.json").read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["version"] == VERSION
    cloned = run(
        "git", "clone", "-q", "-b", f"v{VERSION}", release / f"motcua-{VERSION}.bundle", "cloned", cwd=tmp_path
    )
    assert cloned.returncode == 0, cloned.stderr
    checked = (
        "git",
        "-c",
        "gpg.format=ssh",
        "-c",
        f"gpg.ssh.allowedSignersFile={signers}",
        "verify-tag",
        f"v{VERSION}",
    )
    assert run(*checked, cwd=tmp_path / "cloned").returncode == 0


def test_what_was_changed_added_or_signed_by_another_is_refused(release: Path, signers: Path, tmp_path: Path) -> None:
    archive = release / f"motcua-{VERSION}.tar.gz"
    whole = archive.read_bytes()
    archive.write_bytes(whole + b"\x00")
    assert "NOT what was signed" in verified(signers, release).stderr
    archive.write_bytes(whole)
    (release / "motcua-extra.tar.gz").write_bytes(b"x")
    assert "NOT in the signed list" in verified(signers, release).stderr
    (release / "motcua-extra.tar.gz").unlink()
    assert verified(signers, release).returncode == 0
    other = tmp_path / "others"
    other.write_text(
        f"release {a_key(tmp_path, 'other').with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8"
    )
    refused = verified(other, release)
    assert refused.returncode == 1
    assert "NOT what was signed" in refused.stderr


def test_nothing_is_released_from_a_tree_without_its_signed_tag(tree: Path, key: Path, tmp_path: Path) -> None:
    untagged = run(tree / "deploy" / "release.sh", key, "out", cwd=tree)
    assert untagged.returncode == 1
    assert "does not stand on this commit" in untagged.stderr
    tag(tree, a_key(tmp_path, "somebody"))
    forged = run(tree / "deploy" / "release.sh", key, "out", cwd=tree)
    assert forged.returncode == 1
    assert "is not signed with this key" in forged.stderr
    (tree / "pyproject.toml").write_text("changed", encoding="utf-8")
    changed = run(tree / "deploy" / "release.sh", key, "out", cwd=tree)
    assert changed.returncode != 0
    assert not (tree / "out").exists()


def test_the_same_tag_makes_the_same_files(release: Path, tree: Path, key: Path) -> None:
    again = tree / "again"
    assert run(tree / "deploy" / "release.sh", key, again, cwd=tree).returncode == 0
    for suffix in ("tar.gz", "cdx.json"):
        name = f"motcua-{VERSION}.{suffix}"
        assert (again / name).read_bytes() == (release / name).read_bytes()
