"""Clinics in words: who waits how long, who travels further, and how sure that is.

Why: a planner reads this first, with the simulation's error; and beside it that an illustrative plan says nothing of a
real clinic. What the plan's author wrote is shown and does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.compare_figures import as_difference
from bedsim.clinics.measures import MEASURES, P95
from bedsim.clinics.run import Row
from bedsim.clinics.sessions import overloads
from bedsim.measures.yardstick import HOME
from bedsim.report.heading import MARKS
from bedsim.report.markdown import plain
from bedsim.report.numbers import decimals
from bedsim.scenario.inputs import Input, stated_in

if TYPE_CHECKING:
    from bedsim.clinics.compare import Comparison, Difference
    from bedsim.clinics.run import ClinicRun
    from bedsim.clinics.schema import ClinicPlan

SAID = {
    "travel_minutes": "the way to an appointment takes {} minutes",
    "wait_weeks": "people wait {} weeks on average for a first one",
    "within_18_weeks_fraction": "{} are seen within 18 weeks",
}
"""What of a clinic in two plans is said first."""
ROUNDED = "Differences are the second plan less the first, rounded after subtraction."
"""Stands below the table of two plans."""
STATUS = {
    "verified": "Slots and referrals are public; nothing else is verified.",
    "illustrative": "Illustrative: slots, referrals and missed appointments are not public. The figures show how such "
    "clinics would behave, not what real ones do.",
    "worked_example": "A worked example: it shows how the program works, and no real clinic.",
}
"""What the plan's status means."""


def title_of(plan: ClinicPlan) -> str:
    """Return the title with what must be said of it."""
    return plain(f"{MARKS[plan.status]}{(plan.title or plan.slug).rstrip('.')}.")


def sentence(run: ClinicRun) -> str:
    """Return what a board should hear of a plan, in paragraphs."""
    plan = run.plan
    parts = [title_of(plan), *overloads(plan)]
    parts += [_clinic_sentence(run, name) for name in plan.clinics]
    parts.append(" ".join((STATUS[plan.status], grounds(plan), _error(run))))
    return "\n\n".join(plain(part) for part in parts)


def comparison_sentence(both: Comparison) -> str:
    """Return what a board should hear of two plans: who travels further, and who waits longer; in paragraphs."""
    first, second = both.first.plan, both.second.plan
    found = {(one.unit, one.measure, one.statistic): one for one in both.differences()}
    parts = [f"{title_of(second)} Beside: {title_of(first)}"]
    parts += [
        f"In the {where}: {text}" for where, one in (("first", first), ("second", second)) for text in overloads(one)
    ]
    if alone := [
        name for name in {**first.clinics, **second.clinics} if (name in first.clinics) != (name in second.clinics)
    ]:
        parts.append(f"In one of the plans alone, so not compared, but counted in all clinics: {', '.join(alone)}.")
    if not both.is_same_people:
        parts.append("The plans have other people: what differs is not due to the clinics alone.")
    for name, clinic in first.clinics.items():
        if name in second.clinics:
            told = [
                f"{words.format(now)}{_beside(one)}"
                for measure, words in SAID.items()
                if (one := found.get((name, measure, "mean"))) is not None
                for now in [shown(as_row(one, one.second))]
            ]
            parts.append(f"{clinic.name or name}, {both.first.headline}: {'; '.join(told)}.")
    ways = [
        f"{home_name(first, name)} {shown(as_row(one, one.second))}{_beside(one)}"
        for name in first.localities
        if (one := found.get((f"{HOME}{name}", "travel_minutes", "mean"))) is not None
    ]
    parts += [f"Minutes on the way, by home: {'; '.join(ways)}."] if ways else []
    parts.append(f"{STATUS[second.status]} {_error(both.first)}")
    return "\n\n".join(plain(part) for part in parts)


