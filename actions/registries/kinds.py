"""The project's own kinds of registries by their matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from actions.registries.business import BUSINESS
from actions.registries.insurance import INSURANCE
from actions.registries.kind import Kind
from actions.registries.land import LAND
from actions.registries.population import POPULATION
from actions.registries.vehicle import VEHICLE

KINDS: Final[Mapping[str, Kind]] = {kind.matter: kind for kind in (POPULATION, INSURANCE, LAND, BUSINESS, VEHICLE)}
