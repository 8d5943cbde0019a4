"""What levers do to the people of one replication: who is not referred, who begins elsewhere, who stays shorter.

Why: a lever must change those whom it affects and nobody else. Who they are follows from uniforms of their own, drawn
under the lever's name, so they are the same in every scenario, and a larger share or a later day affects them and more.
All else drawn for a person stands under the person's names and is not touched. Levers act in their order: whom one
keeps from being referred, or lets begin elsewhere, those after it do not move again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bedsim.patients.coordinators import taken_on
from bedsim.patients.population import AFFECTED, NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bedsim.patients.columns import People
    from bedsim.patients.levers import LeverPlan
    from bedsim.patients.uniforms import PersonalUniforms

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Change:
    """What a lever does to lengths: a factor, or a longest length."""

    of: Bools
    """Of which stages, or of delays for which reasons."""
    by_person: Floats
    """1, or infinity, for those not affected."""
    is_cap: bool = False


@dataclass(frozen=True)
class Effects:
    """What all levers together do."""

    is_referred: Bools
    """Of everybody who would be referred."""
    begins: Ints
    """The stage with which people begin elsewhere; NONE where they begin as their stream says."""
    needs: tuple[Change, ...]
    delays: tuple[Change, ...]
    affected: NDArray[np.void]
    """Records of `AFFECTED`."""

    def of_referred(self) -> Effects:
        """Return the same of those who are still referred, numbered anew."""

        def chosen(changes: tuple[Change, ...]) -> tuple[Change, ...]:
            return tuple(replace(one, by_person=one.by_person[self.is_referred]) for one in changes)

        return replace(self, begins=self.begins[self.is_referred], needs=chosen(self.needs), delays=chosen(self.delays))

    def needed(self, stage: int, who: Ints, days: Floats) -> Floats:
        """Return some people's needs in a stage as the levers leave them."""
        for change in self.needs:
            if change.of[stage]:
                by_person = change.by_person[who]
                days = np.minimum(days, by_person) if change.is_cap else days * by_person
        return days

    def transfer(self, reason: Ints, who: Ints, days: Floats) -> Floats:
        """Return some people's transfer delays, each with its reason, as the levers leave them."""
        for change in self.delays:
            days = days * np.where(change.of[reason], change.by_person[who], 1.0)
        return days


def effects_of(
    plans: Sequence[LeverPlan],
    people: People,
    places: tuple[Ints, Ints],
    uniforms: PersonalUniforms,
    n_present: int,
) -> Effects:
    """Return what the levers do to the people of a replication.

    Parameters
    ----------
    plans
        The levers, in their order.
    people
        Everybody who would be referred, and those present at the start.
    places
        Everybody's locality and segment.
    uniforms
        Everybody's.
    n_present
        The first so many origins are of people present at the start: no lever reaches them.

    Returns
    -------
    Effects
        Of everybody; `of_referred` of those who come.
    """
    if not plans:
        n = len(people.index)
        return Effects(np.ones(n, dtype=np.bool_), np.full(n, NONE), (), (), np.zeros(0, dtype=AFFECTED))
    locality, segment = places
    sort = np.ravel_multi_index((people.stream, locality, segment), plans[0].reach.shape)
    acting = _Acting(people, sort, segment, uniforms, n_present)
    affected = [acting.act(number, plan) for number, plan in enumerate(plans)]
    return Effects(
        is_referred=acting.is_referred,
        begins=acting.begins,
        needs=tuple(acting.needs),
        delays=tuple(acting.delays),
        affected=acting.note(plans, affected),
    )


