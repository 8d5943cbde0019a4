"""Replications of a plan of clinics.

Why: a clinic is small, so replications follow one another and nothing is kept between runs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.analysis.intervals import mean_and_interval
from bedsim.clinics.measures import ALL, MEAN, MEASURES, Key, Window, measured, travelled, waiting_at, waits_by_month
from bedsim.clinics.replication import play, together
from bedsim.clinics.sessions import DAYS_A_WEEK, sessions_of
from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bedsim.clinics.schema import ClinicPlan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

USUAL = 100
MOST_REPLICATIONS = 10_000
MOST_SLOTS = 20_000_000
"""Of all replications, some minutes of work."""


class Row(NamedTuple):
    """One number with its interval."""

    unit: str
    measure: str
    statistic: str
    period: str
    value: float
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class ClinicRun:
    """A plan with every replication finished."""

    plan: ClinicPlan
    window: Window
    seed: int
    n_replications: int
    values: dict[Key, Floats] = field(repr=False)
    """(n_replications,) each."""
    waiting: Ints = field(repr=False)
    """(n_replications, n_clinics, n_weeks) people waiting for a first appointment, at 00:00 every seventh day."""
    month_waits: Floats = field(repr=False)
    """(n_replications, n_clinics, n_months) mean wait of those referred in the month, weeks."""

    @property
    def headline(self) -> str:
        """The period of the sentences: the last whole financial year, `all` if there is none."""
        return self.window.headline

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every number that was observed, with its interval."""
        found = (Row(*key, *mean_and_interval(values)) for key, values in self.values.items())
        return tuple(row for row in found if not np.isnan(row.value))

    def value(self, measure: str, unit: str, period: str | None = None, statistic: str = MEAN) -> Row:
        """Return one number with its interval.

        Parameters
        ----------
        measure
            Of `MEASURES`.
        unit
            A clinic's name, `all`, or `locality:` and a home's name.
        period
            By default the headline's.
        statistic
            `mean`; of waits also `p95`, of lists also `end`.

        Returns
        -------
        Row
            Its value is NaN if nothing was observed.

        Raises
        ------
        BedsimError
            If there is no such number.
        """
        key = Key(unit, measure, statistic, period or self.headline)
        if key not in self.values:
            raise BedsimError(
                f"there is no {statistic} {measure} of {unit} in {key.period}. Try a measure of {', '.join(MEASURES)} "
                f"and a unit of {', '.join(dict.fromkeys(one.unit for one in self.values))}."
            )
        return Row(*key, *mean_and_interval(self.values[key]))

    @cached_property
    def hash(self) -> str:
        """What names the run's folder: the plan's values, whatever file they came from."""
        return hashlib.sha256(self.plan.model_dump_json().encode()).hexdigest()[:12]


def run(
    plan: ClinicPlan, n_replications: int = USUAL, seed: int = 1, progress: Callable[[int], None] | None = None
) -> ClinicRun:
    """Return a plan's replications.

    Parameters
    ----------
    plan
        From `bedsim.clinics.load`.
    n_replications
        How many.
    seed
        Root of all random streams.
    progress
        Told how many more replications are finished.

    Returns
    -------
    ClinicRun
        With every replication finished.

    Raises
    ------
    BedsimError
        If there are none to do, or far too many.
    """
    window = Window.of(plan)
    sessions = {name: sessions_of(plan, clinic) for name, clinic in plan.clinics.items()}
    _refuse(plan, n_replications, sum(int(one.slots.sum()) for one in sessions.values()))
    weeks = np.arange(0, plan.time.run_length_days + 1, DAYS_A_WEEK)
    waiting, waits, found = [], [], []
    for replication in range(n_replications):
        plays = {name: play(plan, name, sessions[name], seed, replication) for name in plan.clinics}
        everything = together(list(plays.values()))
        units = plays if len(plays) == 1 else {**plays, ALL: everything}
        numbers = dict(pair for name, one in units.items() for pair in measured(window, name, one))
        found.append(numbers | dict(travelled(window, plan.localities, everything)))
        waiting.append([waiting_at(one, weeks) for one in plays.values()])
        waits.append([waits_by_month(window, one) for one in plays.values()])
        if progress is not None:
            progress(1)
    values = {key: np.array([numbers[key] for numbers in found]) for key in found[0]}
    return ClinicRun(plan, window, seed, n_replications, values, np.array(waiting), np.array(waits))


def _refuse(plan: ClinicPlan, n_replications: int, n_slots: int) -> None:
    """Refuse what cannot be done, or not in a reasonable time."""
    if not 1 <= n_replications <= MOST_REPLICATIONS:
        raise BedsimError(
            f"--replications must be 1 to {MOST_REPLICATIONS:,}, but is {n_replications}. Try --replications {USUAL}."
        )
    referred = sum(one.referrals.per_week for one in plan.clinics.values()) / DAYS_A_WEEK
    time = plan.time
    n_slots += sum(one.waiting_at_start for one in plan.clinics.values())
    rows = n_replications * (n_slots + referred * (time.warm_up_days + time.run_length_days + time.cool_down_days))
    if rows > MOST_SLOTS:
        raise BedsimError(
            f"{n_replications} replications are {rows:.2g} slots and referrals; more than {MOST_SLOTS:.2g} are "
            "refused. Try fewer replications or a shorter run."
        )
