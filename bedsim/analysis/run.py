"""A run: a scenario's replications and what they say, as rows and as tables.

Why: the command line, notebooks and the report must give the same numbers. Means come with a Student t interval over
replications; percentiles are those of all days (or people) of all replications together, with an interval that
inverts the one on the cumulative share, the replication being the unit of sampling.
Numbers are given of the whole window (`all`) and of periods in it: financial years, the winters, months of the year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.flow import Flow
from bedsim.analysis.intervals import CONFIDENCE, means_and_intervals
from bedsim.analysis.money import Money, money
from bedsim.measures.calendar import ALL
from bedsim.measures.definitions import MEASURES
from bedsim.measures.groups import open_planned_at_midnight
from bedsim.measures.reading import Reader
from bedsim.measures.statistics import PERCENTILES, percentiles
from bedsim.measures.yardstick import yardstick_of
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.bed_curve import BedCurve
    from bedsim.analysis.overload import Overload
    from bedsim.analysis.ranges import End
    from bedsim.analysis.warm_up import WarmUp
    from bedsim.engine.choose import Engine
    from bedsim.measures.reading import Key
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]

HOURS_PER_DAY = 24
IN_HOURS = ("wait_days", "delay_days")
"""Their histograms count whole hours, rounded up."""


@dataclass(frozen=True)
class Row:
    """One number of a summary; the interval is None where there is none."""

    unit: str
    measure: str
    statistic: str
    period: str
    value: float
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, repr=False)
class Run:
    """The finished replications of one scenario."""

    scenario: Scenario
    blueprint: Blueprint
    seed: int
    engine: Engine
    hash: str
    totals: Totals
    warm_up: WarmUp
    overload: Overload
    range_ends: dict[End, Run] = field(default_factory=dict)
    bed_curve: BedCurve | None = None
    """None if the planned beds have no number, or something stopped the run."""
    interrupted: bool = False

    def __repr__(self) -> str:
        """Say in one line what was run; `summary()` and `bedsim.verdict(run)` say what came of it."""
        return f"Run({self.scenario.slug}, {self.n_replications} replications, seed {self.seed}, hash {self.hash})"

    @property
    def beds_range(self) -> tuple[float, float] | None:
        """The fewest and the most planned beds open at a midnight; None if there are none, or if they are unlimited."""
        beds = open_planned_at_midnight(self.blueprint.network, self.scenario.time.run_length_days)
        return (float(beds.min()), float(beds.max())) if beds.any() and np.isfinite(beds).all() else None

    @property
    def n_replications(self) -> int:
        """How many replications are finished."""
        return len(self.totals)

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods that numbers are given of: `all`, then financial years, `winter` and months of the year."""
        return self.reader.yardstick.calendar.periods

    @property
    def headline(self) -> str:
        """The period of the headline: the last whole financial year of the window, `all` if there is none."""
        return self.reader.yardstick.calendar.headline

    @cached_property
    def reader(self) -> Reader:
        """What reads the totals."""
        return Reader(yardstick_of(self.blueprint), self.totals)

    @cached_property
    def money(self) -> Money | None:
        """What the replications cost; None if the scenario states no prices."""
        return money(self.blueprint, self.reader)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every number, by period, unit, measure and statistic."""
        return tuple(row for period in self.periods for row in self.rows_of(period))

    def rows_of(self, period: str = ALL) -> tuple[Row, ...]:
        """Return the rows of one period."""
        rows = [row for measure in MEASURES for row in self._rows_of(measure, period)]
        return tuple(sorted(rows, key=lambda row: (row.unit != SYSTEM, row.unit, row.measure)))

    def value(self, measure: str, unit: str = SYSTEM, statistic: str = "mean", period: str = ALL) -> float:
        """Return one number of the summary; KeyError if there is none."""
        return self.row(measure, unit, statistic, period).value

    def row(self, measure: str, unit: str = SYSTEM, statistic: str = "mean", period: str = ALL) -> Row:
        """Return one row of the summary; KeyError if there is none."""
        for row in self._rows_of(measure, period):
            if row.unit == unit and row.statistic == statistic:
                return row
        raise KeyError((unit, measure, statistic, period))

    def by_replication(self, measure: str, unit: str = SYSTEM, period: str = ALL) -> Floats:
        """Return a measure's mean in each replication, shape (n_replications,); NaN where nothing was observed."""
        keys, values = self.reader.means(measure)
        return np.ascontiguousarray(values[:, keys.index((unit, measure, period))])

    def pooled_counts(self, unit: str, measure: str, period: str = ALL) -> NDArray[np.int64]:
        """Return how many midnights (or people) of all replications had 0, 1, 2, ..."""
        return self.reader.counts(unit, measure, period)

    @cached_property
    def _made(self) -> dict[tuple[str, str], tuple[Row, ...]]:
        """The rows that were asked for so far, by measure and period: of the range ends few ever are."""
        return {}

    @cached_property
    def _of_replications(self) -> dict[str, tuple[dict[Key, Row], dict[Key, Row]]]:
        """Of the measures asked for so far, the means of every period and, of daily measures, of its maxima."""
        return {}

    def _rows_of(self, measure: str, period: str) -> tuple[Row, ...]:
        """Return a measure's rows in a period, those of a group in the order of statistics."""
        if (measure, period) not in self._made:
            self._made[measure, period] = tuple(self._make(measure, period))
        return self._made[measure, period]

    def _make(self, measure: str, period: str) -> Iterator[Row]:
        if measure not in self._of_replications:
            daily = "max" in MEASURES[measure].statistics
            self._of_replications[measure] = (
                _with_intervals(*self.reader.means(measure), "mean"),
                _with_intervals(*self.reader.maxima(measure), "max") if daily else {},
            )
        means, maxima = self._of_replications[measure]
        counted = set(self.reader.histogram_keys(measure))
        scale = HOURS_PER_DAY if measure in IN_HOURS else 1
        for key, mean in means.items():
            if mean.period == period:
                yield mean
                if key in counted:
                    yield from self._percentiles(key, scale)
                if key in maxima:
                    yield maxima[key]

    def _percentiles(self, key: Key, scale: int) -> Iterator[Row]:
        """Yield a key's percentiles, with intervals where the spread between replications is kept."""
        unit, measure, period = key
        counts = self.reader.counts(*key)
        values = [one / scale for one in percentiles(counts)] if counts.any() else [nan] * len(PERCENTILES)
        share = self.reader.share(*key) if self.n_replications > 1 else None
        if share is None:
            yield from (Row(unit, measure, f"p{p}", period, x) for p, x in zip(PERCENTILES, values, strict=True))
            return
        found = zip(PERCENTILES, values, share.percentiles(PERCENTILES, CONFIDENCE), strict=True)
        for p, value, (_, low, high) in found:
            yield Row(unit, measure, f"p{p}", period, value, low / scale, high / scale)

    def smooth_percentile(
        self, measure: str, percent: float, unit: str = SYSTEM, period: str = ALL
    ) -> tuple[float, float]:
        """Return a percentile with fractions of a person (or hour), and its standard error: for comparisons."""
        share = self.reader.share(unit, measure, period)
        assert share is not None, f"the spread of {measure} of {unit} is not kept, or nobody was counted"
        return share.smooth_percentile(percent)

    def summary(self) -> pd.DataFrame:
        """Return every number as a table: unit, measure, statistic, period, value, ci_low, ci_high."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    @property
    def occupancy(self) -> Occupancy:
        """The midnight census."""
        return Occupancy(self)

    @property
    def flows(self) -> Flow:
        """Where people go, as shares; the next five are the same as data frames."""
        return Flow(self.reader, self.blueprint)

    def outcomes(self, period: str = ALL) -> pd.DataFrame:
        """Return each stream's outcomes as fractions of the people referred in a period of years, with intervals."""
        return self.flows.outcomes(period).table()

    def first_places(self) -> pd.DataFrame:
        """Return, by stream, the share of the people referred in the window first placed in each unit."""
        return self.flows.first_places().table()

    def admissions(self) -> pd.DataFrame:
        """Return each stream's admissions a day to each unit, with intervals."""
        return self.flows.admissions().table()

    def flow(self, period: str = ALL) -> pd.DataFrame:
        """Return, by home locality, the share of each unit of the admissions that asked for a planned bed."""
        return self.flows.by_home(period).table()

    def unit_segments(self, period: str = ALL) -> pd.DataFrame:
        """Return, by unit and segment, how many of its people are in the unit, and their share of its bed-days."""
        import pandas as pd

        found = {"people": self.flows.people_of_segments(period), "fraction": self.flows.shares_of_segments(period)}
        return pd.concat([one.table().assign(measure=measure) for measure, one in found.items()], ignore_index=True)


@dataclass(frozen=True)
class Occupancy:
    """The midnight census of a run."""

    run: Run

    def percentiles(self) -> pd.DataFrame:
        """Return the percentiles of the midnight census over all days of all replications, one row a unit."""
        import pandas as pd

        rows = [row for row in self.run.rows_of() if row.measure == "midnight_census" and row.statistic.startswith("p")]
        table = pd.DataFrame(rows).set_index(["unit", "statistic"])["value"].unstack()  # noqa: PD010 - one row each
        return table[[f"p{p}" for p in PERCENTILES]]


def _with_intervals(keys: list[Key], values: Floats, statistic: str) -> dict[Key, Row]:
    """Return a row for each key: the mean of its column over the replications, with its interval."""
    found = zip(keys, means_and_intervals(values), strict=True)
    return {key: Row(key[0], key[1], statistic, key[2], *interval) for key, interval in found}
