"""The gateway's process. What needs memory is imported in the workers, or in processes that end soon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from channels.serve import run
from installation.root import Installation
from kiosk import recent_log
from runtime import logs
from runtime.messages import translated
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import Settings, load

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def check(settings: Settings) -> None:
    """Raise ``ValueError`` where a setting would keep the gateway from starting."""
    from channels.callers import Callers
    from channels.sms.providers.registry import number_table

    Callers.from_settings(settings)
    number_table(settings)
    here = Installation(settings)
    _ = here.seal
    if settings.oidc_issuer is not None:
        from installation.centre import chosen_provider

        chosen_provider(settings)


def make_tables(settings: Settings) -> None:
    """Bring the database up to date."""
    from installation.tables import migrate

    with told_in_one_sentence("motcua web"):
        migrate(settings.effective_database_url)


def make_whole(settings: Settings) -> WSGIApplication:
    """The gateway, in the worker that serves it; on a box of a centre one that takes up bundles while it serves."""
    # Late: figures must be shared before anything that counts is imported, and gunicorn's first process only
    # watches, and would keep a copy of all this for ever.
    from installation.gateway import whole_gateway
    from installation.renewed_gateway import RenewedGateway
    from kiosk.bundles.applied import Applied
    from kiosk.bundles.following import Following

    if not Applied.of(settings).folder.exists():
        return whole_gateway(Installation(settings, hurried=True).alone())
    gateway = RenewedGateway(Installation(settings, hurried=True))
    gateway.follow(Following.here(settings, "web"))
    return gateway


def main(make_app: Callable[[Settings], WSGIApplication] = make_whole) -> None:
    """Read the settings and serve; a wrong setting ends the process with its name on stderr.

    Args:
        make_app: builds the gateway; called in each worker.
    """
    try:
        settings = load()
    except ValueError as error:
        sys.exit(f"motcua web: {translated(error)}")
    logs.configure(settings.log_level, "web")
    recent_log.keep(settings.data_path, "web")
    run(
        settings,
        check=lambda: check(settings),
        migrate=lambda: make_tables(settings),
        make_app=lambda: make_app(settings),
    )


if __name__ == "__main__":
    with told_in_one_sentence("motcua web"):
        main()
