"""The worker of an installation."""

from __future__ import annotations

from centre.exchange.line import LOOK_SECONDS
from channels import worker
from channels.heartbeats import Heartbeats
from channels.sms.campaigns.figures import CampaignFigures
from channels.sms.providers import registry
from channels.warnings.figures import WarningFigures
from installation import hosts
from installation.centre import digests_of, figures_of, subscribers_of
from installation.channels import ChannelStores
from installation.exchange import exchange_line
from installation.hosts import Hosts
from installation.retention import retention_job
from installation.root import Installation
from installation.text_messages import TextMessageStores
from stores.full_disk import EVERY_SECONDS, FileOnFullDisk
from stores.redis_clients import redis_url
from stores.redis_server import socket_path

NOTICED_SECONDS = 5.0
"""Between two looks for reports whose change others are told of."""
DIGEST_SECONDS = 60.0
WARNED_SECONDS = 2.0
"""Between two looks for warnings of danger that were given."""
REACH_SECONDS = 15.0
"""Between two counts of whom they reached."""


async def work(here: Installation) -> None:
    """Answer and send text messages until SIGTERM or SIGINT.

    Raises:
        SettingsError: a route lacks something.
    """
    channels = ChannelStores(here, "worker")
    sms = channels.sms
    routes = await registry.connect(here.settings, here.seal, here.now)
    retention, stores = retention_job(here, sms.records), TextMessageStores(here)
    following, opt_outs, campaigns = stores.following, stores.opt_outs, stores.campaigns
    figures, warnings = figures_of(here), stores.warnings
    reach, under_way = WarningFigures(channels.metrics.registry), CampaignFigures(channels.metrics.registry)

    def warn() -> None:
        # Those who are to be warned are written to at once; calls are the voice process'.
        if warnings.step():
            sms.wake.outgoing()

    def clean() -> None:
        retention.run()
        following.step()
        # Before a campaign goes on: who opted out a minute ago is not told any more.
        opt_outs.step()
        campaigns.step()
        figures.keep_counted()

    folder = here.settings.data_path / "redis"
    # By its socket: under ``motcua up`` its address is set for all processes.
    is_embedded = redis_url(here.settings) == f"unix://{socket_path(folder)}"
    watches: list[worker.Watch] = [
        (subscribers_of(here).step, NOTICED_SECONDS),
        (digests_of(here).step, DIGEST_SECONDS),
        (warn, WARNED_SECONDS),
        (lambda: reach.show(warnings.reach()), REACH_SECONDS),
        (lambda: under_way.show(*campaigns.under_way()), REACH_SECONDS),
    ]
    if not is_embedded:
        watches.append((Hosts.of(here).step, hosts.EVERY_SECONDS))
    if is_embedded:
        watches.append((FileOnFullDisk(here.redis, folder).step, EVERY_SECONDS))
    if here.settings.exchange_agency:
        watches.append((exchange_line(here).step, LOOK_SECONDS))
    await worker.work(sms, routes, here.async_redis(), Heartbeats(here.redis), clean, watches)
