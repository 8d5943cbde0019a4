"""What is measured: one ward, option 1, growth, and whole commands."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bedsim.analysis.ranges import n_at_range_ends
from bedsim.analysis.warm_up import choose_warm_up
from bedsim.engine import simpy_engine
from bedsim.patients.blueprint import prepare
from bedsim.scenario.load import load
from benchmarks import one_ward_ciw, one_ward_simpy, option_1_simpy
from benchmarks.agreement import days_of, network_in_simpy, same_days, ward_in_c, ward_in_ciw, ward_in_simpy
from benchmarks.one_ward_c import compile_one_ward, compiler
from benchmarks.pieces import DRAW, MEASURE, SIMULATE, Case, cases, pieces
from benchmarks.timing import ROOT, Ran, Sample, command, interleaved, peak_memory
from benchmarks.ward import Ward

SIMPY, CIW, C, OUR_SIMPY = "SimPy", "Ciw", "C", "our SimPy engine"
OPTION_1 = ROOT / "scenarios" / "option-1.yaml"
N_CASES = 4
WARD = Ward()
GROWN = {
    "132 beds, 5 years, as planned": WARD,
    "13 beds": replace(WARD, beds=13, referrals_per_day=6.0 * 13 / 132),
    "1,320 beds": replace(WARD, beds=1_320, referrals_per_day=60.0),
    "1 year": replace(WARD, observed_days=365),
    "20 years": replace(WARD, observed_days=7_305),
    "twice the demand": replace(WARD, referrals_per_day=12.0),
    "three times the demand": replace(WARD, referrals_per_day=18.0),
}
"""Each differs from the first in one thing; demand goes with the beds."""


@dataclass(frozen=True)
class Timed:
    """Processor seconds of one replication, by what was done, and how many people it has."""

    seconds: dict[str, Sample]
    n_patients: float

    @property
    def per_patient(self) -> Sample:
        """Seconds a person of drawing, simulating and measuring."""
        return (self.seconds[DRAW] + self.seconds[SIMULATE] + self.seconds[MEASURE]) / self.n_patients


def time_one_ward(n_rounds: int) -> Timed:
    """Time the ward in every program."""
    blueprint = WARD.blueprint()
    known = cases(blueprint, N_CASES)
    works = {
        SIMPY: lambda i: one_ward_simpy.replication(WARD, i),
        CIW: lambda i: one_ward_ciw.replication(WARD, i),
        OUR_SIMPY: lambda i: simpy_engine.simulate(known[i % N_CASES].patients, blueprint.network),
        **pieces(blueprint, known),
    }
    patients, stays = known[0].patients, known[0].stays
    agreed = {
        SIMPY: same_days(days_of(stays), ward_in_simpy(WARD, patients)[0]),
        CIW: same_days(days_of(stays), ward_in_ciw(WARD, patients)[0]),
        OUR_SIMPY: stays.equals(simpy_engine.simulate(patients, blueprint.network)),
    }
    with tempfile.TemporaryDirectory() as folder:
        if compiler() is not None:
            one_ward = compile_one_ward(Path(folder))
            works[C] = lambda i: one_ward(known[i % N_CASES].patients, WARD.beds, float(WARD.observed_days))
            in_c = zip(days_of(stays), ward_in_c(WARD, patients, one_ward), strict=True)
            agreed[C] = all(a.tobytes() == b.tobytes() for a, b in in_c)
        _refuse_disagreement("one ward", agreed)
        return Timed(interleaved(works, n_rounds), _mean_people(known))


def time_option_1(n_rounds: int) -> Timed:
    """Time option 1 in SimPy and in both engines."""
    scenario = load(OPTION_1)
    blueprint = prepare(scenario, choose_warm_up(scenario).days)
    known = cases(blueprint, N_CASES)
    patients, stays = known[0].patients, known[0].stays
    works = {
        SIMPY: lambda i: option_1_simpy.replication(scenario, blueprint.warm_up_days, i),
        OUR_SIMPY: lambda i: simpy_engine.simulate(known[i % N_CASES].patients, blueprint.network),
        **pieces(blueprint, known),
    }
    order = stays.requested_day.argsort()
    agreed = {
        SIMPY: same_days([days[order] for days in days_of(stays)], network_in_simpy(blueprint, patients)[0]),
        OUR_SIMPY: stays.equals(simpy_engine.simulate(patients, blueprint.network)),
    }
    _refuse_disagreement("option 1", agreed)
    return Timed(interleaved(works, n_rounds), _mean_people(known))


def time_growth(n_rounds: int) -> dict[str, Timed]:
    """Time the compiled engine on wards of other sizes, interleaved."""
    works, n_patients = {}, {}
    for name, ward in GROWN.items():
        blueprint = ward.blueprint()
        known = cases(blueprint, 2)
        n_patients[name] = _mean_people(known)
        works |= {
            (name, part): work for part, work in pieces(blueprint, known).items() if part in (DRAW, SIMULATE, MEASURE)
        }
    seconds = interleaved(works, n_rounds)
    return {
        name: Timed({part: seconds[name, part] for part in (DRAW, SIMULATE, MEASURE)}, n_patients[name])
        for name in GROWN
    }


def _refuse_disagreement(what: str, agreed: dict[str, bool]) -> None:
    """Say who gives bedsim's people the same stays; stop if anybody does not."""
    for program, is_same in agreed.items():
        print(f"{what}: bedsim's people have {'the same' if is_same else 'OTHER'} stays in {program}", file=sys.stderr)
    assert all(agreed.values()), f"{what}: a program does not simulate the same thing"


