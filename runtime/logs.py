"""Logs: one JSON object a line on stderr, ids as fields, personal data and passwords struck out as a last net.

Callers log no personal data in the first place; what slips into an error text is redacted here. A line break
inside a value is escaped by JSON, so nobody can write log lines of their own.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, TextIO

from runtime.plain_output import without_colours

with without_colours():
    import structlog
    from structlog.typing import Processor, WrappedLogger

from language.redaction.personal_data import redact
from runtime.secret_files import without_password

SAFE_FIELDS = frozenset(
    {"time", "level", "logger", "process", "conversation", "person", "reference", "owner", "request"}
    | {"milliseconds", "status"}
)
"""Fields that hold hashes, ids and figures of our own; their digits are no telephone numbers."""

_HARMLESS_KEPT = 2_000
"""Redaction takes 0.1 to 0.5 ms a text, and most texts in logs come again and again."""

_harmless: set[str] = set()
"""Texts in which nothing had to be redacted."""

_CHATTY = ("alembic", "httpx", "httpcore", "urllib3", "apscheduler", "matplotlib")
"""Libraries that log every call they make, addresses included."""


_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
_OURS: list[Processor] = [
    structlog.stdlib.filter_by_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    *_COMMON,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: ``logs.get(__name__).info("turn answered", channel="sms")``.

    Until :func:`configure` is called, only warnings are shown, on stderr: a command's output stays its own.
    """
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_OURS, wrapper_class=structlog.stdlib.BoundLogger
    )
    return logger


def begin(**ids: str) -> None:
    """Another piece of work begins in this thread: its ids stand in every line until the next one begins."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**ids)


def current(name: str) -> str:
    """An id of the work in progress; ``unknown`` when none was given."""
    return str(structlog.contextvars.get_contextvars().get(name, "unknown"))


def configure(level: str, process: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process, libraries' too, to one stream as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
        process: which part of the system this is: ``web``, ``core``, ``worker``.
        stream: where to; stderr when not given.
    """

    def name_process(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {**event, "process": process}

    # For libraries that log through structlog themselves, as Rasa does.
    structlog.configure(
        processors=_OURS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_COMMON,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_process,
                structlog.processors.format_exc_info,
                _without_personal_data,
                # Vietnamese stays readable.
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _without_personal_data(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value if name in SAFE_FIELDS else _redacted(value) for name, value in event.items()}


def _redacted(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _redacted(inner) for name, inner in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [_redacted(inner) for inner in value]
    text = value if isinstance(value, str) else str(value)
    if text in _harmless:
        return text
    redacted = redact(without_password(text))
    if redacted == text and len(_harmless) < _HARMLESS_KEPT:
        _harmless.add(text)
    return redacted
