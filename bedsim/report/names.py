"""Names in full: what a scenario calls its units, segments and localities where people read.

Why: keys are typed and stand in files; a board reads names. What has no name in full keeps its key, as words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.measures.yardstick import HOME, SEGMENT
from bedsim.report.figures import readable
from bedsim.report.markdown import plain

if TYPE_CHECKING:
    from bedsim.scenario.schema import Scenario


def full_name(scenario: Scenario, key: str) -> str:
    """Return the full name of a unit, `segment:...` or `locality:...`; the key as words if it has none."""
    for prefix, named in ((SEGMENT, scenario.segments), (HOME, scenario.localities), ("", scenario.units)):
        if key.startswith(prefix):
            one = named.get(key.removeprefix(prefix))
            return plain(one.name if one is not None else "").strip() or readable(key)
    return readable(key)
