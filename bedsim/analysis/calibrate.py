"""Calibration of the delay: how much of it there is, of which kind, and how steep the slope is that it stands on.

Why: a share of the delay is time that passes and is drawn; the rest arises because community places are full, so it
turns on numbers of places that nobody publishes. They are chosen so that the delay is what is recorded. A queue chosen
to be long may stand on a cliff, so the same people are run again with one place fewer and one more in each limited
community unit, and with 5% fewer and more referrals and the places as they are. Nothing is changed in any file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedsim.analysis.conduct import conduct
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.overload import loads
from bedsim.analysis.plan import plan_run
from bedsim.analysis.ranges import drop_ranges
from bedsim.analysis.workers import local_workers
from bedsim.errors import BedsimError
from bedsim.patients.network import ladder_index
from bedsim.scenario.demand import RATE_KEYS
from bedsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.run import Run

    Floats = NDArray[np.float64]

ACCEPTED_DELAY = (0.18, 0.22)
"""Of occupied bed-days: one person in five in community hospitals was delayed in April 2023 (Nuffield Trust)."""
RECORDED_NO_PLACE_SHARE = 0.61
"""Of the people delayed, those who wait for care at home or in a care home (NHS England, June to December 2023)."""
DEMAND_STEP = 0.05
AS_IT_IS = "as it is"

Interval = tuple[float, float | None, float | None]
"""A mean over replications and its 95% interval; None with fewer than two replications."""


@dataclass(frozen=True)
class Variant:
    """One run of a calibration: what was changed, and the delay that came of it."""

    change: str
    delayed_fraction: Interval
    """Bed-days of planned beds after people were ready, over occupied bed-days."""
    no_place_share: Interval
    """The part of the delay that arises because the next place is full; the rest is time that passes."""
    need_over_places: dict[str, float]
    """By limited community unit: people who would be there if it had a place for everybody, over its places."""
    caseload_over_places: dict[str, float]
    """By limited community unit: people who are there, over its places."""


@dataclass(frozen=True)
class Calibration:
    """A scenario and its neighbours, under the same luck."""

    scenario: Scenario
    n_replications: int
    seed: int
    variants: tuple[Variant, ...]
    """The scenario as it is comes first."""

    @property
    def is_accepted(self) -> bool:
        """Say whether the delay of the scenario as it is lies within what is accepted."""
        low, high = ACCEPTED_DELAY
        return low <= self.variants[0].delayed_fraction[0] <= high

    def sentence(self) -> str:
        """Return what the calibration says of the scenario as it is."""
        own, others = self.variants[0], [variant.delayed_fraction[0] for variant in self.variants[1:]]
        low, high = ACCEPTED_DELAY
        mean, ci_low, ci_high = own.delayed_fraction
        interval = "" if ci_low is None or ci_high is None else f" (95% interval {ci_low:.1%} to {ci_high:.1%})"
        reaches_out = ci_low is None or ci_high is None or ci_low < low or ci_high > high
        doubt = "; its interval reaches outside: try more replications" if self.is_accepted and reaches_out else ""
        return (
            f"{mean:.1%} of bed-days{interval} are delay{'' if not self.scenario.levers else ', with levers that act'}"
            f", over all days simulated: {'within' if self.is_accepted else 'outside'} the {low:.0%} "
            f"to {high:.0%} accepted{doubt}. {own.no_place_share[0]:.0%} of the delay is waiting for a place, "
            f"{RECORDED_NO_PLACE_SHARE:.0%} is recorded. With the changes shown the delay is between "
            f"{min(others):.1%} and {max(others):.1%}."
        )

    def table(self) -> pd.DataFrame:
        """Return one row a variant: its change, the delay and the waiting part of it with intervals, and the loads."""
        import pandas as pd

        return pd.DataFrame(
            {
                "change": variant.change,
                **_with_ends("delayed_fraction", variant.delayed_fraction),
                **_with_ends("no_place_share", variant.no_place_share),
                **{f"need_over_places_{unit}": value for unit, value in variant.need_over_places.items()},
                **{f"caseload_over_places_{unit}": value for unit, value in variant.caseload_over_places.items()},
            }
            for variant in self.variants
        )


def calibrate(
    scenario: Scenario,
    n_replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Calibration:
    """Return the delay of a scenario and of its neighbours, with the same people in each.

    Parameters
    ----------
    scenario
        From `bedsim.load`.
    n_replications
        How many independent replications of each variant.
    seed
        Root of all random streams.
    workers
        How many at a time, by default one a core.
    progress
        Told how many more replications are finished.

    Returns
    -------
    Calibration
        The scenario as it is, with one place fewer and more in each limited community unit, and with 5% fewer and more
        referrals.

    Raises
    ------
    BedsimError
        If no community unit has limited places, referrals have no rate to change, or a variant cannot be run.
    """
    plans = [(change, plan_run(one, n_replications)) for change, one in variants(scenario)]
    crew, found = local_workers("compiled", workers), []
    for change, plan in plans:
        run, batch = conduct(plan, seed, crew, progress, has_bed_curve=False)
        if batch.error is not None:
            raise batch.error
        if batch.interrupted or run is None:
            raise KeyboardInterrupt
        found.append(_variant(change, run))
    return Calibration(scenario, n_replications, seed, tuple(found))


def variants(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """Yield what is run, the scenario as it is first, each with the change in words and without its stated ranges."""
    units = limited_community_units(scenario)
    if not units:
        raise BedsimError(
            "calibration needs a unit of kind community_service with limited places, and the scenario has none: all "
            "its delay is drawn. Try scenarios/option-1.yaml."
        )
    yield AS_IT_IS, _changed(scenario, {}, 1.0)
    for unit in units:
        for step in (-1, 1) if scenario.units[unit].places != 1 else (1,):
            yield f"{unit} {step:+d} place", _changed(scenario, {unit: step}, 1.0)
    for change in (-DEMAND_STEP, DEMAND_STEP):
        yield f"referrals {change:+.0%}, same places", _changed(scenario, {}, 1 + change)


def limited_community_units(scenario: Scenario) -> tuple[str, ...]:
    """Return the community services that may be full."""
    return tuple(
        name
        for name, unit in scenario.units.items()
        if unit.kind == "community_service" and unit.places != "unlimited" and unit.places > 0
    )


def _changed(scenario: Scenario, places: dict[str, int], factor: float) -> Scenario:
    """Return the scenario with places added and every rate of referrals multiplied; places do not follow that."""
    tree: dict[str, Any] = scenario.model_dump(by_alias=True)
    drop_ranges(tree)
    for name, stream in tree["streams"].items():
        stated = [stream["referrals"], *stream["referrals"]["by_segment"].values()]
        rates = [(one, key) for one in stated for key in RATE_KEYS if one.get(key) is not None]
        if not rates and factor != 1:
            raise BedsimError(
                f"calibration changes referrals by {DEMAND_STEP:.0%}, but stream {name} has no rate: its people come "
                f"from a file or are booked. Try a scenario with {' or '.join(RATE_KEYS)}."
            )
        for one, key in rates:
            one[key] *= factor
    for unit in tree["units"].values():
        if unit["places_follow"] is not None:
            unit["places_follow"]["per_day"] *= factor
    for name, step in places.items():
        for stated in (tree["units"][name], *tree["units"][name]["timetable"]):
            if isinstance(stated["places"], int):
                stated["places"] += step
    return Scenario.model_validate({**tree, "slug": scenario.slug, "variations": scenario.variations})


def _variant(change: str, run: Run) -> Variant:
    measures = ("delayed_transfer_fraction", "delayed_leave_time_fraction", "delayed_no_place_fraction")
    transfer, leave_time, no_place = (run.by_replication(measure) for measure in measures)
    delayed = run.row("delayed_fraction_of_occupied")
    units = limited_community_units(run.scenario)
    open_places = {unit: run.value("open_beds", unit) for unit in units}
    need = _need(run)
    return Variant(
        change=change,
        delayed_fraction=(delayed.value, delayed.ci_low, delayed.ci_high),
        no_place_share=_ratio(no_place, transfer + leave_time + no_place),
        need_over_places={unit: need.get(unit, 0.0) / open_places[unit] for unit in units},
        caseload_over_places={unit: run.value("occupancy_fraction", unit) for unit in units},
    )


def _need(run: Run) -> dict[str, float]:
    """Return by unit the mean number of people who would be there if the first choice of everybody had a place."""
    blueprint, need = run.blueprint, dict[str, float]()
    for (stage, locality), load in loads(blueprint).items():
        ladder = blueprint.network.ladders[ladder_index(blueprint.scenario, stage, locality)]
        if ladder:
            first = blueprint.network.units[ladder[0].units[0]]
            days = load.per_day * (load.needed_days * first.stay_factor + load.transfer_days)
            need[first.name] = need.get(first.name, 0.0) + days
    return need


def _ratio(part: Floats, whole: Floats) -> Interval:
    """Return the ratio of two means over replications, with the interval of its linear approximation."""
    ratio = part.mean() / whole.mean()
    return mean_and_interval(ratio + (part - ratio * whole) / whole.mean())


def _with_ends(name: str, interval: Interval) -> dict[str, float | None]:
    return {name: interval[0], f"{name}_ci_low": interval[1], f"{name}_ci_high": interval[2]}
