"""What a chunk depends on: all the code that makes numbers, the libraries, the scenario and the seed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from bedsim.analysis.fingerprint import LIBRARIES, MAKES_NUMBERS, fingerprint, made_with
from bedsim.analysis.plan import plan_run
from tests.small import small_scenario

ROOT = Path(__file__).parents[3]
MAKE_NO_NUMBERS = (
    "bedsim",
    "bedsim.errors",
    "bedsim.memory",
    "bedsim.threads",
    "bedsim.analysis",
    "bedsim.analysis.chunks",
)
"""They carry, cut or name numbers; `workers` too."""


def test_every_module_that_a_replication_runs_through_is_in_the_fingerprint() -> None:
    """A module of bedsim that is loaded to do a chunk, with either engine, but not hashed would be a silent mixture."""
    code = (
        "import pickle, sys\n"
        "recipes = pickle.load(sys.stdin.buffer)\n"
        "for recipe in recipes: assert recipe.chunk(range(1)).totals\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'bedsim'))"
    )
    script = f"import pickle, sys; from bedsim.analysis.recipe import Recipe; {RECIPES}"
    pickled = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True).stdout
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=pickled, capture_output=True, check=True)
    modules = set(done.stdout.decode().split())
    assert {"bedsim.engine.simpy_engine", "bedsim.engine.compiled"} <= modules
    hashed = tuple(f"bedsim.{place.removesuffix('.py').replace('/', '.')}" for place in MAKES_NUMBERS)
    unhashed = {name for name in modules if not any(name == one or name.startswith(f"{one}.") for one in hashed)}
    assert unhashed <= {*MAKE_NO_NUMBERS, "bedsim.analysis.workers"}


RECIPES = (
    "from bedsim.patients.blueprint import prepare; from tests.small import small_scenario; "
    "blueprint = prepare(small_scenario(), 60); "
    "pickle.dump([Recipe(blueprint, 1, engine) for engine in ('compiled', 'simpy')], sys.stdout.buffer)"
)


def test_the_fingerprint_tells_apart_what_gives_other_numbers() -> None:
    """Scenario, warm-up, seed, engine; the number of replications is no part of it."""
    plan = plan_run(small_scenario(), 3)
    assert fingerprint(plan, 1) == fingerprint(replace(plan, n_replications=99), 1)
    for other in (
        fingerprint(plan, 2),
        fingerprint(replace(plan, engine="simpy"), 1),
        fingerprint(replace(plan, hash="another"), 1),
        fingerprint(replace(plan, warm_up=replace(plan.warm_up, days=61)), 1),
    ):
        assert other != fingerprint(plan, 1)
    assert {"bedsim's code", "machine", *LIBRARIES} == set(made_with())
