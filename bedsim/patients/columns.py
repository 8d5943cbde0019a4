"""From people and visits to `Patients`: who has which number, and which row stands where.

Why: people come origin by origin and are drawn stage by stage, but patients are numbered by the day they are referred
and rows by patient. So people are numbered before anything is drawn for them, and rows put in order once, at the end,
by compiled loops, since they are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.jit import jit
from bedsim.patients.population import NONE, Patients

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.arrivals import Arrivals
    from bedsim.patients.blueprint import PresentGroup
    from bedsim.patients.stage_plan import StagePlan

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LENGTHS = ("needed_days", "transfer_days", "patience_days")
WHOLE = (
    *("patient", "stage", "visit", "priority", "reason", "branch", "outcome"),
    *("ladder", "exit_outcome", "next_row", "then_row"),
)
"""The columns of rows, in the order in which they are placed."""
NEXT_ROW, THEN_ROW = WHOLE.index("next_row"), WHOLE.index("then_row")


@dataclass(frozen=True)
class People:
    """Everybody of a replication, numbered by (referred_day, stream, index)."""

    origins: tuple[tuple[int, str], ...]
    """The stream and the label of each origin."""
    origin: Ints
    stream: Ints
    index: Ints
    referred_day: Floats

    def only(self, chosen: Bools) -> People:
        """Return some of them, numbered anew."""
        origin, stream, index = self.origin[chosen], self.stream[chosen], self.index[chosen]
        return People(self.origins, origin, stream, index, self.referred_day[chosen])


@dataclass(frozen=True)
class Ask:
    """Everybody who gets to a stage on one way, by number."""

    stage: int
    who: Ints
    parent: Ints
    """The row from which each of them comes, in the order of drawing; empty for a first stage."""
    present: PresentGroup | None = None
    """Where they are if they hold a place at the first instant and this is their first stage."""
    path: tuple[int, ...] = ()
    """Stages visited before, to number the visits."""
    link: int = NEXT_ROW
    """The column that leads here from their parents: `NEXT_ROW` or `THEN_ROW`."""


@dataclass(frozen=True)
class Visit:
    """What was drawn for everybody who gets to a stage on one way: a row each."""

    ask: Ask
    plan: StagePlan
    number: int
    """1 for the first visit to the stage on this way, 2 for the second, ..."""
    priority: int
    ladders: Ints
    """The ladder of the stage, by locality."""
    branch: Ints
    place: Ints
    """Where each row is among the rows sorted by branch."""
    needed_days: Floats
    """Of the rows sorted by branch."""
    transfer_days: Floats
    """Likewise; empty if there is no transfer delay."""
    patience_days: Floats
    """Of the rows in order; empty if there is neither a leave nor a `then` rung."""
    exit_rung: Ints
    """Likewise: position of the earliest of these rungs, NONE if it never comes."""


def numbered(parts: list[tuple[int, Arrivals]]) -> People:
    """Return the people of all streams, each part with the index of its stream, in their order."""
    origins = tuple((stream, label) for stream, part in parts for label in part.origins)
    n_before = accumulate((len(part.origins) for _, part in parts), initial=0)
    nobody = np.empty(0, dtype=np.int64)
    origin = np.concatenate([nobody, *(part.origin + n for (_, part), n in zip(parts, n_before, strict=False))])
    index = np.concatenate([nobody, *(part.index for _, part in parts)])
    day = np.concatenate([np.empty(0), *(part.referred_day for _, part in parts)])
    stream_of = np.array([stream for stream, _ in origins], dtype=np.int64)
    order = np.argsort(day, kind="stable")  # quick, for each part is in order or against it
    columns, is_tied = _in_order(order, origin, stream_of, index, day)
    if is_tied:
        order = np.lexsort((origin, index, stream_of[origin], day))
        columns, _ = _in_order(order, origin, stream_of, index, day)
    return People(origins, *columns)


def assemble(
    people: People, locality: Ints, segment: Ints, visits: list[Visit], affected: NDArray[np.void]
) -> Patients:
    """Return the patients, their rows sorted by patient and, within one, parents before children."""
    who = np.concatenate([np.empty(0, dtype=np.int64), *(visit.ask.who for visit in visits)])
    first_row, place = _places(who, len(people.index))
    whole = np.empty((len(WHOLE), len(who)), dtype=np.int64)
    lengths = np.empty((len(LENGTHS), len(who)))
    n_before = 0
    for visit in visits:
        ask, plan = visit.ask, visit.plan
        its_place = place[n_before : n_before + len(ask.who)]
        same_for_all = (ask.stage, visit.number, visit.priority)
        tables = (plan.of_branch, visit.ladders, locality, plan.exit_outcomes)
        days = (visit.needed_days, visit.transfer_days, visit.patience_days)
        _put(whole, lengths, its_place, ask.who, same_for_all, tables, visit.branch, visit.place, days, visit.exit_rung)
        if ask.path:
            whole[ask.link, place[ask.parent]] = its_place
        n_before += len(ask.who)
    columns: dict[str, NDArray[Any]] = dict(zip((*WHOLE, *LENGTHS), (*whole, *lengths), strict=True))
    return Patients(
        stream=people.stream,
        locality=locality,
        segment=segment,
        origin=tuple(label for _, label in people.origins),
        origin_index=people.origin,
        index=people.index,
        referred_day=people.referred_day,
        first_row=first_row,
        affected=affected,
        **columns,
    )


@jit
def _in_order(
    order: Ints, origin: Ints, stream_of: Ints, index: Ints, day: Floats
) -> tuple[tuple[Ints, Ints, Ints, Floats], bool]:
    """Return everybody's origin, stream, index and day in an order, and whether two come at the same instant."""
    n = len(order)
    origins, streams, indexes = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    days = np.empty(n)
    is_tied = False
    for i in range(n):
        k = order[i]
        origins[i], streams[i], indexes[i], days[i] = origin[k], stream_of[origin[k]], index[k], day[k]
        is_tied |= i > 0 and days[i] == days[i - 1]
    return (origins, streams, indexes, days), is_tied


