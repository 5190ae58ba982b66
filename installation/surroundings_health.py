"""What a machine gives the assistant, for supervisors: voice, recogniser and disk, in ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from flask import Blueprint, request
from prometheus_client import CollectorRegistry, Gauge

from channels.figures_folder import resident_bytes
from channels.health import NeedsHand
from channels.parts import Parts
from channels.websockets.address import listening_socket
from installation.root import Installation
from kiosk.page.voice_client import VoiceClient
from runtime.messages import tr

LITTLE_DISK_BYTES = 500_000_000
"""A day of messages of a province takes a tenth of it; time for somebody to come."""
LITTLE_DISK_SHARE = 0.02
"""Of a small disk."""


class DiskFull(Exception):
    """Nothing can be kept any more."""


def free_bytes(folder: Path) -> tuple[int, bool]:
    """What is free where a folder is, and whether that is little."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.free < min(LITTLE_DISK_BYTES, LITTLE_DISK_SHARE * usage.total)


def disk_free(registry: CollectorRegistry) -> Gauge:
    """The figure."""
    return Gauge(
        "motcua_disk_free_bytes",
        "Bytes free on the disk of the data folder",
        registry=registry,
        multiprocess_mode="mostrecent",
    )


def process_memory(registry: CollectorRegistry) -> Gauge:
    """The figure."""
    return Gauge(
        "motcua_process_memory_bytes",
        "Memory the processes of a kind hold together (resident set)",
        ("process",),
        registry=registry,
        multiprocess_mode="mostrecent",
    )


def surroundings_health(here: Installation, parts: Parts) -> Blueprint:
    """Puts voice, recogniser and disk into ``/readyz``, free bytes and memory into ``/metrics``."""
    settings = here.settings
    voice = VoiceClient(listening_socket(settings))
    free, memory = disk_free(parts.metrics.registry), process_memory(parts.metrics.registry)

    def check_voice() -> None:
        if not voice.asked().speaks:
            raise NeedsHand([tr("no voice: the log of the voice process says why")])

    def check_recogniser() -> None:
        # Where no recogniser was chosen people use keys and pictures, and nothing is broken.
        if settings.speech_engine not in ("auto", "none") and not voice.asked().hears:
            raise NeedsHand(
                [tr("{engine} does not hear: the log of the voice process says why", engine=settings.speech_engine)]
            )

    def check_disk() -> None:
        left, is_little = free_bytes(settings.data_path)
        if not os.access(settings.data_path, os.W_OK):
            raise NeedsHand([tr("the data folder is not writable")])
        if not left:
            raise DiskFull
        if is_little:
            raise NeedsHand([tr("{left} MB free on the disk of the data folder", left=left // 1_000_000)])

    parts.beside.update(voice=check_voice, recogniser=check_recogniser, disk=check_disk)
    blueprint = Blueprint("surroundings_health", __name__)

    @blueprint.before_app_request
    def count() -> None:
        if request.path == "/metrics":
            free.set(free_bytes(settings.data_path)[0])
            for kind, size in resident_bytes().items():
                memory.labels(kind).set(size)

    return blueprint
