"""The gateway of an installation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, Flask

from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from channels.callers import Callers
from channels.gateway import create_app
from channels.parts import Addresses, Parts
from channels.try_page.sample_dossier import SampleDossier
from installation.catalogue_health import catalogue_health
from installation.channels import ChannelStores
from installation.kiosk_page import kiosk_page
from installation.limit_figures import limit_figures
from installation.root import Installation
from installation.surroundings_health import surroundings_health
from language import data


def gateway(
    here: Installation,
    *,
    dossiers: Callable[[], Sequence[SampleDossier]] | None = None,
    addresses: Sequence[Addresses] = (),
) -> Flask:
    """The channels' addresses alone, and those that are named; see :func:`channels.gateway.create_app`.

    Raises:
        SettingsError: a setting the gateway needs is missing or wrong.
    """
    data.enter(here.settings.nlu_data_path)
    callers = Callers.from_settings(here.settings)
    channels = ChannelStores(here, "web")
    parts = Parts(
        settings=here.settings,
        core=channels.core,
        conversing=channels.conversing,
        callers=callers,
        seal=here.seal,
        redis=here.redis,
        database=here.database,
        sms=channels.sms,
        dialogue=channels.dialogue,
        metrics=channels.metrics,
        now=here.now,
        limiter=channels.limiter,
    )
    return create_app(parts, dossiers=dossiers, addresses=addresses)


def whole_gateway(here: Installation) -> Flask:
    """Every address there is: the channels', the kiosk's page, the kiosks' and the officers' centre. A box of a centre
    has neither boxes nor officers of its own, and none of their addresses.
    """
    addresses: list[Callable[[Installation, Parts], Blueprint]] = [
        kiosk_page,
        catalogue_health,
        limit_figures,
        surroundings_health,
    ]
    if not here.settings.kiosk_name:
        # Late: what a centre is made of takes memory that a box does without.
        from installation.centre_addresses import ADDRESSES

        addresses += ADDRESSES
    return gateway(
        here,
        dossiers=partial(sample_dossiers, here),
        addresses=[partial(address, here) for address in addresses],
    )


def sample_dossiers(here: Installation) -> list[SampleDossier]:
    """Every dossier of the sandbox, with what its procedure is called; none where another source is asked."""
    if here.settings.dossier_source != "sandbox":
        return []
    samples = []
    for row in sandbox_rows(read_sandbox(), here.words.room("dossiers"), here.today()):
        procedure = here.catalogue.current(row["procedure"])
        name = procedure.short_name if procedure is not None else row["procedure"]
        samples.append(SampleDossier(row["code"], row["last4"], row["status_text"], name))
    return samples