@jit
def _places(who: Ints, n_people: int) -> tuple[Ints, Ints]:
    """Return each person's first row and, for rows in the order of drawing, where they stand sorted by person."""
    first_row, free = np.zeros(n_people + 1, dtype=np.int64), np.zeros(n_people, dtype=np.int64)
    for person in who:
        first_row[person + 1] += 1
    for person in range(n_people):
        free[person] = first_row[person]
        first_row[person + 1] += first_row[person]
    place = np.empty(len(who), dtype=np.int64)
    for i in range(len(who)):
        place[i] = free[who[i]]
        free[who[i]] += 1
    return first_row[:n_people], place


@jit
def _put(
    whole: Ints,
    lengths: Floats,
    place: Ints,
    who: Ints,
    same_for_all: tuple[int, int, int],
    tables: tuple[Ints, Ints, Ints, Ints],
    branch: Ints,
    place_by_branch: Ints,
    days: tuple[Floats, Floats, Floats],
    exit_rung: Ints,
) -> None:
    """Put a visit's rows where they stand, none leading anywhere yet."""
    of_branch, ladders, locality, exit_outcomes = tables
    needed, transfer, patience = days
    for i in range(len(who)):
        row, person, k = place[i], who[i], place_by_branch[i]
        whole[0, row] = person
        whole[1, row], whole[2, row], whole[3, row] = same_for_all
        whole[4, row], whole[5, row], whole[6, row] = of_branch[branch[i]]
        whole[7, row] = ladders[locality[person]]
        whole[8, row] = exit_outcomes[exit_rung[i] if len(exit_rung) else NONE]
        whole[9, row], whole[10, row] = NONE, NONE
        lengths[0, row] = needed[k]
        lengths[1, row] = transfer[k] if len(transfer) else 0.0
        lengths[2, row] = patience[i] if len(patience) else np.inf
