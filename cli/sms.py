"""``motcua sms``: text messages in and out, as an operator may see them: without numbers, and without texts."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from channels.sms.queue.message_records import IncomingRecord, OutgoingRecord
from channels.sms.queue.states import IncomingState, OutgoingState
from cli.tables import print_table
from installation.opening import opened
from installation.text_messages import TextMessageStores
from runtime.messages import Message, tr

if TYPE_CHECKING:
    from channels.sms.notices.notifying import Notifying

SHOWN_REFERENCE = 8
"""Signs of a reference in a list: enough to name one, and short enough to type."""

STATES = tuple(dict.fromkeys([*IncomingState, *OutgoingState]))
"""Of messages in and out; "waiting" and "failed" are called alike."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Text messages that came in and went out.

    Who wrote and what was said is encrypted and not listed. Messages are named by the number (in) or the first
    signs of the reference (out) the list shows:

    \b
    motcua sms list --out --state failed
    motcua sms show 3f9a0c21
    motcua sms retry 3f9a0c21
    motcua sms notify < notices.jsonl
    """,
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Name = Annotated[str, typer.Argument(help="Number or reference, as `motcua sms list` shows it.", metavar="MESSAGE")]


@app.command("list")
def list_messages(
    incoming: Annotated[bool, typer.Option("--in", help="Only messages from citizens.")] = False,
    outgoing: Annotated[bool, typer.Option("--out", help="Only messages to citizens.")] = False,
    state: Annotated[str | None, typer.Option(help=f"Only this state: {', '.join(STATES)}")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each, the newest first.")] = 20,
) -> None:
    """List messages, the newest first.

    Example:  motcua sms list --out --state failed
    """
    both = incoming == outgoing
    state_in, state_out = _states(state)
    with opened() as here:
        records = TextMessageStores(here).records
        if (incoming or both) and (state is None or state_in is not None):
            _print_incoming(records.incoming(state_in, limit))
        if (outgoing or both) and (state is None or state_out is not None):
            _print_outgoing(records.outgoing(state_out, limit))


@app.command()
def show(
    name: Name,
    show_text: Annotated[
        bool, typer.Option("--show-text", help="Print what was said, too: personal data; look only for a reason.")
    ] = False,
) -> None:
    """Show what is known about one message, and what was sent for it.

    Example:  motcua sms show 12
    """
    with opened() as here:
        records = TextMessageStores(here).records
        record = records.find(name)
        if record is None:
            errors.print(tr("no message {name}, or several begin so: `motcua sms list` shows their names", name=name))
            raise typer.Exit(1)
        table = Table(box=None, show_header=False)
        for field, value in _fields(record):
            table.add_row(field, value)
        if show_text:
            table.add_row(tr("text"), records.text(record) or tr("erased, or sealed with another key"))
        console.print(table)
        if isinstance(record, IncomingRecord) and (answers := records.answers(record.id)):
            _print_outgoing(answers)


@app.command()
def retry(
    name: Annotated[str | None, typer.Argument(help="Reference of a message to a citizen.", metavar="MESSAGE")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed or expired.")] = False,
) -> None:
    """Send failed or expired messages again.

    Example:  motcua sms retry --failed
    """
    if (name is None) == (not failed):
        errors.print(tr("name one message, or give --failed for all that failed or expired"))
        raise typer.Exit(2)
    reference = None
    with opened() as here:
        if name is not None:
            record = TextMessageStores(here).records.find(name)
            if not isinstance(record, OutgoingRecord):
                errors.print(
                    tr("no message {name} to a citizen: `motcua sms list --out` shows their references", name=name)
                )
                raise typer.Exit(1)
            reference = record.reference
        count = TextMessageStores(here).upkeep.retry(reference)
    if name is not None and not count:
        errors.print(tr("not sent again: it neither failed nor expired, or its text has been erased"))
        raise typer.Exit(1)
    console.print(tr("{count} put back into the queue", count=count))


@app.command()
def notify() -> None:
    """Send notices: JSON lines on standard input, and what became of each on standard output.

    Only those who asked for notices (DK) get them, between 07:00 and 22:00. The same key again sends nothing more.
    Shortened links are refused: write addresses in full. A bad line is told, and the others go on.

    Example:  echo '{"key": "H15-1 ready", "phone": "0900000123", "text": "Hồ sơ đã có kết quả."}' | motcua sms notify
    """
    failed = False
    with opened() as here:
        notifying = TextMessageStores(here).notifying()
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            said = _notified(notifying, line)
            failed = failed or "error" in said
            print(json.dumps(said, ensure_ascii=False), flush=True)
    if failed:
        raise typer.Exit(1)


def _notified(notifying: Notifying, line: bytes) -> dict[str, object]:
    # Late: who only lists messages need not load what answers them.
    from channels.cleaning import clean_text
    from channels.sms.notices.notifying import Notice

    key: object = None
    try:
        given = json.loads(line)
        key = given.get("key")
        wrong = [name for name in ("key", "phone", "text") if not str(given.get(name) or "").strip()]
        if wrong:
            return {"key": key, "error": tr("missing: {names}", names=", ".join(wrong))}
        notice = Notice(str(key), str(given["phone"]), clean_text(str(given["text"])))
    except (ValueError, AttributeError):
        return {"key": key, "error": tr('no JSON object {"key", "phone", "text"}')}
    return {"key": key, "outcome": notifying.send(notice)}


def _states(state: str | None) -> tuple[IncomingState | None, OutgoingState | None]:
    if state is not None and state not in STATES:
        raise typer.BadParameter(
            Message("no state {state}; there are {states}", state=state, states=", ".join(STATES)), param_hint="--state"
        )
    return (
        IncomingState(state) if state in list(IncomingState) else None,
        OutgoingState(state) if state in list(OutgoingState) else None,
    )


def _print_incoming(records: list[IncomingRecord]) -> None:
    headings = (tr("number"), tr("received"), tr("state"), tr("route"), tr("tries"), tr("cause"))
    rows = [(str(one.id), _time(one.stored_at), one.state, one.route, str(one.attempts), one.cause) for one in records]
    print_table(console, headings, rows, tr("from citizens"))


def _print_outgoing(records: list[OutgoingRecord]) -> None:
    headings = (
        tr("reference"),
        tr("written"),
        tr("state"),
        tr("kind"),
        tr("route"),
        tr("tries"),
        tr("parts"),
        tr("cause"),
    )
    rows = [
        (
            one.reference[:SHOWN_REFERENCE],
            _time(one.created_at),
            one.state + (tr(" (maybe twice)") if one.maybe_twice else ""),
            one.kind,
            one.route or tr("none yet"),
            str(one.attempts),
            str(one.segments),
            one.code,
        )
        for one in records
    ]
    print_table(console, headings, rows, tr("to citizens"))


def _fields(record: IncomingRecord | OutgoingRecord) -> list[tuple[str, str]]:
    if isinstance(record, IncomingRecord):
        return [
            (tr("number"), str(record.id)),
            (tr("state"), record.state),
            (tr("route"), record.route),
            (tr("received"), _time(record.stored_at)),
            (tr("settled"), _time(record.answered_at)),
            (tr("tries"), str(record.attempts)),
            (tr("cause"), record.cause),
        ]
    return [
        (tr("reference"), record.reference),
        (tr("answers"), str(record.answer_to or "")),
        (tr("state"), record.state),
        (tr("kind"), record.kind),
        (tr("route"), record.route or tr("none yet")),
        (tr("id at the provider"), record.provider_id or ""),
        (tr("written"), _time(record.created_at)),
        (tr("next try"), _time(record.next_try_at)),
        (tr("handed over"), _time(record.handed_at)),
        (tr("delivered"), _time(record.delivered_at)),
        (tr("tries"), str(record.attempts)),
        (tr("maybe sent twice"), tr("yes") if record.maybe_twice else tr("no")),
        (tr("parts"), str(record.segments)),
        (tr("cause"), record.code),
    ]


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment is not None else ""
