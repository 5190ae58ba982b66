"""The checklist of the first page, as it stands over a real installation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from installation.centre import CentreStores
from installation.person_keys import BACKUP_DAYS, LAST, note_backup
from installation.root import Installation
from installation.set_up import checks_of
from installation.tables import migrate
from runtime.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    def made(**given: object) -> Settings:
        return Settings(data_dir=tmp_path, **given)  # type: ignore[arg-type]

    return made


def standing(settings: Settings) -> dict[str, bool]:
    """Whether each line of the list is done."""
    with closing(Installation(settings)) as here:
        migrate(settings.effective_database_url)
        return {one.about: one.done for one in checks_of(here)}


def test_a_new_installation_is_told_everything_it_needs(settings: Callable[..., Settings]) -> None:
    found = standing(settings())
    assert set(found) == {
        *("address", "text", "telephone", "ears", "catalogue", "secret", "backup", "officers", "kiosks"),
    }
    for about in ("address", "text", "telephone", "secret", "backup", "officers", "kiosks"):
        assert not found[about], about


def test_each_line_is_ticked_once_it_is_done(settings: Callable[..., Settings], tmp_path: Path) -> None:
    made = settings(
        public_url="https://mot-cua.example.vn",
        secret_key="a secret of the tests, long enough",
        kannel_url="http://127.0.0.1:1/cgi-bin/sendsms",
        kannel_password="secret",
        kannel_secret="a-secret-of-the-tests",
        sip_port=5060,
    )
    with closing(Installation(made)) as here:
        migrate(made.effective_database_url)
        note_backup(here, tmp_path / "person-keys", with_secrets=True)
        for name in ("lan", "hoa"):
            CentreStores(here).officers.set(name, "một mật khẩu đủ dài")
    found = standing(made)
    for about in ("address", "text", "telephone", "secret", "backup", "officers"):
        assert found[about], about


def test_a_backup_that_is_too_old_is_none(settings: Callable[..., Settings], tmp_path: Path) -> None:
    with closing(Installation(settings())) as here:
        then = here.now() - BACKUP_DAYS - BACKUP_DAYS
    (tmp_path / LAST).write_text(f'{{"at": {then.timestamp()}}}', encoding="utf-8")
    assert not standing(settings())["backup"]
