"""The new model of care in words: people whom levers keep out of planned beds, and people who leave without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedsim.analysis.care import left_without_place
from bedsim.analysis.intervals import mean_and_interval
from bedsim.report.figures import readable
from bedsim.report.numbers import shown, shown_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedsim.report.figures import Figures


def care_sentences(figures: Figures) -> Iterator[str]:
    """Say how many people levers keep out of planned beds, and how many leave without a place."""
    run = figures.run
    if figures.value("avoided_people"):
        yield (
            f"{figures.shown('avoided_people')} people{figures.ranges('avoided_people')} whom a lever affects ask for "
            f"no planned bed{figures.when}."
        )
    for outcome, people in left_without_place(run.reader, run.blueprint, run.headline).items():
        mean, low, high = mean_and_interval(people)
        if mean:
            error = "" if low is None else f" (simulation error {shown_interval('lever_people', mean, low, high)})"
            yield f"{shown('lever_people', mean, low, high)} people{error} leave without a place: {readable(outcome)}."
