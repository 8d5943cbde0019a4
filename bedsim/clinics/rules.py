"""The rules between the values of a file of clinics: whatever is named exists, and dates lie where they act.

Why: each value may be right by itself and the whole still make no sense. A rule's docstring is the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from bedsim.scenario.context import Context, Finding, Names
from bedsim.scenario.files import nearest
from bedsim.scenario.name_rules import range_ends_are_allowed, range_holds_its_number, source_is_listed
from bedsim.scenario.time_rules import start_is_a_sensible_date

if TYPE_CHECKING:
    from bedsim.clinics.schema import ClinicPlan
    from bedsim.scenario.tree import Keys

ALL = "all"
"""What results call all clinics together."""


@dataclass(frozen=True)
class Written:
    """A plan, or what is right of one, with the names that were written in it; None where a section is wrong."""

    scenario: ClinicPlan
    sources: Names
    localities: Names
    sites: Names


def findings(written: Written) -> Iterator[Finding]:
    """Yield every broken rule."""
    context = cast("Context", written)  # the shared rules look at values and sources, not at what values they are
    wrong_start = list(start_is_a_sensible_date(context))
    yield from wrong_start
    for rule in (clinic_has_a_name_of_its_own, sites_are_known, homes_are_known):
        yield from rule(written)
    if not wrong_start:
        yield from move_is_a_change(written)
    for shared in (source_is_listed, range_holds_its_number, range_ends_are_allowed):
        yield from shared(context)


def clinic_has_a_name_of_its_own(written: Written) -> Iterator[Finding]:
    """No clinic bears the name of all of them."""
    if ALL in written.scenario.clinics:
        yield Finding(("clinics", ALL), "not bear the name of all clinics in results", ALL, f"{ALL}_1")


def sites_are_known(written: Written) -> Iterator[Finding]:
    """A clinic is held, and moves to, a site of the file."""
    for name, clinic in written.scenario.clinics.items():
        yield from _unknown(("clinics", name, "site"), "site", clinic.site, written.sites)
        if clinic.move is not None:
            yield from _unknown(("clinics", name, "move", "to"), "site", clinic.move.to, written.sites)


def move_is_a_change(written: Written) -> Iterator[Finding]:
    """A clinic moves to another site, or to other slots, and before the window ends."""
    time = written.scenario.time
    first, last = time.start - timedelta(days=time.warm_up_days), time.start + timedelta(days=time.run_length_days - 1)
    for name, clinic in written.scenario.clinics.items():
        move, at = clinic.move, ("clinics", name, "move")
        if move is None:
            continue
        if move.to == clinic.site and move.slots in (None, clinic.slots):
            yield Finding((*at, "to"), "name another site, or give other slots", move.to)
        if not first <= move.date <= last:
            must = f"lie within the run, warm-up included, {first} to {last}"
            yield Finding((*at, "date"), must, f"{move.date}", f"{min(max(move.date, first), last)}")


def homes_are_known(written: Written) -> Iterator[Finding]:
    """A clinic's people come from localities of the file or its area."""
    for name, clinic in written.scenario.clinics.items():
        for home in clinic.localities.shares if clinic.localities else ():
            at = ("clinics", name, "localities", "shares", home)
            yield from _unknown(at, "locality", home, written.localities)


def _unknown(path: Keys, what: str, name: str, names: Names) -> Iterator[Finding]:
    """Yield a finding if a name is not among the names written."""
    if names is not None and name not in names:
        remedy = nearest(name, sorted(names)) or (f"one of {', '.join(sorted(names)[:8])}" if names else "")
        yield Finding(path, f"name a {what} of the file", name, remedy)
