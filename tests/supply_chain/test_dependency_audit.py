"""The audit of dependencies finds what is known, and says so when it could find nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy.supply_chain.advisories import NoAdvisories, read
from deploy.supply_chain.audit import EXCEPTIONS, audit, past_their_end, read_exceptions, why_nothing_was_checked
from deploy.supply_chain.locked import LOCK, ROOT, Locked, locked

NOW = dt.datetime.now(dt.UTC)


def record(number: str, package: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    """An advisory as OSV writes one."""
    return {
        "id": number,
        "modified": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": "something weak",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
            }
        ],
        **more,
    }


def database(path: Path, *records: Any) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in enumerate(records):
            archive.writestr(f"{number}.json", content if isinstance(content, str) else json.dumps(content))
    return path


def mentions() -> list[dict[str, Any]]:
    """Advisories that were mended long ago, of packages that are locked, as a whole copy has them."""
    return [
        record(f"OLD-{name}", name, {"introduced": "0"}, {"fixed": "0.0.1"})
        for name in ("flask", "aiohttp", "Pillow", "jinja2", "requests", "werkzeug")
    ]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.supply_chain.audit", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("version", "events", "is_in"),
    [
        ("1.4", [{"introduced": "0"}, {"fixed": "1.5"}], True),
        ("1.5", [{"introduced": "0"}, {"fixed": "1.5"}], False),
        ("1.5", [{"introduced": "0"}, {"last_affected": "1.5"}], True),
        ("1.5.1", [{"introduced": "0"}, {"last_affected": "1.5"}], False),
        ("0.9", [{"introduced": "1.0"}], False),
        ("1.10", [{"introduced": "1.9"}, {"fixed": "1.11"}], True),
        ("2.3", [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.4"}], True),
        ("1.8", [{"introduced": "2.0"}, {"fixed": "2.4"}, {"introduced": "0"}, {"fixed": "1.5"}], False),
        ("1.5rc1", [{"introduced": "0"}, {"fixed": "1.5"}], True),
        ("1.5.post1", [{"introduced": "0"}, {"fixed": "1.5"}], False),
    ],
)
def test_versions_are_compared_as_versions(
    tmp_path: Path, version: str, events: list[dict[str, str]], is_in: bool
) -> None:
    known = read(database(tmp_path / "all.zip", record("X-1", "Some_Thing", *events)))
    found = audit([Locked("some-thing", version, ("0" * 64,))], known, ())
    assert [one.advisory.id for one in found] == (["X-1"] if is_in else [])


def test_versions_named_one_by_one_count_and_other_ecosystems_and_withdrawn_records_do_not(tmp_path: Path) -> None:
    named = record("X-1", "thing")
    named["affected"][0]["versions"] = ["1.0"]
    elsewhere = record("X-2", "thing", {"introduced": "0"})
    elsewhere["affected"][0]["package"]["ecosystem"] = "npm"
    gone = record("X-3", "thing", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z")
    known = read(database(tmp_path / "all.zip", named, elsewhere, gone))
    thing = Locked("thing", "1.0", ("0" * 64,))
    assert [one.advisory.id for one in audit([thing], known, ())] == ["X-1"]


def test_one_weakness_under_two_numbers_is_told_once(tmp_path: Path) -> None:
    first = record("GHSA-1", "thing", {"introduced": "0"}, aliases=["CVE-1"])
    second = record("PYSEC-1", "thing", {"introduced": "0"}, aliases=["CVE-1", "GHSA-1"])
    known = read(database(tmp_path / "all.zip", first, second))
    assert len(audit([Locked("thing", "1.0", ("0" * 64,))], known, ())) == 1


def test_what_is_open_fails_and_is_named_with_its_mend(tmp_path: Path) -> None:
    flask = next(package for package in locked(LOCK.read_text(encoding="utf-8")) if package.name == "flask")
    weak = record("GHSA-new", "flask", {"introduced": "0"}, {"fixed": "99.0"})
    done = run(database(tmp_path / "all.zip", *mentions(), weak))
    assert done.returncode == 1
    assert f"flask {flask.version}: GHSA-new, mended in 99.0 (OPEN)" in done.stdout
    assert "1 open" in done.stdout


def test_all_well_says_what_it_looked_through(tmp_path: Path) -> None:
    done = run(database(tmp_path / "all.zip", *mentions()))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 advisories" in done.stdout
    assert "0 open" in done.stdout


def test_an_exception_counts_by_any_of_its_numbers_and_is_told(tmp_path: Path) -> None:
    excepted = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))[0]
    weak = record("GHSA-x", excepted.package, {"introduced": "0"}, aliases=[excepted.id])
    done = run(database(tmp_path / "all.zip", *mentions(), weak))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"excepted until {excepted.until}" in done.stdout


def test_without_a_database_it_fails_and_says_that_nothing_was_checked(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive", encoding="utf-8")
    for path in (
        "",
        tmp_path / "missing.zip",
        tmp_path / "text",
        database(tmp_path / "empty.zip"),
        database(tmp_path / "other.zip", "{}", "[]", "no json", '{"id": 1}'),
    ):
        done = run(path)
        assert done.returncode == 2
        assert done.stderr.startswith("NOTHING WAS CHECKED")
        assert "Traceback" not in done.stderr


def test_an_old_copy_and_a_part_of_one_prove_nothing(tmp_path: Path) -> None:
    packages = locked(LOCK.read_text(encoding="utf-8"))
    whole = read(database(tmp_path / "all.zip", *mentions()))
    part = read(database(tmp_path / "part.zip", *mentions()[:2]))
    assert why_nothing_was_checked(packages, whole, NOW) is None
    assert "newest advisory" in str(why_nothing_was_checked(packages, whole, NOW + dt.timedelta(days=15)))
    assert "heard of 2" in str(why_nothing_was_checked(packages, part, NOW))


def test_no_exception_is_past_its_end() -> None:
    exceptions = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))
    assert past_their_end(exceptions, NOW.date()) == []


def test_every_exception_is_of_a_package_that_is_locked() -> None:
    names = {package.name for package in locked(LOCK.read_text(encoding="utf-8"))}
    assert {exception.package for exception in read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))} <= names


def test_an_exception_ends_with_its_day() -> None:
    (one,) = read_exceptions(EXAMPLE)
    assert past_their_end([one], dt.date(2026, 3, 1)) == []
    assert past_their_end([one], dt.date(2026, 3, 2)) == [one]


EXAMPLE = """
exceptions:
  - {id: X-1, package: Some_Thing, reach: none, reason: pinned, checked_on: 2026-01-01, until: 2026-03-01}
"""


@pytest.mark.parametrize("left_out", ["reach: none, ", "reason: pinned, ", ", until: 2026-03-01"])
def test_an_exception_that_lacks_something_is_none(left_out: str) -> None:
    with pytest.raises(ValueError, match="lacks"):
        read_exceptions(EXAMPLE.replace(left_out, ""))


def test_an_exception_for_ever_is_none() -> None:
    with pytest.raises(ValueError, match="days"):
        read_exceptions(EXAMPLE.replace("until: 2026-03-01", "until: 2036-03-01"))


def test_a_file_that_is_missing_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(NoAdvisories, match="missing"):
        read(tmp_path / "missing.zip")