class _Acting:
    """Lets one lever act after another."""

    def __init__(self, people: People, sort: Ints, segment: Ints, uniforms: PersonalUniforms, n_present: int) -> None:
        self.people, self.segment, self.uniforms = people, segment, uniforms
        self.sort = sort
        """Of each person, the place of their stream, locality and segment in a lever's `reach`."""
        self.is_present = people.origin < n_present
        self.day = np.floor(people.referred_day).astype(np.int64)
        self.kept_away_by = np.full(len(self.day), NONE)
        self.begins = np.full(len(self.day), NONE)
        self.needs: list[Change] = []
        self.delays: list[Change] = []

    @property
    def is_referred(self) -> Bools:
        """Say who is still referred."""
        found: Bools = self.kept_away_by == NONE
        return found

    def act(self, number: int, plan: LeverPlan) -> Ints:
        """Let a lever act; return whom it affects."""
        first = int(np.searchsorted(self.day, plan.first_day))  # people are in the order of their days
        who = first + np.flatnonzero(plan.reach.ravel()[self.sort[first:]] & ~self.is_present[first:])
        effect = plan.spec.effect_name
        if effect in ("admission_avoidance", "home_first"):
            return self._divert(number, plan, who)
        if effect == "care_coordination":
            return self._coordinate(number, plan, who)
        if effect in ("stay_reduction", "delay_reduction"):
            return self._shorten(plan, who)
        return who[:0]  # visits made once move nobody

    def _divert(self, number: int, plan: LeverPlan, who: Ints) -> Ints:
        """Let a share not be referred at all, or begin elsewhere."""
        is_below = self._u(plan, who) < plan.spec.share * plan.ramp(self.day[who])
        who = who[is_below & self.is_referred[who] & (self.begins[who] == NONE)]
        if plan.spec.instead is None:
            self.kept_away_by[who] = number
        else:
            self.begins[who] = plan.instead[self.people.stream[who]]
        return who

    def _coordinate(self, number: int, plan: LeverPlan, who: Ints) -> Ints:
        """Give those still referred a coordinator, while there is one."""
        effect = plan.spec.care_coordination
        assert effect is not None, "the lever has no coordinators"
        who = who[self.is_referred[who]]
        places = plan.coordinators(self.day[who]) * effect.caseload
        who = who[taken_on(self.people.referred_day[who], places, effect.episode_days)]
        self.needs.append(self._change(plan.stages, who, effect.stay_factor))
        self.delays.append(self._change(plan.reasons, who, effect.delay_factor))
        is_avoided = (self._u(plan, who) < effect.referred_less) & (self.begins[who] == NONE)
        self.kept_away_by[who[is_avoided]] = number
        return who

    def _shorten(self, plan: LeverPlan, who: Ints) -> Ints:
        """Multiply lengths by the factor as far as the ramp has reached; or cut those of as many as it has reached."""
        stays, delays = plan.spec.stay_reduction, plan.spec.delay_reduction
        ramp = plan.ramp(self.day[who])
        if delays is not None:
            self.delays.append(self._change(plan.reasons, who, 1 - (1 - delays.factor) * ramp))
        elif stays is not None and stays.factor is not None:
            self.needs.append(self._change(plan.stages, who, 1 - (1 - stays.factor) * ramp))
        elif stays is not None and stays.cap_days is not None:
            who = who[self._u(plan, who) < ramp]
            self.needs.append(self._change(plan.stages, who, stays.cap_days, is_cap=True))
        return who

    def _change(self, of: Bools, who: Ints, values: Floats | float, *, is_cap: bool = False) -> Change:
        by_person = np.full(len(self.day), np.inf if is_cap else 1.0)
        by_person[who] = values
        return Change(of, by_person, is_cap)

    def _u(self, plan: LeverPlan, who: Ints) -> Floats:
        drawn: Floats = self.uniforms.of(who, ("lever", plan.name))[0]
        return drawn

    def note(self, plans: Sequence[LeverPlan], affected: Sequence[Ints]) -> NDArray[np.void]:
        """Return who was affected: of levers that change lengths alone, those who are referred in the end."""
        number = np.where(self.is_referred, np.cumsum(self.is_referred) - 1, NONE)
        parts = [
            who[self.is_referred[who]] if plan.spec.effect_name in ("stay_reduction", "delay_reduction") else who
            for plan, who in zip(plans, affected, strict=True)
        ]
        who = np.concatenate([np.empty(0, dtype=np.int64), *parts])
        lever = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        noted = np.zeros(len(who), dtype=AFFECTED)
        noted["lever"], noted["segment"], noted["patient"] = lever, self.segment[who], number[who]
        noted["referred_day"], noted["is_kept_away"] = self.people.referred_day[who], self.kept_away_by[who] == lever
        return noted
