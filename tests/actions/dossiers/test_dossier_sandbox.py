"""The sandbox is rich enough to try every case, and nobody in it is real."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from actions.dossiers.backend import BackendUnavailable, proves
from actions.dossiers.model import Dossier, DossierStatus, code_digits, vietnam_date
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier, sandbox_rows
from contract.wording import Wording
from runtime.clock import VIETNAM

REPOSITORY = Path(__file__).resolve().parents[3]
KEYS = [
    "code",
    "last4",
    "status",
    "status_text",
    "procedure",
    "applicant",
    "phone",
    "address",
    "received_on",
    "appointment_on",
    "supplement",
]
Dossiers = tuple[SandboxDossier, ...]


def shared_file(name: str) -> Path:
    folder = Path(os.environ.get("MOTCUA_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / name).exists():
        pytest.skip(f"the research material ({name}) is not here")
    return folder / name


def told(backend: SandboxBackend, code: str) -> Dossier | None:
    """What the sandbox tells of a code."""
    found = backend.find(code)
    return found and found.dossier


def test_there_are_dossiers_in_all_ten_states(dossiers: Dossiers) -> None:
    assert len(dossiers) >= 40
    assert set(Counter(dossier.status for dossier in dossiers)) == set(DossierStatus) - {DossierStatus.UNKNOWN}


@pytest.mark.parametrize("days_from_now", [0, 1, 40, 400])
def test_overdue_dossiers_stay_overdue(
    backend: SandboxBackend, dossiers: Dossiers, clock: Any, days_from_now: int
) -> None:
    clock.forward(days=days_from_now)
    today = vietnam_date(clock())

    late = [
        found.code
        for dossier in dossiers
        if (found := told(backend, dossier.code))
        and found.status.clock_runs
        and found.appointment_on
        and found.appointment_on < today
    ]

    assert len(late) == 7


def test_dates_of_a_dossier_make_sense(backend: SandboxBackend, dossiers: Dossiers, clock: Any) -> None:
    for dossier in dossiers:
        found = told(backend, dossier.code)
        assert found is not None
        assert found.updated_at < clock()
        if found.received_on and found.appointment_on:
            assert found.received_on <= found.appointment_on, found.code
        if found.finished_on:
            assert (found.received_on or date.min) <= found.finished_on <= vietnam_date(clock()), found.code
        done = found.status in (DossierStatus.READY, DossierStatus.RETURNED)
        assert bool(found.finished_on) or not done, found.code
        assert bool(found.supplement) == (found.status is DossierStatus.SUPPLEMENT_NEEDED), found.code


def test_some_news_are_old(backend: SandboxBackend, dossiers: Dossiers, clock: Any) -> None:
    ages = [clock() - found.updated_at for dossier in dossiers if (found := told(backend, dossier.code))]

    assert max(ages) > timedelta(days=7)


def test_codes_differ_even_as_digits(dossiers: Dossiers) -> None:
    assert len({code_digits(dossier.code) for dossier in dossiers}) == len(dossiers)


@pytest.mark.parametrize(
    "shape",
    [
        r"H\d\d(\.\d\d){3}-\d{6}-\d{4}",
        r"000\.00\.\d\d\.H\d\d-\d{6}-\d{4}",
        r"\d\d\.\d\d\.H\d\d-\d{6}-\d{4}",
        r"G\d\d\.\d\d\.\d\d-\d{6}-\d{6}",
        r"G\d\d\.\d{3}\.\d{3}-\d{6}-\d{6}",
        r"G\d\d\.\d\d-\d{8}-\d{7}",
    ],
)
def test_every_shape_of_code_occurs(dossiers: Dossiers, shape: str) -> None:
    assert any(re.fullmatch(shape, dossier.code) for dossier in dossiers)


def test_codes_follow_the_national_pattern_and_are_nobodys(dossiers: Dossiers) -> None:
    material = json.loads(shared_file("domain/integration/dossier_code_examples.json").read_text("utf-8"))
    pattern = re.compile(material["regex"])
    seen_in_public = {example["code"] for example in material["examples"]}

    for dossier in dossiers:
        assert pattern.fullmatch(dossier.code), dossier.code
        assert dossier.code not in seen_in_public


def test_people_are_evidently_invented_and_their_digits_differ(dossiers: Dossiers) -> None:
    digits: list[str] = []
    for dossier in dossiers:
        person = dossier.person
        assert re.fullmatch(r"Người nộp mẫu \d\d", person.applicant)
        assert re.fullmatch(r"09000001\d\d", person.phone)
        assert re.fullmatch(r"0{8}\d{4}", person.identity)
        digits += [person.phone[-4:], person.identity[-4:]]
    assert len(set(digits)) == 2 * len(dossiers)


def test_digits_of_one_dossier_do_not_open_another(backend: SandboxBackend, dossiers: Dossiers) -> None:
    for mine in dossiers:
        opened = [d.code for d in dossiers if proves(backend.find(d.code), mine.person.phone[-4:])]
        assert opened == [mine.code]


def test_an_unknown_code_matches_no_digits(backend: SandboxBackend) -> None:
    assert backend.find("H15.50.05.21-261123-0000") is None
    assert not any(proves(None, f"{n:04}") for n in range(0, 10_000, 7))


def test_the_printed_list_has_exactly_the_agreed_keys(dossiers: Dossiers, texts: Wording, clock: Any) -> None:
    rows = json.loads(json.dumps(sandbox_rows(dossiers, texts, vietnam_date(clock()))))

    assert [list(row) for row in rows] == [KEYS] * len(dossiers)
    row = next(row for row in rows if row["code"] == "H15.50.05.21-261121-9129")
    assert row == {
        "code": "H15.50.05.21-261121-9129",
        "last4": "0129",
        "status": 5,
        "status_text": "Hồ sơ cần bổ sung giấy tờ",
        "procedure": "1.001193",
        "applicant": "Người nộp mẫu 29",
        "phone": "0900000129",
        "address": "Nhà số 29, xóm Thử Nghiệm",
        "received_on": "2026-11-21",
        "appointment_on": "2026-11-26",
        "supplement": "Bản chính giấy chứng sinh. Nếu đã mất, làm giấy cam đoan về việc sinh.",
    }


def test_the_printed_list_agrees_with_the_back_end(
    backend: SandboxBackend, dossiers: Dossiers, texts: Wording, clock: Any
) -> None:
    for row in sandbox_rows(dossiers, texts, clock().astimezone(VIETNAM).date()):
        found = told(backend, row["code"])
        assert found is not None
        assert proves(backend.find(row["code"]), row["last4"])
        assert row["received_on"] == (found.received_on and found.received_on.isoformat())
        assert row["appointment_on"] == (found.appointment_on and found.appointment_on.isoformat())
        assert row["supplement"] == found.supplement


def test_during_an_outage_every_question_fails_until_it_is_over(
    backend: SandboxBackend, switch: OutageSwitch, dossiers: Dossiers
) -> None:
    code = dossiers[0].code
    questions = (
        lambda: backend.find(code),
        lambda: backend.codes_with_digits(code_digits(code)),
    )
    switch.turn_on()
    switch.turn_on()
    for ask in questions:
        with pytest.raises(BackendUnavailable, match="switched off"):
            ask()
    switch.turn_off()
    for ask in questions:
        assert ask()


def test_a_switch_that_cannot_be_read_counts_as_an_outage(dead_redis: Redis) -> None:
    with pytest.raises(BackendUnavailable, match="cannot be read"):
        OutageSwitch(dead_redis).check()
