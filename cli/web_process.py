"""The gateway's process, with the sandbox's dossiers for the simulator to show and the kiosk's page."""

from __future__ import annotations

from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from actions.dossiers.statuses import read_statuses
from assistant.catalogue import open_catalogue
from assistant.clock import today
from assistant.settings import NLU_DATA, load
from channels.parts import Addresses
from channels.serve import main
from channels.try_page.sample_dossier import SampleDossier
from cli.centre_parts import centre_pages, kiosk_sync
from cli.kiosk_page import kiosk_page


def sample_dossiers() -> list[SampleDossier]:
    """Every dossier of the sandbox, with what its procedure is called."""
    catalogue = open_catalogue(load())
    samples = []
    for row in sandbox_rows(read_sandbox(), read_statuses(NLU_DATA / "dossier_statuses.yml"), today()):
        procedure = catalogue.current(row["procedure"])
        name = procedure.short_name if procedure is not None else row["procedure"]
        samples.append(SampleDossier(row["code"], row["last4"], row["status_text"], name))
    return samples


def more_addresses() -> list[Addresses]:
    """What rooms above the channels add to the gateway."""
    return [kiosk_page, kiosk_sync, centre_pages]


if __name__ == "__main__":
    main(dossiers=sample_dossiers, addresses=more_addresses)
