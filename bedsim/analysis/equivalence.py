"""Whether a number is what it was, to within a margin: two estimates, an interval for their difference, three answers.

Why: a model that is run with other luck gives other numbers, and a small change that nobody minds should not stop
anybody. So a number passes if its change is known to be within the margin, fails if it is known to be beyond it, and
otherwise the answer is that it is not known yet (two one-sided tests, Schuirmann 1987). One interval is read for all
three, so that what is shown explains what is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy import special


class Answer(StrEnum):
    """What is known of a change."""

    passed = "pass"
    failed = "fail"
    inconclusive = "inconclusive"


@dataclass(frozen=True)
class Estimate:
    """A number and its standard error, from n independent replications; NaN if nothing was observed."""

    value: float
    standard_error: float
    n: int


@dataclass(frozen=True)
class Change:
    """A number before and now, and the interval in which the change lies."""

    name: str
    old: Estimate
    new: Estimate
    low: float
    high: float
    margin: float
    answer: Answer
    n_more: int | None
    """About how many more replications would settle it; 0 if it is settled, None if none would."""

    @property
    def difference(self) -> float:
        """How much the number rose."""
        return self.new.value - self.old.value


def change(name: str, old: Estimate, new: Estimate, margin: float, risk: float) -> Change:
    """Return how a number changed, and whether by more than a margin.

    Parameters
    ----------
    name
        Of the number.
    old
        Of at least two replications, as the next.
    new
        Independent of the former. If both share their random numbers the interval is wider than it need be.
    margin
        Above 0: how much the number may change, in its own unit.
    risk
        The chance, at most, that it is said to pass or to fail wrongly: what the interval leaves out at each end.

    Returns
    -------
    Change
        With Welch's interval. If there is no number on one side only, it failed; if on neither, it passed.

    Examples
    --------
    >>> change("beds", Estimate(31, 0.1, 400), Estimate(33, 0.2, 100), margin=1, risk=0.05).answer.value
    'fail'
    """
    if math.isnan(old.value) or math.isnan(new.value):
        is_same = math.isnan(old.value) and math.isnan(new.value)
        answer = Answer.passed if is_same else Answer.failed
        return Change(name, old, new, math.nan, math.nan, margin, answer, 0)
    difference = new.value - old.value
    error = math.hypot(old.standard_error, new.standard_error)
    quantile = _quantile(old, new, risk)
    low, high = difference - quantile * error, difference + quantile * error
    if -margin <= low and high <= margin:
        answer = Answer.passed
    elif low > margin or high < -margin:
        answer = Answer.failed
    else:
        answer = Answer.inconclusive
    n_more = _n_more(old, new, margin, quantile) if answer is Answer.inconclusive else 0
    return Change(name, old, new, low, high, margin, answer, n_more)


def _quantile(old: Estimate, new: Estimate, risk: float) -> float:
    """Return how many standard errors of the difference the interval reaches each way (Welch 1947)."""
    of_old, of_new = old.standard_error**2, new.standard_error**2
    if of_old + of_new == 0:
        return 0.0
    freedom = (of_old + of_new) ** 2 / (of_old**2 / (old.n - 1) + of_new**2 / (new.n - 1))
    return -float(special.stdtrit(freedom, risk))


def _n_more(old: Estimate, new: Estimate, margin: float, quantile: float) -> int | None:
    """Return how many more replications make the interval so narrow that it ends at the margin, if the change stays.

    The old number's own error stays: where that alone is too much, or the change is the margin, there is no such n.
    """
    room = abs(margin - abs(new.value - old.value)) / quantile
    left = room**2 - old.standard_error**2
    if left <= 0:
        return None
    return max(1, math.ceil(new.n * (new.standard_error**2 / left - 1)))
