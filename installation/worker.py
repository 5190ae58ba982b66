"""The worker of an installation."""

from __future__ import annotations

from channels import worker
from channels.heartbeats import Heartbeats
from channels.sms.providers import registry
from installation.channels import ChannelStores
from installation.retention import retention_job
from installation.root import Installation


async def work(here: Installation) -> None:
    """Answer and send text messages until SIGTERM or SIGINT.

    Raises:
        SettingsError: a route lacks something.
    """
    sms = ChannelStores(here, "worker").sms
    routes = await registry.connect(here.settings, here.seal, here.now)
    clean = retention_job(here, sms.records).run
    await worker.work(sms, routes, here.async_redis(), Heartbeats(here.redis), clean)
