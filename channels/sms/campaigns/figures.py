"""Figures of campaigns for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from channels.sms.campaigns.campaigns import RecipientState, State

SHOWN = (State.RUNNING, State.PAUSED)
"""A campaign that is over, or was never begun, waits for nothing."""


class CampaignFigures:
    """How the campaigns stand that were begun and are not over.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._campaigns = Gauge(
            "motcua_campaigns",
            "Campaigns that have begun and are not over, by whether they run or are paused",
            ("state",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._people = Gauge(
            "motcua_campaign_people",
            "People the campaigns are for that have begun and are not over, by what became of their message",
            ("state",),
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def show(self, campaigns: Mapping[State, int], people: Mapping[RecipientState, int]) -> None:
        """Set every figure; what there is none of is at 0."""
        for state in SHOWN:
            self._campaigns.labels(state.value).set(campaigns.get(state, 0))
        for reached in RecipientState:
            self._people.labels(reached.value).set(people.get(reached, 0))
