"""What a rule between entities may look at: the scenario, and every name that was written.

Why: one wrong unit must not make every ladder that names it wrong too. A rule asks the context whether a name was
written, and looks into the scenario only for entities that are right in themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.schema import Scenario, Stage
    from bedsim.scenario.tree import Keys

Names = frozenset[str] | None
"""The names written in a section; None if the section itself is wrong, so that nothing can be said."""


class Finding(NamedTuple):
    """One broken rule: the path of the value, the rule, what was found, what to try."""

    path: Keys
    must: str
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Context:
    """A scenario, or what is left of one, with all names that were written in it."""

    scenario: Scenario
    sources: Names
    localities: Names
    segments: Names
    units: Names
    streams: Names
    stages: dict[str, Names] | None
    """The names of stages by pathway."""
    has_time: bool = True
    has_prices: bool = False
    """Whether prices were written, be they right or wrong."""

    @classmethod
    def of(cls, scenario: Scenario) -> Context:
        """Return the context of a scenario that is right in itself."""
        return cls(
            scenario,
            frozenset(scenario.sources),
            frozenset(scenario.localities),
            frozenset(scenario.segments),
            frozenset(scenario.units),
            frozenset(scenario.streams),
            {name: frozenset(stages) for name, stages in scenario.pathways.items()},
            has_prices=scenario.prices is not None,
        )

    @classmethod
    def of_remainder(cls, scenario: Scenario, values: dict[str, Any], wrong: set[Keys]) -> Context:
        """Return the context of what is left of a scenario: names from the values as written."""

        def names(section: str, *, optional: bool = False) -> Names:
            value = values.get(section, {} if optional else None)
            return frozenset(value) if isinstance(value, dict) and (section,) not in wrong else None

        pathways = values.get("pathways")
        stages: dict[str, Names] | None = None
        if isinstance(pathways, dict) and ("pathways",) not in wrong:
            stages = {name: frozenset(one) if isinstance(one, dict) else None for name, one in pathways.items()}
        return cls(
            scenario,
            names("sources", optional=True),
            names("localities", optional=True),
            names("segments", optional=True),
            names("units"),
            names("streams"),
            stages,
            has_time=("time",) not in wrong,
            has_prices=values.get("prices") is not None,
        )

    @property
    def units_complete(self) -> bool:
        """Whether every unit written is right in itself."""
        return self.units is not None and self.units <= self.scenario.units.keys()

    def pathway_complete(self, pathway: str) -> bool:
        """Say whether every stage written in a pathway is right in itself."""
        written = (self.stages or {}).get(pathway)
        return written is not None and written <= self.scenario.pathways.get(pathway, {}).keys()

    def each_stage(self) -> Iterator[tuple[str, str, Stage]]:
        """Yield pathway, name and stage of every stage that is right in itself."""
        for pathway, stages in self.scenario.pathways.items():
            for name, stage in stages.items():
                yield pathway, name, stage