def _clinic_sentence(run: ClinicRun, name: str) -> str:
    clinic = run.plan.clinics[name]
    wait, most, standard, waiting, given, missed, way = (
        run.value(measure, name, statistic=statistic)
        for measure, statistic in (
            ("wait_weeks", "mean"),
            ("wait_weeks", P95),
            ("within_18_weeks_fraction", "mean"),
            ("waiting", "mean"),
            ("slots_used_fraction", "mean"),
            ("missed_fraction", "mean"),
            ("travel_minutes", "mean"),
        )
    )
    place = run.plan.sites[clinic.site].name or clinic.site
    told = [
        f"{clinic.name or name}, {place}, {run.headline}: people wait {shown(wait)} weeks on average for a first",
        f"appointment ({interval(wait)}), 19 in 20 at most {shown(most)}; {shown(standard)} are seen within 18 weeks.",
        f"{shown(waiting)} people wait on an average day. {shown(given)} of the slots are given, and to",
        f"{shown(missed)} of these nobody comes.",
    ]
    if way.value == way.value:
        told.append(f"The way there takes {shown(way)} minutes.")
    if clinic.move is not None:
        to = run.plan.sites[clinic.move.to].name or clinic.move.to
        told.append(f"From {clinic.move.date} on it is held at {to}.")
    return " ".join(told)


def grounds(plan: ClinicPlan) -> str:
    """Return how many numbers a plan has, and where they come from."""
    kinds = [one.provenance for one in stated_in(plan) if isinstance(one, Input)]
    counts = [f"{kinds.count('source')} sourced", f"{kinds.count('derived')} derived"]
    counts += [f"{kinds.count('assumption')} assumed", f"{kinds.count('none')} not explained"]
    return f"Of {len(kinds)} numbers {', '.join(counts)}: inputs.md lists them."


def _error(run: ClinicRun) -> str:
    return (
        f"Intervals are 95% simulation errors from {run.n_replications} replications, which say nothing of the inputs."
        if run.n_replications > 1
        else "One replication: there is no interval."
    )


def shown(row: Row) -> str:
    """Return a value as text; fractions as percent."""
    if row.value != row.value:
        return "none"
    return _text(row.value, row.measure, _places(row))


def interval(row: Row) -> str:
    """Return the two ends of an interval as text; a dash where there is none."""
    if row.ci_low is None or row.ci_high is None:
        return "-"
    ends = (max(row.ci_low, 0.0), min(row.ci_high, 1.0) if _is_fraction(row.measure) else row.ci_high)
    return " to ".join(_text(end, row.measure, _places(row)) for end in ends)


def _is_fraction(measure: str) -> bool:
    return MEASURES[measure].unit == "fraction"


def _places(row: Row) -> int:
    """Return the decimals that the interval bears; one is enough for weeks, people, minutes and percent."""
    scale = 100 if _is_fraction(row.measure) else 1
    low, high = (None if end is None else end * scale for end in (row.ci_low, row.ci_high))
    return min(1, max(0, decimals(row.value * scale, low, high)))


def _text(value: float, measure: str, places: int) -> str:
    scale, sign = (100, "%") if _is_fraction(measure) else (1, "")
    return f"{round(value * scale, places) + 0.0:.{places}f}{sign}"


def _beside(one: Difference) -> str:
    """Return what stands behind the second plan's value: the first one's, and what differs."""
    if one.is_same:
        return ", the same in both"
    difference, ends = change(one)
    points = " points" if _is_fraction(one.measure) else ""
    return f" instead of {shown(as_row(one, one.first))} ({difference}{points}, {ends})"


def change(one: Difference) -> tuple[str, str]:
    """Return a difference and its interval as text; of percentages in percentage points."""
    if one.is_same:
        return "0", "the same"
    scale = 100 if _is_fraction(one.measure) else 1
    difference, ends = as_difference(one.difference, one.ci_low, one.ci_high, scale)
    return (f"{one.difference * scale:+.1f}", ends) if ends == "exact" else (difference, ends)


def as_row(one: Difference, value: float) -> Row:
    """Return one of the two values of a difference, without an interval of its own."""
    return Row(one.unit, one.measure, one.statistic, one.period, value, None, None)


def home_name(plan: ClinicPlan, name: str) -> str:
    """Return a home in full, as far as it has a name."""
    return plain(plan.localities[name].name or name)
