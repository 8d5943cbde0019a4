"""What is measured of clinics: the definitions, and their values in one replication.

Why: every number is found per replication, and intervals come only from replications. A number is of a period: the
whole window, or a financial year that lies wholly in it. People count in the period of their referral, slots in that
of their day, lists in the time that passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bedsim.clinics.replication import ATTENDED
from bedsim.clinics.rules import ALL
from bedsim.clinics.schema import STANDARD_WEEKS
from bedsim.clinics.sessions import DAYS_A_WEEK
from bedsim.measures.calendar import Calendar
from bedsim.measures.yardstick import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from bedsim.clinics.replication import Played
    from bedsim.clinics.schema import ClinicPlan

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MEAN, P95, END = "mean", "p95", "end"


class Key(NamedTuple):
    """What a number is of: a clinic, all clinics or a home (`locality:NAME`); measure, statistic and period."""

    unit: str
    measure: str
    statistic: str
    period: str


class Definition(NamedTuple):
    """A measure's unit, how it is called in a table, and what it is exactly."""

    unit: str
    words: str
    definition: str


MEASURES = {
    "referrals_per_week": Definition("people a week", "referrals a week", "People referred in the period."),
    "wait_weeks": Definition(
        "weeks",
        "wait for a first appointment, weeks",
        "From referral to the day of the first appointment attended, of people referred in the period, but those "
        "discharged unseen. A wait that still goes on counts as long as it has lasted by the end of the run. `p95` is "
        "the shortest wait that 95% of them do not exceed.",
    ),
    "within_18_weeks_fraction": Definition(
        "fraction", f"seen within {STANDARD_WEEKS} weeks", f"Of the same people, seen within {STANDARD_WEEKS} weeks."
    ),
    "waiting": Definition(
        "people",
        "people waiting for a first appointment",
        "People referred and neither seen nor discharged: `mean` over the time of the period, `end` at its end.",
    ),
    "discharged_unseen_fraction": Definition(
        "fraction", "discharged unseen", "Of people referred in the period, discharged before they were ever seen."
    ),
    "unseen_fraction": Definition(
        "fraction", "still waiting at the end of the run", "Of people referred in the period."
    ),
    "follow_up_late_weeks": Definition(
        "weeks", "follow-ups late, weeks", "From due to attended, of follow-ups attended in the period."
    ),
    "missed_fraction": Definition("fraction", "appointments missed", "Of the slots given in the period."),
    "slots_used_fraction": Definition(
        "fraction", "slots given", "Of the period's slots, given to somebody, whether they came or not."
    ),
    "travel_minutes": Definition(
        "minutes",
        "way to an appointment, minutes",
        "One way, of the appointments attended in the period: straight line x detour factor / speed, from home to the "
        "site on that day.",
    ),
}


@dataclass(frozen=True)
class Window:
    """The days that are measured."""

    periods: dict[str, tuple[int, int]]
    """The first day of each, and the day after its last: `all`, then each financial year that lies wholly in it."""
    month_starts: Ints
    """The first day of each month, and the day after the last."""
    end_of_run: int
    """The day after the cool-down."""

    @classmethod
    def of(cls, plan: ClinicPlan) -> Window:
        """Return a plan's window."""
        calendar = Calendar(plan.time.start, plan.time.run_length_days)
        starts = calendar.year_starts.tolist()
        periods = {name: (starts[years[0]], starts[years[-1] + 1]) for name, years in calendar.years.items()}
        return cls(periods, calendar.month_starts, plan.time.run_length_days + plan.time.cool_down_days)

    @property
    def headline(self) -> str:
        """The period of the sentences: the last whole financial year, `all` if there is none."""
        return list(self.periods)[-1]


def measured(window: Window, unit: str, one: Played) -> Iterator[tuple[Key, float]]:
    """Yield the numbers of a clinic, or of all clinics together, in one replication."""
    weeks = _weeks(one, window.end_of_run)
    for period, (begin, end) in window.periods.items():
        for measure, statistic, value in (
            *_of_people(one, weeks, begin, end),
            *_of_slots(one, begin, end),
        ):
            yield Key(unit, measure, statistic, period), value