def _mean_people(known: list[Case]) -> float:
    return statistics.mean(case.patients.n_patients for case in known)


@dataclass(frozen=True)
class Commands:
    """What whole commands took: wall seconds a round, processor seconds, memory and bytes."""

    wall: dict[str, Sample]
    cpu: dict[str, Sample]
    peak_mb: dict[int, float]
    """By number of replications."""
    folder_bytes: dict[int, int]
    """Likewise: what the run leaves on disk."""
    few: int
    many: int
    most: int

    def per_replication(self, of_few: float, of_many: float) -> float:
        """Return what each further replication adds, those at the range ends counted."""
        return (of_many - of_few) / (_n_run(self.many) - _n_run(self.few))

    @property
    def cpu_seconds(self) -> tuple[float, float]:
        """Processor seconds of a run: what each replication adds, and what every run costs beside them."""
        few, many = (self.cpu[name].median for name in (run_name(self.few, 1), run_name(self.many, 1)))
        each = self.per_replication(few, many)
        return each, few - each * _n_run(self.few)

    @property
    def bytes_on_disk(self) -> tuple[float, float]:
        """Bytes of a run's folder: what each replication adds, and what every run leaves beside them."""
        few, many = self.folder_bytes[self.few], self.folder_bytes[self.many]
        each = self.per_replication(few, many)
        return each, few - each * _n_run(self.few)


def _n_run(n_replications: int) -> int:
    return n_replications + 2 * n_at_range_ends(n_replications)


HELP, FIRST, COLD = "bedsim --help", "one replication", "one replication, nothing compiled yet"


def run_name(n_replications: int, workers: int) -> str:
    """Return what a run of option 1 is called in the tables."""
    return f"{n_replications:,} replications, {workers} worker{'s' if workers > 1 else ''}"


def time_commands(n_rounds: int, few: int, many: int, most: int) -> Commands:
    """Time whole commands, interleaved; then look at memory and at what is left on disk."""
    taken: dict[str, list[Ran]] = {}
    folder_bytes = {}
    _run(1)  # compiles once; every command after it finds the cache warm
    for _ in range(n_rounds):
        for n, workers in ((few, 1), (few, 2), (many, 1), (many, 2), (20, 2)):
            ran, folder_bytes[n] = _run(n, workers)
            taken.setdefault(run_name(n, workers), []).append(ran)
        taken.setdefault(FIRST, []).append(_run(1)[0])
        taken.setdefault(HELP, []).extend(command("--help") for _ in range(3))
    with tempfile.TemporaryDirectory() as cache:
        taken[COLD] = [_run(1, environment={"NUMBA_CACHE_DIR": cache})[0]]
    peak_mb = {}
    for n in (20, many, most):
        looks = 1 if n == most else n_rounds  # a short run's peak is easily missed between two looks
        peak_mb[n] = max(_peak(n) for _ in range(looks))
    return Commands(
        wall={name: Sample(tuple(ran.wall_seconds for ran in runs)) for name, runs in taken.items()},
        cpu={name: Sample(tuple(ran.cpu_seconds for ran in runs)) for name, runs in taken.items()},
        peak_mb=peak_mb,
        folder_bytes=folder_bytes,
        few=few,
        many=many,
        most=most,
    )


def _run(n_replications: int, workers: int = 2, environment: dict[str, str] | None = None) -> tuple[Ran, int]:
    """Run option 1 into a fresh folder; return what it took and the bytes it left."""
    with _arguments(n_replications, workers) as (arguments, out):
        ran = command(*arguments, environment=environment)
        return ran, sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def _peak(n_replications: int) -> float:
    with _arguments(n_replications, 2) as (arguments, _):
        return peak_memory(*arguments)


@contextmanager
def _arguments(n_replications: int, workers: int) -> Iterator[tuple[list[str], Path]]:
    with tempfile.TemporaryDirectory() as out:
        numbers = ["--replications", str(n_replications), "--workers", str(workers)]
        yield ["run", str(OPTION_1), *numbers, "--out", out, "--quiet"], Path(out)
