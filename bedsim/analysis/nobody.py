"""Nobody: a replication to which nobody comes, with the shapes that all totals of a scenario have.

Why: totals from a disk may be anything. What they are compared with is measured as every replication is, so it cannot
differ from them; nobody is drawn and nothing is simulated for it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.engine.stays import Stays
from bedsim.measures.replication import measure
from bedsim.patients.population import NONE, Patients

if TYPE_CHECKING:
    from bedsim.measures.totals import Totals
    from bedsim.patients.blueprint import Blueprint


def nobody(blueprint: Blueprint) -> Totals:
    """Return the totals of a replication without people."""
    patients, stays = Patients(**_empty(Patients)), Stays(**_empty(Stays))
    return measure(blueprint, patients, stays, None, 0)


def no_stays(patients: Patients) -> Stays:
    """Return the stays of people of whom nobody has come yet."""
    return Stays(**_empty(Stays) | {"outcome": np.full(patients.n_patients, NONE)})


def is_like(totals: Totals, other: Totals) -> bool:
    """Say whether two totals can be of one scenario: what is kept of a replication has the same shapes in both."""
    rows = all(values.shape[1:] == other.rows[name].shape[1:] for name, values in totals.rows.items())
    return rows and all(
        len(one.starts) == len(other.histograms[name].starts) for name, one in totals.histograms.items()
    )


def _empty(kind: type[Any]) -> dict[str, Any]:
    """Return every column of a table of people or of stays without a row."""
    types = {"Floats": np.float64, "Ints": np.int64}
    columns: dict[str, Any] = {
        one.name: np.zeros(0, dtype=types[str(one.type)]) for one in fields(kind) if str(one.type) in types
    }
    return columns | ({"origin": ()} if kind is Patients else {})
