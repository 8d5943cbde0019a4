"""The state of the units while the SimPy engine runs: places, what is taken of them, and what a ladder finds there.

Why: rules 5 and 10 of the model (section 6) are about units and nothing else, so they are told apart from the journeys.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.patients.network import Network
    from bedsim.patients.timetable import TimetableEntry


class Units:
    """Places of every unit, whether it accepts people, and how many of its places are held or being cleaned."""

    def __init__(self, network: Network) -> None:
        self.rules = network.units
        self.ladders = [[(r.after_days, r.units, r.keep_free) for r in ladder] for ladder in network.ladders]
        self.places = [unit.places for unit in network.units]
        self.accepting = [True] * len(network.units)
        self.taken = [0] * len(network.units)
        self.free = list(self.places)
        self.opens: dict[int, float] = {}
        """By ladder, the wait after which it has a unit with room; forgotten whenever a unit changes."""

    def take(self, unit: int, n: int) -> None:
        """Count places as taken; free = places - held - being cleaned, below 1 after a unit has shrunk."""
        self.taken[unit] += n
        self.opens.clear()
        self.free[unit] = self.places[unit] - self.taken[unit]

    def change(self, entry: TimetableEntry) -> None:
        """Apply a row of the timetable; nobody is evicted."""
        self.places[entry.unit] = entry.places
        self.accepting[entry.unit] = entry.accepting
        self.take(entry.unit, 0)

    def cleaning_days(self, unit: int) -> float:
        """Return how long a place given up now is cleaned; places without number are not."""
        return self.rules[unit].turnover_days if self.places[unit] != math.inf else 0.0

    def look_for_room(self, ladder: int) -> None:
        """Note the wait after which a ladder has a unit with room; infinite if it has none."""
        self.opens[ladder] = min((after_days for after_days, _, _ in self.with_room(ladder)), default=math.inf)

    def with_room(self, ladder: int) -> list[tuple[float, int, int]]:
        """Return, of each rung with a unit that accepts and has more than keep_free places free, the first unit.

        Each with the wait after which the rung opens and the rung's position.
        """
        accepting, free, found = self.accepting, self.free, []
        for i, (after_days, units, keep_free) in enumerate(self.ladders[ladder]):
            for unit in units:
                if free[unit] > keep_free and accepting[unit]:
                    found.append((after_days, unit, i))
                    break
        return found
