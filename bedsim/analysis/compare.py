"""Comparing options: the same people through each, and what differs from the first, with confidence.

Why: with the same people, days and luck in every option, what differs between two is known far better than either. What
is compared is chosen before anybody looks: the figures of the headline are one family, the ways of people of each home
another, and in the full table every measure is one of its own; the intervals of a family hold all together. All
options run with the longest warm-up that any of them needs: a longer one changes nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bedsim.analysis.compare_differences import Difference, Pair, differences_of
from bedsim.analysis.compare_figures import GAINS, HEADLINE, TRAVEL, Figure, figure_named
from bedsim.analysis.compare_money import MONEY, money_pairs
from bedsim.analysis.compare_paired import paired
from bedsim.analysis.compare_percentiles import by_group
from bedsim.analysis.compare_ready import USUAL, blueprints_of, check_comparable, hash_over, same_people
from bedsim.analysis.compare_runs import simulated
from bedsim.analysis.compare_words import as_sentence
from bedsim.analysis.ranking import Ranked, ranking
from bedsim.measures.calendar import ALL, WINTER
from bedsim.measures.definitions import MEASURES
from bedsim.measures.yardstick import HOME, SEGMENT
from bedsim.scenario.schema import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from bedsim.analysis.trials import Trial
    from bedsim.measures.lines import Key
    from bedsim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Options beside the first of them, over replications with the same people."""

    scenarios: Mapping[str, Scenario]
    """By name, in the order given; the first is the reference."""
    trials: Mapping[str, Trial]
    counts: Mapping[tuple[str, str], Ints]
    """By option and measure: of each group of replications, how many days had 0, 1, 2, ... people."""
    n_replications: int
    seed: int
    hash: str
    """Over all options."""

    def __repr__(self) -> str:
        """Say in one line what was compared; `sentence()` says what came of it."""
        return f"Comparison({', '.join(self.names)}; {self.n_replications} replications, seed {self.seed})"

    @property
    def names(self) -> tuple[str, ...]:
        """The options, the reference first."""
        return tuple(self.scenarios)

    @property
    def reference(self) -> str:
        """The first option, from which differences are taken."""
        return self.names[0]

    @property
    def period(self) -> str:
        """The period of the headline, a financial year if the window has a whole one."""
        return self.trials[self.reference].reader.yardstick.calendar.headline

    @property
    def variations(self) -> tuple[str, ...]:
        """What was laid over, or set in, all of the options."""
        first, *others = (one.variations for one in self.scenarios.values())
        return tuple(one for one in first if all(one in variations for variations in others))

    @property
    def illustrative(self) -> tuple[str, ...]:
        """The options whose beds by site, or what else they change, are not public."""
        return tuple(name for name, one in self.scenarios.items() if one.status == "illustrative")

    @cached_property
    def other_people(self) -> tuple[str, ...]:
        """The options with other referrals or needs than the reference: what differs is not due to the beds alone."""
        first = self.scenarios[self.reference]
        return tuple(name for name, one in self.scenarios.items() if not same_people(first, one))

    def by_replication(self, figure: Figure) -> dict[str, Floats]:
        """Return a figure's values of each option that has it: a replication, or of percentiles a group, each."""
        if figure.percent:
            counts = {name: self.counts.get((name, figure.measure)) for name in self.names}
            return {name: by_group(table, figure.percent) for name, table in counts.items() if table is not None}
        key = (SYSTEM, figure.measure, self.period)
        return {name: self._means[name][key] for name in self.names if key in self._means[name]}

    def alike(self, figure: Figure) -> tuple[tuple[str, ...], ...]:
        """Return the options in groups in which the figure is the same in every replication, in the order given."""
        groups: list[list[str]] = []
        values = self.by_replication(figure)
        for name, mine in values.items():
            for group in groups:
                first = values[group[0]]
                if len(first) == len(mine) and paired(first[:, np.newaxis], mine[:, np.newaxis]).is_same[0]:
                    group.append(name)
                    break
            else:
                groups.append([name])
        return tuple(map(tuple, groups))

    @cached_property
    def headline(self) -> tuple[Difference, ...]:
        """The figures of the headline, option by option: one family."""
        found: list[Pair] = []
        for figure in HEADLINE:
            key = (SYSTEM, figure.measure, self.period)
            found += self._pairs({name: {key: one} for name, one in self.by_replication(figure).items()}, figure)
        return differences_of(found, self.reference, "headline")

    @cached_property
    def travel(self) -> tuple[Difference, ...]:
        """How far people of each home are placed, option by option: one family."""
        return self._of_people("travel", TRAVEL, HOME)

    @cached_property
    def gains(self) -> tuple[Difference, ...]:
        """How much less or more people of each segment wait, option by option: one family."""
        return self._of_people("gains", GAINS, SEGMENT)

    @cached_property
    def money(self) -> tuple[Difference, ...]:
        """What each option costs more, in all and in parts, in pounds of one year: one family, empty without prices."""
        return differences_of(money_pairs(self.trials, self.period), self.reference, MONEY)

    @cached_property
    def everything(self) -> tuple[Difference, ...]:
        """Every measure, unit, home, route and period that reference and option share; each measure is a family."""
        found: list[Difference] = []
        for measure in MEASURES:
            means = {
                name: {key: one for key, one in mine.items() if key[1] == measure} for name, mine in self._means.items()
            }
            found += differences_of(self._pairs(means, Figure(measure)), self.reference, measure)
        return tuple(found)

    def differences(self) -> pd.DataFrame:
        """Return `everything` as a table; the percentiles of the headline come first."""
        import pandas as pd

        percentiles = [one for one in self.headline if one.statistic != "mean"]
        return pd.DataFrame([*percentiles, *self.everything])

    def rank(self, figure: Figure, rank_illustrative: bool = False) -> tuple[tuple[Ranked, ...], dict[str, str]]:
        """Return the options ranked by a figure of which less is better, and those not ranked, with the reason.

        Parameters
        ----------
        figure
            From `figure_named`.
        rank_illustrative
            Whether options whose beds by site are not public are ranked too.

        Returns
        -------
        tuple[tuple[Ranked, ...], dict[str, str]]
            From the best; options that differ in their people are never ranked.
        """
        values = self.by_replication(figure)
        apart: dict[str, str] = {}
        for name in self.names:
            if name in self.other_people:
                apart[name] = f"other referrals or stays than {self.reference}"
            elif name in self.illustrative and not rank_illustrative:
                apart[name] = "illustrative"
            elif name not in values or np.isnan(values[name]).all():
                apart[name] = f"no {figure.name}"
        chosen = {name: one for name, one in values.items() if name not in apart}
        return ranking(chosen, self.seed) if chosen else (), apart

    def ranking(self, measure: str, rank_illustrative: bool = False) -> pd.DataFrame:
        """Return the ranking by a measure such as `overflow_days_fraction` as a table, the best first.

        Options that are not ranked stand below, without a place.
        """
        import pandas as pd

        ranked, apart = self.rank(figure_named(measure), rank_illustrative)
        columns = [one.name for one in fields(Ranked)]
        table = pd.DataFrame(ranked, columns=columns).assign(not_ranked="")
        others = pd.DataFrame({"name": list(apart), "not_ranked": list(apart.values())})
        return (
            pd.concat([table, others])
            if apart and ranked
            else table
            if ranked
            else others.reindex(columns=[*columns, "not_ranked"])
        )

    def sentence(self) -> str:
        """Return what a board should hear: what differs, by how much, how sure that is, and what is not real."""
        return as_sentence(self)

    @cached_property
    def _means(self) -> dict[str, dict[Key, Floats]]:
        """The values by replication of each option's means, of the periods that are compared."""
        found: dict[str, dict[Key, Floats]] = {}
        for name, trial in self.trials.items():
            found[name] = {}
            for measure in MEASURES:
                keys, values = trial.reader.means(measure)
                columns = np.ascontiguousarray(values.T)
                found[name] |= {key: columns[i] for i, key in enumerate(keys) if key[2] in (ALL, self.period, WINTER)}
        return found

    def _of_people(self, family: str, measures: tuple[str, ...], beginning: str) -> tuple[Difference, ...]:
        """Return the differences of some measures, of the groups of people whose names begin so."""
        found: list[Pair] = []
        for measure in measures:
            means = {
                name: {
                    key: one
                    for key, one in mine.items()
                    if key[0].startswith(beginning) and key[1:] == (measure, self.period)
                }
                for name, mine in self._means.items()
            }
            found += self._pairs(means, Figure(measure))
        return differences_of(found, self.reference, family)

    def _pairs(self, means: Mapping[str, Mapping[Key, Floats]], figure: Figure) -> list[Pair]:
        """Return each number that the reference and another option share, with its values in both."""
        first = means.get(self.reference, {})
        return [
            Pair(name, key, figure.statistic, first[key], means[name][key])
            for key in first
            for name in self.names[1:]
            if key in means.get(name, {})
        ]


def compare(
    scenarios: Sequence[Scenario],
    n_replications: int = USUAL,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Return scenarios compared with the first of them, the same people through each.

    Parameters
    ----------
    scenarios
        From `bedsim.load`, two or more that observe the same days.
    n_replications
        Of each.
    seed
        Root of all random streams.
    workers
        How many at a time, by default one a core. The numbers do not depend on it.
    progress
        Told how many more replications are finished, those of all scenarios together.

    Returns
    -------
    Comparison
        With every replication finished.

    Raises
    ------
    BedsimError
        If there is nothing to compare, the days differ, or somebody can never move.
    """
    named = check_comparable(scenarios, n_replications)
    blueprints = blueprints_of(named, n_replications)
    percentiles = tuple(figure.measure for figure in HEADLINE if figure.percent)
    done = simulated(blueprints, percentiles, n_replications, seed, workers, progress)
    return Comparison(named, *done, n_replications, seed, hash_over(named))
