"""Every look, in the order they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from installation.doctor import clocks, configuration, machine, outside, records, stores
from installation.doctor.finding import Finding, Level, Look
from installation.root import Installation
from runtime.messages import Message, tr, translated
from runtime.operator_errors import sentence_for

LOOKS: Mapping[str, Look] = {
    "settings": configuration.settings_fit,
    "key": configuration.key_is_apart,
    "data": configuration.files_of_data,
    "disk": machine.folder_and_disk,
    "ports": machine.ports,
    "database": stores.database,
    "redis": stores.redis,
    "clock": clocks.clock,
    "hosts": stores.hosts,
    "model": configuration.model,
    "routes": outside.routes,
    "certificates": outside.certificates,
    "kiosks": outside.kiosks,
    "backup": outside.backups,
    "breach": records.breaches,
    "rights": records.rights,
}


def look_at(here: Installation) -> Iterator[Finding]:
    """Make every look."""
    for name, look in LOOKS.items():
        try:
            yield from look(here)
        except Exception as error:
            # A look must not keep the others from being made; what is away around the system has its sentence.
            said = sentence_for(error)
            if said is None:
                yield Finding(
                    name,
                    Level.WRONG,
                    tr("it cannot be looked at ({kind})", kind=type(error).__name__),
                    translated(_REPORT),
                )
            else:
                fault, _, cure = said.rpartition(": ")
                yield Finding(name, Level.WRONG, fault, cure)


_REPORT = Message("this is a defect of the look: report it with the version (`motcua --version`)")
