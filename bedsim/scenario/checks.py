"""The rules between the entities of a scenario.

Why: each value may be right by itself and the whole still make no sense. A rule is a small function from a context to
findings, whose docstring is the law; to add one, write it in the module it belongs to, put it in that module's tuple
and give `tests/unit/scenario/test_checks.py` a case that triggers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.scenario.context import Context, Finding
from bedsim.scenario.ladder_rules import LADDER_RULES
from bedsim.scenario.lever_rules import LEVER_RULES
from bedsim.scenario.name_rules import NAME_RULES
from bedsim.scenario.price_rules import PRICE_RULES
from bedsim.scenario.segment_rules import SEGMENT_RULES
from bedsim.scenario.time_rules import PRESENT_RULES, TIME_RULES
from bedsim.scenario.track_rules import TRACK_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RULES: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    *NAME_RULES,
    *LADDER_RULES,
    *SEGMENT_RULES,
    *LEVER_RULES,
    *TRACK_RULES,
    *PRESENT_RULES,
    *TIME_RULES,
    *PRICE_RULES,
)


def findings(context: Context) -> Iterator[Finding]:
    """Yield every broken rule of a context; rules on dates are left out while `time` itself is wrong."""
    for rule in RULES:
        if context.has_time or rule not in TIME_RULES:
            yield from rule(context)


__all__ = ["RULES", "Context", "Finding", "findings"]
