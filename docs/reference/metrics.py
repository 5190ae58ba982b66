"""``docs/metrics.md``: the figures for Prometheus, from the classes that hold them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from centre.desk_gauges import DeskGauges
from centre.exchange.gauges import ExchangeGauges
from channels.metrics import Metrics
from channels.phone.calls.figures import CallFigures
from channels.phone.warning_calls.figures import WarningCallFigures
from channels.sms.campaigns.figures import CampaignFigures
from channels.sms.figures import SmsFigures
from channels.warnings.figures import WarningFigures
from docs.reference.tables import table
from installation.catalogue_health import catalogue_mistakes
from installation.limit_figures import LimitFigures
from installation.surroundings_health import disk_free, process_memory

_INTRO = """# Metrics

`GET /metrics`, for this machine or with the API key, shows the figures of all processes of an installation added up. No
label says who: only channel, route, outcome. A histogram has `_bucket`, `_sum` and `_count`.

*Made from the classes that hold the figures by `make docs`; edit it there.*

"""


def metrics_page() -> str:
    """The page."""
    registry = CollectorRegistry()
    for figures in (
        Metrics,
        SmsFigures,
        CallFigures,
        WarningCallFigures,
        WarningFigures,
        CampaignFigures,
        LimitFigures,
        DeskGauges,
        ExchangeGauges,
        catalogue_mistakes,
        disk_free,
        process_memory,
    ):
        figures(registry)
    return _INTRO + table(("metric", "kind", "labels", "meaning"), sorted(_rows(registry)))


def _rows(registry: CollectorRegistry) -> list[tuple[str, str, str, str]]:
    found = []
    for collector in registry._collector_to_names:
        assert isinstance(collector, MetricWrapperBase)
        (metric,) = collector.describe()
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        labels = ", ".join(f"`{label}`" for label in collector._labelnames)
        found.append((f"`{name}`", metric.type, labels, metric.documentation))
    return found
