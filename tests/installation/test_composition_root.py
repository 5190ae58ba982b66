"""Stores and services are made in the composition root and nowhere else; docs/decisions/0018-composition-root.md."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from test_rooms import FLOOR, ROOT

ROOM = "installation"
MADE_ONCE = {
    "stores.database.Database",
    "stores.sealing.Seal",
    "stores.redis_clients.connect",
    "stores.redis_clients.connect_async",
    "catalogue.store.CatalogueStore",
    "tickets.store.TicketStore",
    "learning.store.LearningStore",
    "actions.dossiers.lockout.Lockout",
    "actions.dossiers.service.DossierService",
    "actions.dossiers.source.open_source",
    "actions.dossiers.wording.DossierWording",
    "actions.procedures.answers.Answers",
    "actions.services.Services",
    "assistant.agent.CoreParts",
    "centre.enrolment.Enrolling",
    "centre.kiosks.Kiosks",
    "centre.officers.Officers",
    "centre.publishing.Shelf",
    "channels.parts.Parts",
    "channels.phone.answer_texts.OutboxTexts",
    "channels.sms.citizens.consents.Consents",
    "channels.sms.citizens.preferences.Preferences",
    "channels.sms.queue.inbox.Inbox",
    "channels.sms.queue.message_records.MessageRecords",
    "channels.sms.queue.outbox.Outbox",
    "channels.sms.queue.outbox_upkeep.OutboxUpkeep",
    "kiosk.sync.sync_service.SyncService",
    "understanding.emergencies.Emergencies.load",
    "understanding.knowledge.Knowledge",
}
"""What one installation has one of: classes, and functions that open."""


BESIDE_THE_ROOT = {"stores/database_copy.py", "installation/backup.py"}
"""They open a copy, or what is about to be replaced: no part of the installation that runs."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the program, by its path in the repository."""
    for room in FLOOR:
        for path in (ROOT / room).rglob("*.py"):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name of a module stands for, wherever in it the import stands."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full name of what an expression names; empty for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        inside = dotted(node.value, names)
        return f"{inside}.{node.attr}" if inside else ""
    return ""


def calls(tree: ast.Module, module: str) -> Iterator[str]:
    """The full names of what a module calls, its own definitions included."""
    own = module.removesuffix(".py").replace("/", ".")
    names = imported(tree)
    names |= {
        node.name: f"{own}.{node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func, names)


@cache
def makers() -> Counter[tuple[str, str]]:
    """How often each module makes each of the parts."""
    return Counter(
        (name, module)
        for module, tree in modules()
        if module not in BESIDE_THE_ROOT
        for name in calls(tree, module)
        if name in MADE_ONCE
    )


def test_no_room_below_opens_a_store_of_its_own() -> None:
    assert sorted(f"{module} makes {name}" for name, module in makers() if not module.startswith(f"{ROOM}/")) == []


@pytest.mark.parametrize("name", sorted(MADE_ONCE))
def test_each_part_is_made_in_one_place(name: str) -> None:
    assert sum(times for (made, _), times in makers().items() if made == name) == 1


def test_the_look_finds_a_store_opened_by_any_way_of_writing_it() -> None:
    written = "import stores.database as d\nfrom stores import sealing\nd.Database('x'); sealing.Seal(b'')\n"
    assert set(calls(ast.parse(written), "kiosk/new.py")) & MADE_ONCE == {
        "stores.database.Database",
        "stores.sealing.Seal",
    }


CLOCK = {"runtime.clock.now", "runtime.clock.today", "datetime.datetime.now", "datetime.date.today"}
TAKES_THE_MACHINES_TIME = {
    "runtime/clock.py",
    # Puts an installation back that is not open yet.
    "cli/backup.py",
    # Until somebody hands another one in: for who writes a route by hand.
    "channels/sms/providers/provider.py",
    "channels/sms/providers/twilio/send.py",
    # A migration is handed nothing: the months it makes tables for are those of the day it runs on.
    "stores/migrations/versions/months_0001.py",
}


def clocks(tree: ast.Module) -> set[str]:
    """The clocks a module names, called or handed on."""
    names = imported(tree)
    found = {dotted(node, names) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}
    return found & CLOCK


def test_the_time_is_handed_in() -> None:
    found = {module for module, tree in modules() if clocks(tree)}
    assert {module for module in found if not module.startswith(f"{ROOM}/")} == TAKES_THE_MACHINES_TIME


def test_the_look_finds_a_clock_by_any_way_of_writing_it() -> None:
    written = "import datetime as dt\nfrom runtime import clock\ndt.date.today()\ndef f(now=clock.now): ...\n"
    assert clocks(ast.parse(written)) == {"datetime.date.today", "runtime.clock.now"}
