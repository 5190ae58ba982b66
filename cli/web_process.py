"""The gateway's process, with the sandbox's dossiers for the simulator to show and the kiosk's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.serve import main
from channels.try_page.sample_dossier import SampleDossier
from runtime.clock import today
from runtime.settings import NLU_DATA, load

if TYPE_CHECKING:
    # Figures must be shared before anything that counts is imported.
    from channels.parts import Addresses


def sample_dossiers() -> list[SampleDossier]:
    """Every dossier of the sandbox, with what its procedure is called; none where another source is asked."""
    from actions.dossiers.sandbox import read_sandbox, sandbox_rows
    from catalogue.opening import open_catalogue
    from contract.wording import wording_of

    settings = load()
    if settings.dossier_source != "sandbox":
        return []
    catalogue = open_catalogue(settings)
    samples = []
    for row in sandbox_rows(read_sandbox(), wording_of(NLU_DATA).room("dossiers"), today()):
        procedure = catalogue.current(row["procedure"])
        name = procedure.short_name if procedure is not None else row["procedure"]
        samples.append(SampleDossier(row["code"], row["last4"], row["status_text"], name))
    return samples


def more_addresses() -> list[Addresses]:
    """What rooms above the channels add to the gateway."""
    # In the worker: gunicorn's first process only watches, and would keep a copy of all this for ever.
    from cli.catalogue_health import catalogue_health
    from cli.centre_parts import centre_pages, kiosk_sync
    from cli.kiosk_page import kiosk_page

    return [kiosk_page, kiosk_sync, centre_pages, catalogue_health]


if __name__ == "__main__":
    main(dossiers=sample_dossiers, addresses=more_addresses)
