"""Finding somebody worth following: words that people of a replication match or do not.

Why: nobody knows a patient's number, but everybody knows what they want to see: somebody who waited and was sent out of
the area. The words are a closed list, so that a mistyped one is no silent "nobody".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bedsim.errors import BedsimError
from bedsim.measures.groups import away_from_home
from bedsim.patients.network import locality_names
from bedsim.patients.population import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bedsim.engine.stays import Stays
    from bedsim.patients.blueprint import Blueprint
    from bedsim.patients.population import Patients

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

WORDS = {
    "at_once": "never waited for a planned bed",
    "waited": "waited for a planned bed",
    "delayed": "kept a place after being ready to leave it",
    "stuck": "could leave, but there was no next place",
    "moved": "had a place in more than one unit",
    "away_from_home": "was in a planned bed outside the home locality",
    "gave_up": "stopped asking, without a place",
    "unfinished": "has no outcome at the end of the run",
}
"""What is said of anybody; the names of units, kinds of units, outcomes, streams, routes and localities come on top."""


def words_of(blueprint: Blueprint) -> tuple[str, ...]:
    """Return the words that may be asked for in a scenario, each once."""
    scenario = blueprint.scenario
    kinds = (unit.kind for unit in blueprint.network.units)
    routes = (stream.route for stream in scenario.streams.values())
    names = (*WORDS, *kinds, *blueprint.outcomes, *routes, *scenario.streams, *scenario.localities, *blueprint.units)
    return tuple(dict.fromkeys(names))


def read_words(text: str, blueprint: Blueprint) -> tuple[str, ...]:
    """Return the words of a comma list, each once.

    Parameters
    ----------
    text
        Such as "waited, out_of_area".
    blueprint
        Its scenario has names that are words too.

    Returns
    -------
    tuple[str, ...]
        In the order written.

    Raises
    ------
    BedsimError
        If there is none, or one that the list does not have.
    """
    words = tuple(dict.fromkeys(word for part in text.split(",") if (word := "_".join(part.split()))))
    known = words_of(blueprint)
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        found = ", ".join(repr(word) for word in unknown) or "nothing"
        raise BedsimError(
            f"--like must be words of this scenario's list, with commas between, but has {found}. Try of: "
            f"{', '.join(known)}."
        )
    return words


def matching(words: tuple[str, ...], blueprint: Blueprint, patients: Patients, stays: Stays) -> dict[str, Bools]:
    """Return, word by word, of whom it is true among those referred in the window; a name may be of several things."""
    people = _People(blueprint, patients, stays)
    referred = patients.referred_day
    present = [i for i, label in enumerate(patients.origin) if label in {one.label for one in blueprint.present}]
    is_in = (referred >= 0) & (referred < blueprint.scenario.time.run_length_days)
    is_in &= ~np.isin(patients.origin_index, present)
    return {word: people.are(word) & is_in for word in words}


class _People:
    """What words mean, for all people of a replication at once."""

    def __init__(self, blueprint: Blueprint, patients: Patients, stays: Stays) -> None:
        self.blueprint, self.patients, self.stays = blueprint, patients, stays
        self.network, self.scenario = blueprint.network, blueprint.scenario
        self.is_placed = stays.unit != NONE

    def are(self, word: str) -> Bools:
        """Return one a person."""
        found = np.zeros(self.patients.n_patients, dtype=np.bool_)
        if word in WORDS:
            tests: dict[str, Callable[[], Bools]] = {
                "at_once": lambda: self.asked() & ~self.waited(),
                "waited": self.waited,
                "delayed": lambda: self.any_row(self.stays.left_day > self.stays.ready_day),
                "stuck": lambda: self.any_row(self.stays.left_day > self.stays.go_day),
                "moved": self.moved,
                "away_from_home": self.away,
                "gave_up": lambda: self.any_row(~self.is_placed & ~np.isnan(self.stays.left_day)),
                "unfinished": lambda: self.stays.outcome == NONE,
            }
            found |= tests[word]()
        units = [i for i, unit in enumerate(self.network.units) if word in (unit.name, unit.kind)]
        found |= self.any_row(np.isin(self.stays.unit, units))
        if word in self.blueprint.outcomes:
            found |= self.stays.outcome == self.blueprint.outcomes.index(word)
        if word in self.scenario.localities:
            found |= self.patients.locality == locality_names(self.scenario).index(word)
        of_stream = [i for i, (name, one) in enumerate(self.scenario.streams.items()) if word in (name, one.route)]
        return found | np.isin(self.patients.stream, of_stream)

    def any_row(self, rows: Bools) -> Bools:
        """Return who has any of these rows."""
        return np.bincount(self.stays.patient[rows], minlength=self.patients.n_patients) > 0

    def asks_planned(self) -> Bools:
        """Return the rows that ask for a planned bed."""
        names = np.array([self.network.names_planned(i) for i in range(len(self.network.ladders))], dtype=np.bool_)
        return names[self.patients.ladder[self.stays.row]]

    def asked(self) -> Bools:
        return self.any_row(self.asks_planned())

    def waited(self) -> Bools:
        stays = self.stays
        until = np.where(self.is_placed, stays.admitted_day, stays.left_day)
        until = np.where(np.isnan(until), self.network.end_day, until)
        return self.any_row(self.asks_planned() & (until > stays.requested_day))

    def moved(self) -> Bools:
        """Return who has places in two units, wherever they are in the rows."""
        patient, unit = self.stays.patient[self.is_placed], self.stays.unit[self.is_placed]
        pairs = np.unique(patient * len(self.network.units) + unit) // len(self.network.units)
        return np.bincount(pairs, minlength=self.patients.n_patients) > 1

    def away(self) -> Bools:
        away = away_from_home(self.scenario, self.network)[self.patients.locality[self.stays.patient], self.stays.unit]
        return self.any_row(self.asks_planned() & self.is_placed & (away == 1))
