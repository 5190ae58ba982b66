"""Figures of text messages for Prometheus. Labels name routes, states and causes, never a person or a message."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from channels.sms.routes.messages import Delivery

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


class SmsFigures:
    """What came in, what went out, how fast, and what went wrong.

    Args:
        registry: of the process; one of these a registry.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._taken = Counter("motcua_sms_taken", "Messages of citizens stored", ("route", "repeat"), registry=registry)
        self._spooled = Counter(
            "motcua_sms_spooled",
            "Messages and receipts kept on the disk because the database took no row",
            ("route",),
            registry=registry,
        )
        self._answered = Counter(
            "motcua_sms_answered", "Messages of citizens settled", ("route", "state"), registry=registry
        )
        self._reply_seconds = Histogram(
            "motcua_sms_reply_seconds",
            "Seconds from a citizen's stored message to the answer in the hands of the provider or the outbox",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._sent = Counter("motcua_sms_handed", "Messages a provider has taken", ("route",), registry=registry)
        self._not_sent = Counter(
            "motcua_sms_not_sent", "Hand-overs that failed", ("route", "fault", "code"), registry=registry
        )
        self._send_seconds = Histogram(
            "motcua_sms_send_seconds",
            "Seconds one hand-over took",
            ("route",),
            buckets=_SECONDS[:9],
            registry=registry,
        )
        self._maybe_twice = Counter(
            "motcua_sms_maybe_twice",
            "Messages sent again although the provider may have had them",
            ("route",),
            registry=registry,
        )
        self._receipts = Counter(
            "motcua_sms_receipts", "Receipts of providers", ("route", "delivery", "known"), registry=registry
        )
        self._waiting = Gauge(
            "motcua_sms_waiting",
            "Messages that wait, in and out",
            ("queue",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._route_works = Gauge(
            "motcua_sms_route_works",
            "Whether a route takes messages (1) or is only tried now and then (0)",
            ("route",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def taken(self, route: str, is_new: bool) -> None:
        """A citizen's message was stored, or was there before."""
        self._taken.labels(route, "no" if is_new else "yes").inc()

    def spooled(self, route: str) -> None:
        """Something waits on the disk for the database."""
        self._spooled.labels(route).inc()

    def answered(self, route: str, state: str, seconds: float) -> None:
        """A citizen's message was settled, so long after it was stored."""
        self._answered.labels(route, state).inc()
        self._reply_seconds.labels(route).observe(seconds)

    def handed(self, route: str, seconds: float) -> None:
        """A provider took a message."""
        self._sent.labels(route).inc()
        self._send_seconds.labels(route).observe(seconds)

    def not_sent(self, route: str, fault: str, code: str) -> None:
        """A hand-over failed."""
        self._not_sent.labels(route, fault, code).inc()

    def maybe_twice(self, route: str) -> None:
        """A message goes out once more though the provider may have it."""
        self._maybe_twice.labels(route).inc()

    def receipt(self, route: str, delivery: Delivery, is_known: bool) -> None:
        """A provider said something about a message."""
        self._receipts.labels(route, delivery.value, "yes" if is_known else "no").inc()

    def waiting(self, incoming: int, outgoing: int) -> None:
        """So many messages wait."""
        self._waiting.labels("in").set(incoming)
        self._waiting.labels("out").set(outgoing)

    def route_works(self, route: str, works: bool) -> None:
        """Whether a route takes messages."""
        self._route_works.labels(route).set(1 if works else 0)
