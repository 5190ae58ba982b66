"""The machine: its disk and its ports."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from installation.doctor.finding import LOOK_SECONDS, Finding, Level
from installation.root import Installation
from installation.surroundings_health import free_bytes
from runtime import core_tls
from runtime.messages import reason_of, tr, translated


def folder_and_disk(here: Installation) -> Iterator[Finding]:
    """Room and rights."""
    data, name = here.settings.data_path, "disk"
    if not data.exists():
        yield Finding(name, Level.OK, tr("{data} is made at the first start", data=data))
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(
            name,
            Level.WRONG,
            tr("{data} is not writable for this user", data=data),
            tr("chown -R USER {data}", data=data),
        )
        return
    if data.stat().st_mode & 0o007:
        yield Finding(
            name,
            Level.WARNING,
            tr("{data} can be read by everybody on this machine", data=data),
            tr("chmod 700 {data}", data=data),
        )
    free, is_little = free_bytes(data)
    yield Finding(
        name,
        Level.WRONG if is_little else Level.OK,
        tr("{free:.1f} GB free where {data} is", free=free / 1e9, data=data),
        tr("free some space: old backups and logs first") if is_little else "",
    )


def ports(here: Installation) -> Iterator[Finding]:
    """Whether the system runs, and otherwise whether its ports are free."""
    settings = here.settings
    url = settings.effective_url
    with suppress(httpx.HTTPError, ValueError):
        ready = httpx.get(f"{url}/readyz", timeout=LOOK_SECONDS, trust_env=False)
        yield from readiness(ready.json(), url)
        return
    core = urlsplit(settings.effective_core_url)
    wanted = [("gateway", settings.host, settings.port)]
    if not core_tls.is_used(settings):
        # By https it may be another host's, or a balancer's; its certificate is looked at elsewhere.
        wanted.append(("core", core.hostname or "127.0.0.1", core.port or core_tls.PORTS["http"]))
    for what, host, port in wanted:
        if (reason := _not_free(host, port)) is None:
            yield Finding(
                "ports",
                Level.OK,
                tr("{host}:{port} is free for the {what}; the system does not run", host=host, port=port, what=what),
            )
        else:
            yield Finding(
                "ports",
                Level.WRONG,
                tr(
                    "the {what}'s {host}:{port} cannot be used ({reason}), and nothing of ours answers there",
                    what=what,
                    host=host,
                    port=port,
                    reason=reason,
                ),
                tr("`ss -ltnp` names the program that has it; choose another with MOTCUA_PORT"),
            )


def readiness(told: Mapping[str, Any], url: str) -> Iterator[Finding]:
    parts = {**told.get("dependencies", {}), **told.get("others", {})}
    wrong = {name: state for name, state in parts.items() if state["state"] != "ok"}
    for name, state in wrong.items():
        needed = name in told.get("dependencies", {})
        reason = "; ".join(state.get("details", ())) or state.get("cause", state["state"])
        yield Finding(
            f"running: {name}",
            Level.WRONG if needed else Level.WARNING,
            reason,
            tr("its log says why (journalctl -u motcua, or {name}.log in the folder of logs)", name=name),
        )
    if not wrong:
        yield Finding("running", Level.OK, tr("{url} is ready: {parts}", url=url, parts=", ".join(parts)))


def _not_free(host: str, port: int) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return translated(reason_of(error))
    return None
