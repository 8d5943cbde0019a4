"""The blueprint: a scenario with every name an index and every distribution a quantile function, made once.

Why: drawing one replication must cost only the drawing. The blueprint is what all replications share; `draw` turns
it, a seed and a replication number into patients.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.arrivals import Demand, demand_of
from bedsim.patients.choices import Choices, choices_of
from bedsim.patients.levers import LeverPlan, lever_plans
from bedsim.patients.network import (
    Network,
    build_network,
    day_of,
    ladder_index,
    locality_names,
    own_ladder_index,
    stage_names,
)
from bedsim.patients.population import NONE
from bedsim.patients.shapes import shape_of
from bedsim.patients.stage_plan import BranchPlan, ExitRung, StagePlan
from bedsim.patients.tracks import Tracks, tracks_of
from bedsim.scenario.segments import segment_names, segment_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.distributions import Shape
    from bedsim.scenario.present import PresentAtStart
    from bedsim.scenario.schema import Scenario, Stage
    from bedsim.scenario.shapes import Distribution


@dataclass(frozen=True)
class PresentGroup:
    """People of one sort who hold a place at the first instant."""

    label: str
    stream: int
    unit: int
    stage: int
    n: int
    residual: Shape | None
    """None: the length-biased residual of the stage's own need."""
    given_days: tuple[float, ...] = ()
    localities: tuple[int, ...] = ()

    @property
    def is_length_biased(self) -> bool:
        """Say whether the residual is that of the stage's own need, met on a given day."""
        return self.residual is None and not self.given_days


@dataclass(frozen=True)
class StreamPlan:
    """Who a stream refers, but not when: that is in `arrivals`."""

    name: str
    localities: NDArray[np.int64]
    locality_edges: NDArray[np.float64]
    start_stages: NDArray[np.int64]
    start_edges: NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Blueprint:
    """Everything that all replications of a scenario share."""

    scenario: Scenario
    warm_up_days: int
    network: Network
    stages: tuple[StagePlan, ...]
    streams: tuple[StreamPlan, ...]
    present: tuple[PresentGroup, ...]
    outcomes: tuple[str, ...]
    branches: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Unit names in the order of their indexes."""
        return tuple(unit.name for unit in self.network.units)

    @cached_property
    def tracks(self) -> Tracks:
        """What opens and shuts places besides the written timetable."""
        return tracks_of(self.scenario, self.network, {group.unit for group in self.present})

    def network_of(self, seed: int, replication: int) -> Network:
        """Return the network of one replication; the blueprint's own if nothing is sampled and there are no hours."""
        return self.tracks.sampled(seed, replication).network

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """What the arrivals of each stream have in common in all replications."""
        first, last = -self.warm_up_days, math.ceil(self.network.end_day)
        return tuple(demand_of(self.scenario, stream.name, first, last) for stream in self.streams)

    @cached_property
    def homes(self) -> Choices:
        """The localities that people of each stream may come from."""
        return choices_of([(stream.locality_edges, stream.localities) for stream in self.streams])

    @cached_property
    def segment_edges(self) -> NDArray[np.float64]:
        """Upper edges of the segments' shares, without the last; shape (streams, days of the run, segments - 1)."""
        first, last = -self.warm_up_days, math.ceil(self.network.end_day)
        names = segment_names(self.scenario)
        edges = np.zeros((len(self.streams), last - first, len(names) - 1))
        for i, stream in enumerate(self.streams if len(names) > 1 else ()):
            has_rates = bool(self.scenario.streams[stream.name].referrals.by_segment)  # shares are the same every day
            days = range(first, last if has_rates else first + 1)
            edges[i] = [segment_shares(self.scenario, stream.name, day)[:-1] for day in days]
        return edges

    @cached_property
    def levers(self) -> tuple[LeverPlan, ...]:
        """The levers, in the order in which they act."""
        return lever_plans(self.scenario, self.reasons)

    @cached_property
    def first_stages(self) -> Choices:
        """The stages that people of each stream may begin with."""
        return choices_of([(stream.start_edges, stream.start_stages) for stream in self.streams])

    @cached_property
    def stages_to_begin_with(self) -> tuple[int, ...]:
        """The stages with which people may begin, as their stream or a lever says, in order."""
        elsewhere = (stage for lever in self.levers for stage in lever.instead.tolist())
        return tuple(sorted({*self.first_stages.values.ravel().tolist(), *elsewhere} - {NONE}))


def prepare(scenario: Scenario, warm_up_days: int) -> Blueprint:
    """Return the blueprint of a checked scenario.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    warm_up_days
        The engine starts so many days before the scenario's start date.

    Returns
    -------
    Blueprint
        What all replications share.

    Raises
    ------
    BedsimError
        If truncation leaves nothing of a distribution.
    """
    compiler = _Compiler(scenario)
    return Blueprint(
        scenario=scenario,
        warm_up_days=warm_up_days,
        network=build_network(scenario, warm_up_days),
        stages=tuple(compiler.stage(pathway, stage) for pathway, stage in stage_names(scenario)),
        streams=tuple(compiler.stream(name) for name in scenario.streams),
        present=tuple(group for entry in scenario.present_at_start for group in compiler.present(entry)),
        outcomes=tuple(compiler.outcomes),
        branches=tuple(compiler.branches),
        reasons=tuple(compiler.reasons),
    )


