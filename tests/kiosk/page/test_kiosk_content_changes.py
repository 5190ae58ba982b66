"""A bundle changes an answer while somebody stands at the box: each question is answered, at last in the new words."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest
from places import NLU_DATA
from running_kiosk import RunningKiosk

from assistant.model import model_path
from kiosk.bundles.applied import Applied
from kiosk.bundles.following import served
from kiosk.bundles.layout import MODEL, TEXTS

pytestmark = pytest.mark.xdist_group("one-at-a-time")

# Asked for by no other test of this box, which goes on with the answers it had.
RECORD, CODE = "procedures/1.000045.yml", "1.000045"
BEFORE, AFTER = "Đơn đề nghị xác nhận bảng kê lâm sản", "Đơn mới, đề nghị xác nhận bảng kê lâm sản"


@pytest.fixture
def bundles(kiosk: RunningKiosk) -> Iterator[Applied]:
    """Those of the box; afterwards it uses again what it was installed with."""
    applied = Applied(kiosk.data / "kiosk" / "bundles")
    yield applied
    applied.undo()


def asked(kiosk: RunningKiosk) -> str:
    body = {"visit": str(uuid.uuid4()), "text": CODE}
    answer = httpx.post(f"{kiosk.url}/kiosk/api/turn", json=body, timeout=60, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_no_question_goes_unanswered_while_an_answer_changes(kiosk: RunningKiosk, bundles: Applied) -> None:
    assert BEFORE in asked(kiosk)
    place = bundles.place(1)
    shutil.copytree(NLU_DATA, place / TEXTS, ignore=shutil.ignore_patterns("eval"))
    shutil.copy(model_path(), place / MODEL)
    record = place / TEXTS / RECORD
    record.write_text(record.read_text(encoding="utf-8").replace(BEFORE, AFTER), encoding="utf-8")
    bundles.switch(1)
    deadline = time.monotonic() + 120
    while AFTER not in (answer := asked(kiosk)):
        assert BEFORE in answer
        assert time.monotonic() < deadline, f"core: {served(bundles, 'core')}, page: {served(bundles, 'web')}"
        time.sleep(0.2)
    for _ in range(3):
        assert AFTER in asked(kiosk), "once told, it stays"
