"""The money of options beside one another: in all, in beds, in the community, by payer and by segment.

Why: whoever saves in beds and spends in the community asks for one difference and its parts, in the same pounds. So
options are compared in money only if all of them have prices, of the same year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.compare_differences import Pair
from bedsim.analysis.money import COMMUNITY
from bedsim.scenario.segment_rules import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bedsim.analysis.money import Money
    from bedsim.analysis.trials import Trial

    Floats = NDArray[np.float64]

MONEY = "money"
"""The name of the family, and of its measure."""
TOTAL, PERSON = "total", "person"
GROUP, UNIT, PAYER, SEGMENT = "group:", "unit:", "payer:", "segment:"
"""What money is of, in the place of a unit."""


def money_pairs(trials: Mapping[str, Trial], period: str) -> list[Pair]:
    """Return the money of the first option and of each other, in each replication; nothing if it cannot be compared.

    Parameters
    ----------
    trials
        By option, the reference first.
    period
        Of which the money is.

    Returns
    -------
    list[Pair]
        What one of two options does not have costs nothing there.
    """
    found = {name: trial.money for name, trial in trials.items()}
    moneys = {name: one for name, one in found.items() if one is not None}
    if len(moneys) < len(found) or len({one.price_year for one in moneys.values()}) != 1:
        return []
    (_, first), *others = {name: parts(one, period) for name, one in moneys.items()}.items()
    nothing = np.zeros(len(first[TOTAL]))
    everybody = (first, *(mine for _, mine in others))
    seen = dict.fromkeys(part for one in everybody for part in one if one[part].any())
    services = [part for part in seen if part.startswith(UNIT)]  # some of one option, some of another
    names = [TOTAL]
    for part in seen:
        if part not in (TOTAL, PERSON, *services):
            names += [part, *(services if part == GROUP + COMMUNITY else ())]
    names.append(PERSON)
    return [
        Pair(name, (part, MONEY, period), "mean", first.get(part, nothing), mine.get(part, nothing))
        for part in names
        for name, mine in others
    ]


def parts(found: Money, period: str) -> dict[str, Floats]:
    """Return money in all, for each person referred, and by group, service in the community, payer and segment.

    A single payer is the total.
    """
    payers, segments = found.by("payer", period), found.by_segment(period)
    services = {item.name for item in found.items if item.group == COMMUNITY}
    of_units = {name: one for name, one in found.by("name", period).items() if name in services}
    named = {name: one for name, one in segments.items() if name not in ("", NOBODY)}
    groups: dict[str, Floats] = {}
    for name, one in found.by("group", period).items():
        groups[f"{GROUP}{name}"] = one
        if name == COMMUNITY:
            groups |= {f"{UNIT}{service}": money for service, money in of_units.items()}
    return {
        TOTAL: found.total(period),
        **groups,
        **{f"{PAYER}{name}": one for name, one in payers.items() if len(payers) > 1},
        **{f"{SEGMENT}{name}": one for name, one in named.items()},
        PERSON: found.a_person(period),
    }
