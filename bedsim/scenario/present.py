"""Who is there when a run begins: so many people in a unit's places, or a list of them.

Why: a run that begins today begins with the beds that are taken today. What is drawn for them is told in docs/model.md,
section 5.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from bedsim.scenario.shapes import Distribution, Sourced
from bedsim.scenario.values import Name, Places, Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.scenario.schema import Scenario


class PresentAtStart(Sourced):
    """People who hold a place at the first instant of the run."""

    stream: Name | None = None
    """The stream they came by."""
    unit: Name | None = None
    """Where they are."""
    stage: Name | None = None
    """What they are there for."""
    fraction: Share | None = None
    """Of the unit's places, rounded to whole people, halves up."""
    patients: Places | None = None
    """How many people, instead of a fraction."""
    residual_days: Distribution | None = None
    """What is left of their stay in that unit until they are ready, whatever its stay factor; by default the
    length-biased residual of the stage's own need, times the stay factor."""
    line_list_csv: str | None = None
    """A CSV with columns stream, unit, stage, residual_days and, if wanted, locality: one row a person."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        own = [name for name in ("stream", "unit", "stage") if getattr(self, name) is not None]
        sizes = [name for name in ("fraction", "patients") if getattr(self, name) is not None]
        if self.line_list_csv is not None:
            if own or sizes or self.residual_days is not None:
                raise ValueError("say everything in the line list|also other keys|remove the other keys")
        elif len(own) < 3 or len(sizes) != 1:
            raise ValueError(
                "name stream, unit, stage and one of fraction, patients; or a line_list_csv"
                f"|{', '.join(own + sizes) or 'nothing'}|fraction: 0.9"
            )
        return self

    def n_people(self, places: int | Literal["unlimited"]) -> int:
        """Return how many people an entry without a line list puts into a unit of so many places."""
        if self.patients is not None:
            return self.patients
        assert self.fraction is not None
        assert not isinstance(places, str)
        return math.floor(self.fraction * places + 0.5)


def line_list(scenario: Scenario, entry: PresentAtStart) -> Iterator[dict[str, str]]:
    """Yield the people of a line list, each by column; none if there is none or it could not be read."""
    table = scenario.tables.get(entry.line_list_csv or "", ())
    for row in table[1:]:
        yield dict(zip(table[0], row, strict=False))
