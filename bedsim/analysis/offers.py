"""When planned beds are offered: a wait that is a rule of the plan is no lack of beds.

Why: a plan that offers some beds only after a day of waiting has more people who wait, even while beds are free. Who
reads its waits, alone or beside another plan's, must be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.patients.blueprint import Blueprint


def offered_after(blueprint: Blueprint) -> str:
    """Return the shortest wait after which some planned beds are offered, in words; nothing if all are at once."""
    network = blueprint.network
    after = {
        rung.after_days
        for ladder in network.ladders
        for rung in ladder
        if rung.after_days > 0 and any(network.units[unit].is_planned for unit in rung.units)
    }
    return f"{min(after):g} day{'' if min(after) == 1 else 's'}" if after else ""