def travelled(window: Window, homes: Iterable[str], one: Played) -> Iterator[tuple[Key, float]]:
    """Yield the ways of the people of each home, to all clinics together."""
    for period, (begin, end) in window.periods.items():
        is_there = (one.given_day >= begin) & (one.given_day < end) & (one.outcome == ATTENDED)
        for i, name in enumerate(homes):
            minutes = one.minutes[is_there & (one.home == i)]
            yield Key(f"{HOME}{name}", "travel_minutes", MEAN, period), _mean(minutes)


def waiting_at(one: Played, days: Ints) -> Ints:
    """Return how many people wait for a first appointment at 00:00 of some days, before the day's session."""
    ended = np.sort(one.ended_day)  # NaN last
    referred = np.sort(one.referred_day)
    return np.asarray(np.searchsorted(referred, days) - np.searchsorted(ended, days), dtype=np.int64)


def waits_by_month(window: Window, one: Played) -> Floats:
    """Return the mean wait of the people referred in each month of the window, weeks; NaN where there are none."""
    starts, weeks = window.month_starts, _weeks(one, window.end_of_run)
    month = np.searchsorted(starts, one.referred_day, side="right") - 1
    counted = ~np.isnan(weeks) & (month >= 0) & (month < len(starts) - 1)
    total = np.bincount(month[counted], weeks[counted], len(starts) - 1)
    n = np.bincount(month[counted], minlength=len(starts) - 1)
    return np.asarray(np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0))


def _of_people(one: Played, all_weeks: Floats, begin: int, end: int) -> Iterator[tuple[str, str, float]]:
    is_mine = (one.referred_day >= begin) & (one.referred_day < end)
    n = int(is_mine.sum())
    weeks = all_weeks[is_mine]
    is_counted = ~np.isnan(weeks)
    is_seen = one.is_seen[is_mine]
    yield "referrals_per_week", MEAN, n / (end - begin) * DAYS_A_WEEK
    yield "wait_weeks", MEAN, _mean(weeks[is_counted])
    yield "wait_weeks", P95, _p95(weeks[is_counted])
    yield "within_18_weeks_fraction", MEAN, _mean((is_seen & (weeks <= STANDARD_WEEKS))[is_counted])
    overlap = np.fmin(one.ended_day, end) - np.maximum(one.referred_day, begin)
    yield "waiting", MEAN, float(np.maximum(overlap, 0.0).sum()) / (end - begin)
    yield "waiting", END, float(waiting_at(one, np.array([end]))[0])
    yield "discharged_unseen_fraction", MEAN, _mean(~is_counted)
    yield "unseen_fraction", MEAN, _mean(np.isnan(one.ended_day[is_mine]))


def _of_slots(one: Played, begin: int, end: int) -> Iterator[tuple[str, str, float]]:
    is_mine = (one.given_day >= begin) & (one.given_day < end)
    is_attended = is_mine & (one.outcome == ATTENDED)
    slots = one.slots[(one.session_day >= begin) & (one.session_day < end)].sum()
    again = is_attended & (one.appointment > 0)
    yield "follow_up_late_weeks", MEAN, _mean((one.given_day - one.due_day)[again] / DAYS_A_WEEK)
    yield "missed_fraction", MEAN, _mean(one.outcome[is_mine] != ATTENDED)
    yield "slots_used_fraction", MEAN, float(is_mine.sum() / slots) if slots else float("nan")
    yield "travel_minutes", MEAN, _mean(one.minutes[is_attended])


def _weeks(one: Played, end_of_run: int) -> Floats:
    """Return everybody's wait, so far if it goes on; NaN for whoever was discharged unseen."""
    ended = np.where(np.isnan(one.ended_day), end_of_run, one.ended_day)
    is_out = ~np.isnan(one.ended_day) & ~one.is_seen
    return np.where(is_out, np.nan, (ended - one.referred_day) / DAYS_A_WEEK)


def _mean(values: NDArray[np.floating | np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _p95(values: Floats) -> float:
    return float(np.quantile(values, 0.95, method="inverted_cdf")) if len(values) else float("nan")


__all__ = ["ALL", "MEASURES", "Key", "Window", "measured", "travelled", "waiting_at", "waits_by_month"]
