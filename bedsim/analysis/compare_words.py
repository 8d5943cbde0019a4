"""A comparison in words that a board can hear: what differs, by how much, how sure that is, what is not real.

Why: a difference without its interval, its year and its caveats is quoted without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.care import avoided, left_without_place
from bedsim.analysis.compare_figures import Figure, as_difference
from bedsim.analysis.intervals import mean_and_interval
from bedsim.analysis.offers import offered_after
from bedsim.analysis.ranking import N_RESAMPLES
from bedsim.measures.calendar import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bedsim.analysis.compare import Comparison
    from bedsim.analysis.compare_differences import Difference
    from bedsim.analysis.ranking import Ranked

    Floats = NDArray[np.float64]

SAID = {
    Figure("overflow"): (
        "{names} {have} {amount} fewer people without a planned bed at midnight than {reference}",
        "{names} {have} {amount} more people without a planned bed at midnight than {reference}",
        "people without a planned bed at midnight",
    ),
    Figure("travel_minutes"): (
        "people placed in {names} are {amount} minutes nearer home, one way, than in {reference}",
        "people placed in {names} are {amount} minutes farther from home, one way, than in {reference}",
        "minutes from home, one way",
    ),
}
"""The figures of which a board hears: how less is said, how more is said, and what the figure is."""
NOT_PUBLIC = "the beds by site, or what else the plan changes, are not public"
"""Why an option is illustrative."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def as_sentence(comparison: Comparison) -> str:
    """Return the comparison in a few sentences.

    Parameters
    ----------
    comparison
        From `compare`.

    Returns
    -------
    str
        One paragraph of plain text.
    """
    return " ".join(
        (
            *_opening(comparison),
            *(words for figure in SAID for words in _of_figure(comparison, figure)),
            *_care(comparison),
            *_alike(comparison),
            *_rules(comparison),
            *_confidence(comparison),
        )
    )


def _opening(comparison: Comparison) -> Iterator[str]:
    """Say what was compared, and what of it is not real or not comparable."""
    n = len(comparison.names)
    given = f" [{'; '.join(comparison.variations)}]" if comparison.variations else ""
    opening = (
        f"{number(n).capitalize()} options{given} were given the same people, {comparison.n_replications} times over"
    )
    illustrative = comparison.illustrative
    if illustrative:
        verb = "is" if len(illustrative) == 1 else "are"
        opening += f"; {listed(illustrative)} {verb} ILLUSTRATIVE: {NOT_PUBLIC}"
    yield f"{opening}."
    if comparison.other_people:
        verb = "has" if len(comparison.other_people) == 1 else "have"
        yield (
            f"{listed(comparison.other_people)} {verb} other referrals or stays than {comparison.reference}: what "
            "differs there is not due to the beds alone."
        )


def _of_figure(comparison: Comparison, figure: Figure) -> Iterator[str]:
    """Say of the options, those that are the same together, how much less or more they have than the reference."""
    found = {
        one.option: one
        for one in comparison.headline
        if (one.measure, one.statistic) == (figure.measure, figure.statistic)
    }
    less, more, what = SAID[figure]
    reference = comparison.reference
    groups = [[name for name in group if name in found] for group in comparison.alike(figure)]
    firsts = {tuple(group): found[group[0]] for group in groups if group}
    if not firsts:
        return
    average = "on average" if comparison.period == ALL else f"on average in {comparison.period}"
    (names, one), *others = firsts.items()
    if not others and one.sign:
        words = (more if one.sign > 0 else less).format(
            names=listed(names), have="has" if len(names) == 1 else "each have", amount=amount(one), reference=reference
        )
        yield f"{average.capitalize()} {words}."
    else:
        parts = (f"{_beside(one)} in {listed(names)}" for names, one in firsts.items())
        yield f"{what[0].upper()}{what[1:]}, {average}, beside {reference}: {'; '.join(parts)}."


def _care(comparison: Comparison) -> Iterator[str]:
    """Say how many people levers keep out of planned beds, and how many leave without a place."""
    period = comparison.period
    when = "" if period == ALL else f" in {period}"
    for name, trial in comparison.trials.items():
        people = avoided(trial.reader, period)
        if people is not None:
            yield f"Of those whom levers of {name} affect {_count(people)} people ask for no planned bed{when}."
        for outcome, leaving in left_without_place(trial.reader, trial.blueprint, period).items():
            if leaving.any():
                who = f"{_count(leaving)} people leave" if leaving.mean() >= 1 else "fewer than one person leaves"
                yield f"In {name} {who} without a place{when}: {outcome.replace('_', ' ')}."


def _count(people: Floats) -> str:
    """Return a mean number of people with its own 95% interval."""
    mean, low, high = mean_and_interval(people)
    return f"{mean:.0f}" if low is None or high is None else f"{mean:.0f} ({max(low, 0):.0f} to {high:.0f})"


