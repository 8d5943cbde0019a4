"""Ranking: in how many resamples each option leads, and which options cannot be told from the best.

Why: the option with the best average need not be the best one. How often each leads when the replications are drawn
anew from those simulated (paired: a replication goes with all its options) says how sure the order is. The shortlist
holds the best option at 95% confidence, whatever the averages and however the options depend on one another: the
screening of Nelson, Swann, Goldsman and Song (Operations Research 49:950-963, 2001) with paired differences. An option
is left out if its difference to any other is above t at 1 - 5%/(k - 1), one-sided, standard errors of that difference.
The best is left out only if one of the k - 1 others seems better by that much, each at most 5%/(k - 1) of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bedsim.analysis.compare_paired import SAME, paired
from bedsim.analysis.intervals import CONFIDENCE, means_and_intervals
from bedsim.streams import resampler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

N_RESAMPLES = 4_000
"""A share of them is then known to 1.6 percentage points at worst (two standard errors)."""


@dataclass(frozen=True)
class Ranked:
    """One option of a ranking."""

    place: int
    """From 1; options that are the same in every replication share it."""
    name: str
    mean: float
    low: float | None
    high: float | None
    """The ends of the 95% interval of its own mean."""
    behind: float
    """Its mean less that of the leader."""
    leads_fraction: float
    """Share of the resamples in which it leads; those that tie share it evenly."""
    is_shortlisted: bool
    """Whether it cannot be told from the best."""


def ranking(values: dict[str, Floats], seed: int) -> tuple[Ranked, ...]:
    """Return options from the least to the most; less is better.

    Parameters
    ----------
    values
        By option, its value in each replication, the same replications in all of them. A replication in which any was
        not observed (NaN) is left out.
    seed
        Of the resamples.

    Returns
    -------
    tuple[Ranked, ...]
        The first leads.
    """
    names, table = list(values), np.stack(list(values.values()), axis=1)
    table = table[~np.isnan(table).any(axis=1)]
    if not len(table):
        return ()
    intervals = means_and_intervals(table)
    means = table.mean(axis=0)
    leads, listed = leads_fraction(table, seed), shortlist(table)
    order = np.argsort(means, kind="stable").tolist()
    found: list[Ranked] = []
    for at, i in enumerate(order):
        before = order[at - 1] if at else i
        is_tied = at > 0 and bool(paired(table[:, [before]], table[:, [i]]).is_same[0])
        place = found[-1].place if is_tied else at + 1
        behind = float(means[i] - means[order[0]]) if place > 1 else 0.0
        mean, low, high = intervals[i]
        found.append(Ranked(place, names[i], mean, low, high, behind, float(leads[i]), bool(listed[i])))
    return tuple(found)


def leads_fraction(table: Floats, seed: int) -> Floats:
    """Return the share of resamples of the replications in which each column has the least mean.

    Parameters
    ----------
    table
        (n_replications, n_options)
    seed
        Of the resamples.

    Returns
    -------
    Floats
        They add up to 1.
    """
    n = len(table)
    weights = resampler(seed).multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
    means = weights @ table / n
    least = means.min(axis=1, keepdims=True)
    is_least = means <= least + SAME * np.abs(least)
    return np.asarray((is_least / is_least.sum(axis=1, keepdims=True)).mean(axis=0))


def shortlist(table: Floats) -> Bools:
    """Return which columns cannot be told from the one with the least mean, at 95% confidence.

    Parameters
    ----------
    table
        (n_replications, n_options)

    Returns
    -------
    Bools
        At least one holds.
    """
    n, k = table.shape
    if n < 2:
        return np.ones(k, dtype=np.bool_)
    t = special.stdtrit(n - 1, 1 - (1 - CONFIDENCE) / max(k - 1, 1))
    kept = np.ones(k, dtype=np.bool_)
    for i in range(k):
        found = paired(table, np.repeat(table[:, [i]], k, axis=1))
        kept[i] = not (found.mean > t * found.error).any()
    return kept
