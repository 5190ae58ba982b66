"""A catalogue desk over one procedure, for the tests of its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from assistant.trial import Trials
from catalogue.approved import APPROVED
from catalogue.proposals import Proposals
from catalogue.store import CatalogueStore
from centre.catalogue_desk import CatalogueDesk
from centre.publishing import Ingredients, Published, Shelf
from centre.publishing_job import Progress, PublishingJob
from channels.rendering.plainness import Message, Passage, Plainness
from learning.labels import Labels
from learning.store import LearningStore
from runtime.settings import Settings
from stores.audit import Audit
from stores.database import Database
from stores.sealing import Seal
from understanding.learned_phrases import LearnedPhrases

CODE = "1.000001"
RECORD = """\
code: "1.000001"
official_name: Đăng ký nuôi ong mật
short_name: Nuôi ong
agency: Bộ Mẫu
field: Mẫu
levels: [commune]
asked_as:
  plain: [nuôi ong, xin nuôi ong]
papers:
  - items:
      - {text: Đơn xin nuôi ong, originals: 1}
submissions:
  - way: direct
    fees:
      - {amount: 8000, case: tổ ong nhỏ}
where: Ủy ban nhân dân xã
source: https://example.org/ong
checked_on: 2026-11-01
"""


def small_desk(database: Database, clock: Callable[[], datetime], folder: Path, shelf: Shelf) -> CatalogueDesk:
    """The desk; what is taught and approved lies in the folder, and one sentence is measured."""
    (folder / "procedures").mkdir()
    (folder / "procedures" / f"{CODE}.yml").write_text(RECORD, encoding="utf-8")

    def today() -> date:
        return clock().date()

    store = CatalogueStore(database, folder / "procedures", 0, approved=[folder / APPROVED], today=today)
    audit = Audit(database, Seal(b"a secret of the tests"), clock, folder / "checkpoints")
    learning, learned = LearningStore(database), LearnedPhrases([folder / "learned"])
    labels = Labels(learning, store, ["goodbye"], ["cho tôi nuôi ong"], learned, folder / "learned", today)

    def to_kiosks(_officer: str, packed: Progress) -> Published:
        # An installation's bundle has nlu_data; what was approved goes along with it.
        ingredients = Ingredients(None, folder / "procedures", None, None, None, {APPROVED: folder / APPROVED})
        return shelf.publish(ingredients, packed=packed)

    return CatalogueDesk(
        store=store,
        proposals=Proposals(database, clock, audit, folder / APPROVED, store.record),
        today=today,
        preview=lambda record, side: Plainness(
            (Message(f"{record.short_name}: {side.value}", 1),), (Passage(record.short_name, 1.0),), "màn hình", ()
        ),
        speak=lambda _text: b"RIFF",
        measured=lambda: ["cho tôi nuôi ong"],
        learning=learning,
        label=labels.label,
        provinces=lambda: [("14", "Tỉnh Sơn La")],
        trials=Trials(Settings(data_dir=folder)),
        taught_at=lambda: 0.0,
        to_kiosks=PublishingJob(folder / "bundles", clock, to_kiosks),
    )