def _beside(one: Difference) -> str:
    """Return a difference as part of a list: so much more, the same, or not to be told."""
    if one.is_same:
        return "the same"
    if one.sign == 0:
        return f"not to be told apart ({between(one)})"
    return f"{amount(one)} {'more' if one.sign > 0 else 'less'}"


def _rules(comparison: Comparison) -> Iterator[str]:
    """Say which options offer planned beds only to people who have waited: a rule, and no lack of beds."""
    late = {name: offered_after(trial.blueprint) for name, trial in comparison.trials.items()}
    if len(set(late.values())) > 1:
        rules = listed([f"{name} after {days}" for name, days in late.items() if days])
        yield (
            f"Some planned beds are offered only to people who have waited: in {rules}. There more people wait, and "
            "count as without a bed, even while beds are free."
        )


def _alike(comparison: Comparison) -> Iterator[str]:
    """Say of options with equal numbers why they are equal, as far as the numbers themselves show it."""
    overflow, wait = Figure("overflow"), Figure("wait_days")
    waits = {frozenset(group) for group in comparison.alike(wait)}
    for group in comparison.alike(overflow):
        if len(group) < 2 or frozenset(group) not in waits or set(group) & set(comparison.other_people):
            continue
        together = f"In who waits for a bed, and how long, {listed(group)} are the same in every replication"
        ways = comparison.alike(Figure("travel_minutes"))
        if any(len(set(group) & set(way)) not in (0, len(group)) for way in ways):
            yield (
                f"{together}, by construction: the same people wait as long for a bed whichever the site; what differs "
                "is how far from home it is."
            )
        else:
            yield f"{together}, by construction."


def _confidence(comparison: Comparison) -> Iterator[str]:
    n = max((one.n_family for one in comparison.headline), default=0)
    if n:
        yield (
            f"In brackets are 95% intervals; those of differences hold for all {n} of the table together (Bonferroni), "
            "those of numbers of people alone. They are the simulation error, and say nothing of whether the inputs "
            "are right."
        )


def ranking_sentences(
    comparison: Comparison, figure: Figure, ranked: Sequence[Ranked], apart: dict[str, str]
) -> Iterator[str]:
    """Say who leads, how surely, who cannot be told from the best, and who is not ranked."""
    if len(ranked) < 2:
        remedy = " Try --rank-illustrative." if "illustrative" in apart.values() else ""
        yield f"There is nothing to rank: {len(ranked)} of {len(comparison.names)} options may be ranked.{remedy}"
    else:
        first = [one.name for one in ranked if one.place == 1]
        leads = sum(one.leads_fraction for one in ranked if one.place == 1)
        verb = "leads" if len(first) == 1 else "are the same and lead"
        yield (
            f"By {figure.name}, of which less is better, {listed(first)} {verb} in {as_percent(leads)} of "
            f"{N_RESAMPLES:,} resamples of the replications."
        )
        kept = [one.name for one in ranked if one.is_shortlisted]
        if len(kept) == 1:
            yield f"At 95% confidence {kept[0]} is the best of the {number(len(ranked))} ranked."
        else:
            yield f"The best of the {number(len(ranked))} ranked is among {listed(kept)}, at 95% confidence."
    for reason in dict.fromkeys(apart.values()):
        yield f"Not ranked: {listed([name for name, why in apart.items() if why == reason])} ({reason})."


def amount(one: Difference) -> str:
    """Return the size of a difference that has a sign, with its interval: `3.1 (2.8 to 3.4)`."""
    ends = sorted(abs(end) for end in (one.low_together, one.high_together) if end is not None)
    size, interval = as_difference(abs(one.difference), ends[0], ends[1], Figure(one.measure).scale)
    return f"{size} ({interval})".replace("+", "")


def between(one: Difference) -> str:
    """Return a difference with its interval: `+0.1, -0.2 to +0.3 people`."""
    figure = Figure(one.measure)
    shown = as_difference(one.difference, one.low_together, one.high_together, figure.scale)
    return f"{', '.join(shown)} {figure.unit}"


def as_percent(fraction: float) -> str:
    """Return a share of resamples as text: never 0% or 100% of what is not all.

    >>> as_percent(1.0), as_percent(0.9999), as_percent(0.62)
    ('100%', 'over 99%', '62%')
    """
    if 0 < fraction < 1 and not 0.005 <= fraction < 0.995:
        return "over 99%" if fraction > 0.5 else "under 1%"
    return f"{100 * np.round(fraction, 9):.0f}%"


def number(n: int) -> str:
    """Return a small number as a word.

    >>> number(6), number(12)
    ('six', '12')
    """
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
