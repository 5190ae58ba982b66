"""Registries over their stand-in, in every mood: the right person's entry, or an honest "could not be looked up"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis

from actions.dossiers.backend import BackendError
from actions.dossiers.lockout import Lockout
from actions.dossiers.service import NotFoundOrMismatch, Unavailable
from actions.registries.registry import RegistryContext
from actions.registries.sandbox import sandbox_rows
from actions.registries.service import Asker, RegistryService, Told, open_registry
from cli.stand_ins.kinds import As
from cli.stand_ins.moods import Mood, MoodWanted
from contract.wording import wording_of
from language import data
from runtime.clock import now
from runtime.registry import RegistryError
from stores.sealing import Seal

MATTERS = ("population", "insurance", "land", "business", "vehicle")
CARD = ("0000000901", "0901")
SEAL = Seal(b"a secret for tests only")
Opened = Callable[[str], RegistryService]


@pytest.fixture
def links(served: Any, secret_file: Path, tmp_path: Path) -> Path:
    url = served.url(As.REGISTRIES)
    access = {
        "kind": "client-credentials",
        "token_url": f"{url}/token",
        "id_file": str(secret_file),
        "secret_file": str(secret_file),
    }
    part = {"url": url, "unit": "H15", "access": access, "seconds": 1.0}
    path = tmp_path / "registries.yml"
    path.write_text(yaml.safe_dump({"registries": dict.fromkeys(MATTERS, part)}), encoding="utf-8")
    return path


@pytest.fixture
def opened(links: Path, redis: Redis) -> Opened:
    words = wording_of(data.folder()).room("registries")

    def make(matter: str) -> RegistryService:
        context = RegistryContext(now, redis, SEAL, words, links)
        return open_registry(matter, context, Lockout(redis, SEAL, now))

    return make


def first_of(matter: str) -> tuple[str, str]:
    """The key of the first entry as it is written, and its digits."""
    field = {"population": "maHoSo", "insurance": "maThe", "land": "soPhatHanh", "business": "mst", "vehicle": "bienSo"}
    row = sandbox_rows()[matter][0]
    return row[field[matter]], row["soDienThoai"][-4:]


@pytest.mark.parametrize("matter", MATTERS)
def test_each_registry_tells_its_person(opened: Opened, matter: str) -> None:
    service, (written, last4) = opened(matter), first_of(matter)
    key = service.read_key(written, now().date())
    assert key is not None
    told = service.ask(key, last4, Asker("a", language="vi"), has_agreed=True)
    assert isinstance(told, Told), told
    assert not any(word in line for word in ("Chưa rõ", last4) for line in told.lines)
    assert service.ask(key, "9999", Asker("b"), has_agreed=True) == NotFoundOrMismatch(2)


@pytest.mark.parametrize("mood", Mood)
def test_in_no_mood_is_anything_told_that_is_not_so(opened: Opened, served: Any, mood: Mood) -> None:
    cards = opened("insurance")
    served[As.REGISTRIES].moods.set(MoodWanted(mood=mood))
    outcome = cards.ask(*CARD, Asker("a", language="vi"), has_agreed=True, part="card")
    match mood:
        case Mood.FINE | Mood.OTHER_ENCODING | Mood.THOUSANDS:
            assert isinstance(outcome, Told)
            assert "dùng được đến hết ngày" in outcome.lines[0]
        case Mood.OLD_DATES | Mood.UNKNOWN_STATE:
            assert isinstance(outcome, Told)
            assert "Chưa rõ" in outcome.lines[0]
        case Mood.OTHER_DOSSIER:
            assert outcome == NotFoundOrMismatch(2)
        case _:
            assert isinstance(outcome, Unavailable), outcome
            assert CARD[0] not in outcome.cause


def test_a_slow_registry_is_left_alone_after_some_failures(opened: Opened, served: Any) -> None:
    cards, stand_in = opened("insurance"), served[As.REGISTRIES]
    stand_in.moods.set(MoodWanted(mood=Mood.DOWN))
    for _ in range(10):
        assert isinstance(cards.ask(*CARD, Asker("a"), has_agreed=True), Unavailable)
    assert len(stand_in.moods.asked) == 5


def test_a_token_that_ended_is_fetched_anew(opened: Opened, served: Any) -> None:
    cards = opened("insurance")
    assert isinstance(cards.ask(*CARD, Asker("a"), has_agreed=True), Told)
    served[As.REGISTRIES].moods.set(MoodWanted(forget_tokens=True))
    assert isinstance(cards.ask(*CARD, Asker("a"), has_agreed=True), Told)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("registries: {moon: {url: https://x.example, unit: H15}}", "moon"),
        ("registries: {insurance: {unit: H15}}", "registries.insurance.url"),
        ("registries: {land: {url: https://x.example, unit: H15}}", "insurance is not in it"),
        ("registries: [", "is no YAML"),
        ("{}", "registries"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(redis: Redis, tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "registries.yml"
    path.write_text(content, encoding="utf-8")
    words = wording_of(data.folder()).room("registries")
    for links in (path, tmp_path / "none.yml", None):
        with pytest.raises(RegistryError, match="MOTCUA_REGISTRY_LINKS") as told:
            open_registry("insurance", RegistryContext(now, redis, SEAL, words, links), Lockout(redis, SEAL, now))
        assert links is not path or named in str(told.value)


def test_an_address_that_is_not_verified_is_refused(redis: Redis, tmp_path: Path) -> None:
    path = tmp_path / "registries.yml"
    path.write_text("registries: {insurance: {url: http://bus.example, unit: H15}}", encoding="utf-8")
    words = wording_of(data.folder()).room("registries")
    with pytest.raises((RegistryError, BackendError), match="https://"):
        open_registry("insurance", RegistryContext(now, redis, SEAL, words, path), Lockout(redis, SEAL, now))
