"""The targets of speed, and whether a bench reached them: each is judged by the median of the rounds."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.experiments import CIW, OUR_SIMPY, SIMPY, C, Commands, Timed, run_name
from benchmarks.pieces import SIMULATE, WHOLE
from benchmarks.timing import Sample

MOST_MB = 400.0
STRETCH_MB = 200.0


@dataclass(frozen=True)
class Row:
    """A line of the table of targets; `reached` is stretch, target, missed or not measured."""

    what: str
    target: str
    stretch: str
    measured: str
    reached: str


def at_least(what: str, target: float, stretch: float, ratio: Sample) -> Row:
    """Return the row of a ratio that should be large."""
    reached = "stretch" if ratio.median >= stretch else "target" if ratio.median >= target else "missed"
    return Row(what, f"≥ {target:g}x", f"{stretch:g}x", shown(ratio, "x"), reached)


def at_most(what: str, target: float, stretch: float, values: Sample, unit: str = "x") -> Row:
    """Return the row of a ratio, or of seconds, that should be small."""
    reached = "stretch" if values.median <= stretch else "target" if values.median <= target else "missed"
    return Row(what, f"≤ {target:g}{unit}", f"{stretch:g}{unit}", shown(values, unit), reached)


def shown(values: Sample, unit: str) -> str:
    """Return the median and the range as text.

    >>> shown(Sample((2.0, 1.0, 4.0)), " s")
    '2.00 s (1.00 to 4.00)'
    """
    low, high = values.range
    return f"{_digits(values.median)}{unit} ({_digits(low)} to {_digits(high)})"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def target_rows(ward: Timed, option_1: Timed, growth: dict[str, Timed], commands: Commands) -> list[Row]:
    """Return the table of targets."""
    usual = growth["132 beds, 5 years, as planned"].per_patient
    many = run_name(commands.many, 2)
    return [
        at_least(
            "option 1, draw + simulate + measure, against idiomatic SimPy of the same network",
            60,
            120,
            option_1.seconds[SIMPY] / option_1.seconds[WHOLE],
        ),
        at_least(
            "one ward, draw + simulate + measure, against idiomatic SimPy",
            70,
            150,
            ward.seconds[SIMPY] / ward.seconds[WHOLE],
        ),
        _against_c(ward),
        at_least(
            "option 1, simulate, compiled against our SimPy engine",
            100,
            200,
            option_1.seconds[OUR_SIMPY] / option_1.seconds[SIMULATE],
        ),
        at_most(
            "time per patient at three times the demand against one",
            1.5,
            1.2,
            growth["three times the demand"].per_patient / usual,
        ),
        at_least("one ward, whole replication, against Ciw", 150, 400, ward.seconds[CIW] / ward.seconds[WHOLE]),
        at_most(
            f"`bedsim run scenarios/option-1.yaml --replications {commands.many}`, start to verdict, warm cache",
            10,
            4,
            commands.wall[many],
            " s",
        ),
        at_most(f"the same, {commands.few} replications", 3.5, 1.5, commands.wall[run_name(commands.few, 2)], " s"),
        at_least(
            f"two workers against one, {commands.many:,} replications, whole command",
            1.8,
            1.95,
            commands.wall[run_name(commands.many, 1)] / commands.wall[many],
        ),
        at_most("time per patient at 1,320 beds against 132", 1.5, 1.2, growth["1,320 beds"].per_patient / usual),
        _memory(commands),
    ]


def _against_c(ward: Timed) -> Row:
    what = "one ward, simulate with the general kernel, against a C loop of that ward"
    if C not in ward.seconds:
        return Row(what, "≤ 2.5x", "1.3x", "no C compiler here", "not measured")
    return at_most(what, 2.5, 1.3, ward.seconds[SIMULATE] / ward.seconds[C])


def _memory(commands: Commands) -> Row:
    many, most = commands.peak_mb[commands.many], commands.peak_mb[commands.most]
    is_flat = most <= 1.1 * many
    reached = "stretch" if is_flat and most <= STRETCH_MB else "target" if is_flat and most <= MOST_MB else "missed"
    return Row(
        f"peak memory, {commands.most:,} replications against {commands.many:,}",
        f"≤ 1.1x, under {MOST_MB:g} MB",
        f"{STRETCH_MB:g} MB",
        f"{most / many:.2f}x, {most:.0f} MB",
        reached,
    )
