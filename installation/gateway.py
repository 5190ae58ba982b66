"""The gateway of an installation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, Flask

from actions.dossiers.sandbox import read_sandbox, sandbox_rows
from channels.callers import Callers
from channels.dossier_push import blueprint as push_address
from channels.gateway import create_app
from channels.parts import Addresses, Parts
from channels.try_page.sample_dossier import SampleDossier
from installation.catalogue_health import catalogue_health
from installation.centre import centre_pages, desk_figures, kiosk_sync, open311, reporting
from installation.channels import ChannelStores
from installation.exchange import exchange
from installation.kiosk_page import kiosk_page
from installation.limit_figures import limit_figures
from installation.root import Installation
from installation.surroundings_health import surroundings_health
from installation.text_messages import TextMessageStores
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
    """Every address there is: the channels', the kiosk's page, the kiosks' and the officers' centre."""
    return gateway(
        here,
        dossiers=partial(sample_dossiers, here),
        addresses=[
            partial(dossier_push, here),
            partial(kiosk_page, here),
            partial(kiosk_sync, here),
            partial(centre_pages, here),
            partial(open311, here),
            partial(reporting, here),
            partial(exchange, here),
            partial(desk_figures, here),
            partial(catalogue_health, here),
            partial(limit_figures, here),
            partial(surroundings_health, here),
        ],
    )


def dossier_push(here: Installation, _parts: Parts) -> Blueprint:
    """Where sources say that a dossier has changed."""
    return push_address(here.dossier_pushes, TextMessageStores(here).following)


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
