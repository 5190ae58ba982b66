"""A bundle is made in the background: one at a time, seen while it is made, and told when it could not be."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from centre.publishing import Published
from centre.publishing_job import Job, JobState, Progress, PublishingJob
from runtime.clock import VIETNAM

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
DONE = Published(7, "1.0", 100, 5_000, 3, 500)


def ended(job: PublishingJob) -> Job:
    for thread in threading.enumerate():
        if thread.name == "publishing":
            thread.join(30)
    last = job.last()
    assert last is not None
    return last


def test_one_is_made_at_a_time_and_how_far_it_is_is_seen_by_every_process(tmp_path: Path) -> None:
    packed, may_end = threading.Event(), threading.Event()

    def publish(_officer: str, progress: Progress) -> Published:
        progress(50)
        packed.set()
        assert may_end.wait(30)
        return DONE

    here, elsewhere = (PublishingJob(tmp_path, lambda: NOW, publish) for _ in range(2))
    assert here.last() is None
    assert here.start("lan")
    assert packed.wait(30)
    assert elsewhere.last() == Job(JobState.RUNNING, NOW, "lan", 50)
    assert not elsewhere.start("hoa")
    may_end.set()
    assert ended(here) == Job(JobState.DONE, NOW, "lan", 100, 7)
    assert elsewhere.start("hoa")
    assert ended(elsewhere).officer == "hoa"


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ValueError("a wrong setting")])
def test_what_cannot_be_made_is_told_and_may_be_tried_again(tmp_path: Path, error: Exception) -> None:
    def fails(_officer: str, _packed: Progress) -> Published:
        raise error

    job = PublishingJob(tmp_path, lambda: NOW, fails)
    assert job.start("lan")
    assert ended(job).state is JobState.FAILED
    assert PublishingJob(tmp_path, lambda: NOW, lambda _officer, _packed: DONE).start("lan")
    assert ended(job).state is JobState.DONE


def test_a_process_that_ended_in_between_has_broken_it_off(tmp_path: Path) -> None:
    noted = b'{"state":"running","at":"2026-11-24T09:00:00+07:00","officer":"lan","files":50,"number":0}'
    (tmp_path / "publishing.json").write_bytes(noted)
    job = PublishingJob(tmp_path, lambda: NOW, lambda _officer, _packed: DONE)
    last = job.last()
    assert last is not None
    assert (last.state, last.officer) == (JobState.BROKEN_OFF, "lan")
    assert job.start("lan")
    assert ended(job).state is JobState.DONE
