"""Who is referred to a clinic when, and all that chance decides about them, drawn before anything is simulated.

Why: the same person must walk into both plans that are compared. So each number drawn is a function of names (seed,
replication, clinic, layer, purpose) and of the person's place in the layer. Candidates come in layers of one a day,
drawn both ways from day 0, and are referred if their own uniform is below the rate less the layers below: more
referrals add people and change nobody, and neither does a longer warm-up. How often an appointment is missed before it
is attended is the geometric quantile of one uniform, so that nothing is drawn while the clinic runs, and a higher
share of missed appointments makes nobody miss fewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bedsim.clinics.sessions import DAYS_A_WEEK
from bedsim.patients.uniforms import PersonalUniforms, uniforms
from bedsim.streams import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.clinics.schema import Clinic, ClinicPlan
    from bedsim.streams import Name

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WAYS = (("forward", 1), ("backward", -1))
NOWHERE = -1
"""The home of people who have none."""


@dataclass(frozen=True)
class People:
    """Everybody referred to a clinic in one replication, in the order of referral."""

    referred_day: Floats
    home: Ints
    """Index into the plan's localities."""
    n_follow_ups: Ints
    """How many follow-ups the person would have, if they attend every appointment."""
    n_missed: Ints
    """(n_people, most appointments) how often each appointment would be missed before it is attended."""


def draw(plan: ClinicPlan, name: str, seed: int, replication: int) -> People:
    """Return everybody referred to a clinic from the first day of the warm-up to the last of the cool-down.

    Those who wait at the start come first, the day before.
    """
    clinic, time = plan.clinics[name], plan.time
    names = (seed, replication, "clinic", name)
    origins: list[bytes] = []
    parts: list[tuple[Ints, Ints, Floats]] = []
    daily = _expected_per_day(clinic, plan.time.start.weekday())
    for layer in range(math.ceil(daily.max())):
        for way, sign in WAYS:
            origin = (*names, f"layer {layer} {way}")
            horizon = time.run_length_days + time.cool_down_days if sign > 0 else time.warm_up_days
            day = sign * _candidates((*origin, "gap"), horizon)
            rate = daily[np.floor(day).astype(np.int64) % DAYS_A_WEEK]
            index = np.flatnonzero(uniforms((*origin, "keep"), len(day)) < rate - layer)
            parts.append((np.full(len(index), len(origins)), index, day[index]))
            origins.append(written(origin))
    n_waiting = clinic.waiting_at_start
    parts.append((np.full(n_waiting, len(origins)), np.arange(n_waiting), np.full(n_waiting, -1.0 - time.warm_up_days)))
    origins.append(written((*names, "waiting at start")))
    origin_index, index, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((index, origin_index, day))
    personal = PersonalUniforms(tuple(origins), origin_index[order].astype(np.int64), index[order])
    everybody = np.arange(len(order))
    homes, again = personal.of(everybody, ("locality",), ("follow-ups",))
    n_follow_ups = _geometric(again, clinic.follow_ups.fraction if clinic.follow_ups else 0.0)
    missed = clinic.did_not_attend.fraction if clinic.did_not_attend else 0.0
    n_missed = np.zeros((len(order), int(n_follow_ups.max(initial=0)) + 1), dtype=np.int64)
    for appointment in range(n_missed.shape[1] if missed else 0):
        who = np.flatnonzero(n_follow_ups >= appointment)
        n_missed[who, appointment] = _geometric(personal.of(who, ("missed", appointment))[0], missed)
    return People(day[order], _homes(plan, clinic, homes), n_follow_ups, n_missed)


def _expected_per_day(clinic: Clinic, first_weekday: int) -> Floats:
    """Return the referrals expected on each day of a week that begins with the weekday of day 0."""
    weekday = clinic.referrals.weekday
    index = np.ones(DAYS_A_WEEK) if weekday is None else np.array(weekday.index)
    return np.roll(index * clinic.referrals.per_week / DAYS_A_WEEK, -first_weekday)


def _candidates(names: tuple[Name, ...], horizon: int) -> Floats:
    """Return the distances from day 0, up to the horizon, of a Poisson process of one a day."""
    n = math.ceil(horizon + 6 * math.sqrt(horizon)) + 16
    while True:
        distances = np.cumsum(-np.log1p(-uniforms(names, n)))
        if distances[-1] >= horizon:
            return np.asarray(distances[distances < horizon])
        n *= 2


def _geometric(u: Floats, fraction: float) -> Ints:
    """Return how often something of this probability happens in a row, from uniforms: larger ones give more.

    >>> _geometric(np.array([0.0, 0.69, 0.71, 0.92]), 0.3).tolist()
    [0, 0, 1, 2]
    """
    if fraction == 0:
        return np.zeros(len(u), dtype=np.int64)
    return np.asarray(np.floor(np.log1p(-u) / math.log(fraction)), dtype=np.int64)


def _homes(plan: ClinicPlan, clinic: Clinic, u: Floats) -> Ints:
    """Return the homes that uniforms give people."""
    if clinic.localities is None:
        return np.full(len(u), NOWHERE)
    names = list(plan.localities)
    shares = clinic.localities.shares
    found = np.searchsorted(np.cumsum(list(shares.values()))[:-1], u, side="right")
    return np.array([names.index(name) for name in shares])[found]