class _Compiler:
    """Turns names into indexes, handing out a number to each new outcome, branch and reason."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.stages = stage_names(scenario)
        self.units = list(scenario.units)
        self.localities = locality_names(scenario)
        self.outcomes: list[str] = []
        self.branches: list[str] = []
        self.reasons: list[str] = []
        self.n_present: Counter[tuple[str, str, str]] = Counter()

    def stage(self, pathway: str, name: str) -> StagePlan:
        spec = self.scenario.pathways[pathway][name]
        return StagePlan(
            name=name,
            priority=spec.priority,
            branches=tuple(self._branches(pathway, spec)),
            exits=tuple(self._exits(pathway, spec)),
        )

    def stream(self, name: str) -> StreamPlan:
        spec = self.scenario.streams[name]
        shares = spec.localities.shares if spec.localities else {}
        first = next(iter(self.scenario.pathways[spec.pathway]))
        start = spec.start or {first: 1.0}
        return StreamPlan(
            name=name,
            localities=np.array([self.localities.index(place) for place in shares] or [len(self.localities) - 1]),
            locality_edges=np.cumsum([*shares.values()])[:-1],
            start_stages=np.array([self.stages.index((spec.pathway, stage)) for stage in start]),
            start_edges=np.cumsum([*start.values()])[:-1],
        )

    def present(self, entry: PresentAtStart) -> list[PresentGroup]:
        if entry.line_list_csv is not None:
            return self._line_list(entry.line_list_csv)
        assert entry.stream is not None
        assert entry.unit is not None
        assert entry.stage is not None
        n = entry.n_people(self.scenario.units[entry.unit].places)
        residual = None if entry.residual_days is None else self._shape(entry.residual_days)
        place = (entry.stream, entry.unit, entry.stage)
        return [PresentGroup(self._present_label(place), *self._place(*place), n, residual)]

    def _present_label(self, place: tuple[str, str, str]) -> str:
        """Return the name under which people present are drawn: an entry put in elsewhere changes nobody."""
        label = f"present {' '.join(place)} {self.n_present[place]}"
        self.n_present[place] += 1
        return label

    def _line_list(self, file: str) -> list[PresentGroup]:
        header, *rows = self.scenario.tables[file]
        groups: dict[tuple[str, str, str], list[dict[str, str]]] = {}
        for row in rows:
            cells = dict(zip(header, row, strict=True))
            groups.setdefault((cells["stream"], cells["unit"], cells["stage"]), []).append(cells)
        return [
            PresentGroup(
                self._present_label(place),
                *self._place(*place),
                len(people),
                None,
                tuple(float(person["residual_days"]) for person in people),
                tuple(self.localities.index(person.get("locality") or None) for person in people),
            )
            for place, people in groups.items()
        ]

    def _place(self, stream: str, unit: str, stage: str) -> tuple[int, int, int]:
        pathway = self.scenario.streams[stream].pathway
        names = list(self.scenario.streams)
        return names.index(stream), self.units.index(unit), self.stages.index((pathway, stage))

    def _branches(self, pathway: str, spec: Stage) -> list[BranchPlan]:
        own = self._shape(spec.needed_days)
        return [
            BranchPlan(
                share=branch.share,
                needed=own if branch.needed_days is None else self._shape(branch.needed_days),
                transfer=None if branch.transfer_days is None else self._shape(branch.transfer_days),
                reason=_number(self.reasons, branch.reason or name),
                name=_number(self.branches, name),
                next_stage=NONE if branch.next is None else self.stages.index((pathway, branch.next)),
                outcome=_number(self.outcomes, name) if branch.next is None else NONE,
            )
            for name, branch in spec.then.items()
        ]

    def _exits(self, pathway: str, spec: Stage) -> list[ExitRung]:
        exits: list[ExitRung] = []
        n_earlier: Counter[tuple[str, str]] = Counter()
        for rung in spec.ladder:
            if rung.units is not None:
                continue
            after = rung.after_days if isinstance(rung.after_days, float | int) else self._shape(rung.after_days)
            if rung.leave is not None:
                name = ("leave", rung.leave)
                leads_to = {"outcome": _number(self.outcomes, rung.leave)}
            else:
                assert rung.then is not None
                name = ("then", rung.then)
                leads_to = {"then_stage": self.stages.index((pathway, rung.then))}
            exits.append(ExitRung(after, (*name, n_earlier[name]), **leads_to))
            n_earlier[name] += 1
        return exits

    def _shape(self, spec: Distribution) -> Shape:
        return shape_of(spec, self.scenario.tables)


def _number(names: list[str], name: str) -> int:
    """Return the index of a name, adding it if it is new."""
    if name not in names:
        names.append(name)
    return names.index(name)


__all__ = ["Blueprint", "day_of", "ladder_index", "own_ladder_index", "prepare"]
