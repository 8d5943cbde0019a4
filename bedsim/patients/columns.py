"""The columns of one replication's people while they are drawn, and how they become `Patients`.

Why: people are drawn group by group and stage by stage, but numbered by the day they are referred, whatever group
they come from. So rows are kept as they come, with their links, and put in order once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.patients.population import NONE, Patients

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bedsim.patients.blueprint import PresentGroup

    Column = NDArray[Any]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """People of one stream and origin; `index` is their place in the origin's streams of uniforms."""

    stream: int
    origin: str
    index: Ints
    referred_day: Floats
    present: PresentGroup | None = None


class Columns:
    """The rows of all groups as they are drawn, column by column; people are numbered later."""

    def __init__(self) -> None:
        self.n_rows = 0
        self.parts: dict[str, list[Column]] = {}
        self.links: dict[str, list[tuple[Ints, Ints]]] = {"next_row": [], "then_row": []}

    def add(self, **columns: Column) -> Ints:
        """Append rows and return their numbers."""
        for name, values in columns.items():
            self.parts.setdefault(name, []).append(values)
        n = len(columns["person"])
        rows = np.arange(self.n_rows, self.n_rows + n)
        self.n_rows += n
        return rows

    def column(self, name: str) -> Column:
        """Return a column of all rows."""
        return np.concatenate(self.parts[name]) if self.n_rows else np.empty(0, dtype=np.int64)

    def linked(self, name: str) -> Ints:
        """Return the column that points from each row to another, NONE where it points nowhere."""
        links = np.full(self.n_rows, NONE)
        for parents, children in self.links[name]:
            links[parents] = children
        return links


def assemble(groups: list[Group], people: list[tuple[Ints, Ints]], columns: Columns) -> Patients:
    """Number the people by (referred_day, stream, index) and sort their rows; parents stay before children."""
    sizes = [len(group.index) for group in groups]

    def joined(parts: list[Column], kind: type = np.int64) -> Column:
        return np.concatenate(parts) if parts else np.empty(0, dtype=kind)

    stream = joined([np.full(n, group.stream) for n, group in zip(sizes, groups, strict=True)])
    origin_index = joined([np.full(n, i) for i, n in enumerate(sizes)])
    index = joined([group.index for group in groups])
    referred_day = joined([group.referred_day for group in groups], np.float64)
    locality = joined([home for home, _ in people])
    first_row = joined([rows for _, rows in people])

    order = np.lexsort((origin_index, index, stream, referred_day))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    patient = number[joined(columns.parts.get("person", [])).astype(np.int64)]
    row_order = np.argsort(patient, kind="stable")
    new_row = np.empty(len(row_order), dtype=np.int64)
    new_row[row_order] = np.arange(len(row_order))

    def moved(links: Ints) -> Ints:
        links = links[row_order]
        return np.where(links == NONE, NONE, new_row[links]) if len(links) else links

    taken = {
        name: columns.column(name)[row_order]
        for name in (
            "stage",
            "visit",
            "needed_days",
            "transfer_days",
            "reason",
            "branch",
            "outcome",
            "ladder",
            "priority",
            "patience_days",
            "exit_outcome",
        )
    }
    return Patients(
        stream=stream[order],
        locality=locality[order],
        origin=tuple(group.origin for group in groups),
        origin_index=origin_index[order],
        index=index[order],
        referred_day=referred_day[order],
        first_row=new_row[first_row[order]],
        patient=patient[row_order],
        next_row=moved(columns.linked("next_row")),
        then_row=moved(columns.linked("then_row")),
        **taken,
    )
