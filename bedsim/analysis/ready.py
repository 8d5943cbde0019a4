"""Making ready: the compiled functions are loaded, or compiled, before the work is shared out.

Why: the first command on a machine compiles for some time, and a program that says nothing looks as if it hung. Whether
the functions are in the cache shows only when they are called, so a tiny scenario is run and, if that takes long, said.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import date
from threading import Timer
from typing import TYPE_CHECKING, Any

from bedsim.errors import BedsimError

if TYPE_CHECKING:
    from bedsim.engine.choose import Engine
    from bedsim.patients.blueprint import Blueprint

QUIET_SECONDS = 4.0
"""Loading from the cache takes some tenths of a second, a few times as long on a busy machine."""
COMPILING = "Compiling once, about 40 s."
TINY: dict[str, Any] = {
    "time": {"start": date(2026, 1, 1), "run_length_days": 7, "warm_up_days": 0, "cool_down_days": 0},
    "localities": {"north": {}, "south": {}},
    "segments": {"well": {"population": 900.0}, "frail": {"population": 100.0}},
    "units": {
        "ward": {
            "kind": "care_home",
            "places": 1,
            "spot": {"places": 1, "chance": 0.5, "review_days": 7},
            "closures": {"per_year": 1.0, "duration_days": {"exponential": {"mean": 5}}, "part": 1.0},
        },
        "away": {"kind": "out_of_area", "places": "unlimited"},
    },
    "pathways": {
        "rehab": {
            "first": {
                "needed_days": {"lognormal": {"mean": 5, "cv": 0.7}},
                "ladder": ({"units": ("ward",)}, {"after_days": 1, "units": ("away",)}),
                "then": {
                    "home": {"share": 0.5, "transfer_days": {"exponential": {"mean": 2}}},
                    "more": {"share": 0.5, "next": "more"},
                },
            },
            "more": {"needed_days": {"exponential": {"mean": 3}}, "ladder": ({"units": ("away",)},)},
        }
    },
    "streams": {
        "acute": {
            "pathway": "rehab",
            "referrals": {"per_day": 1.0},
            "localities": {"shares": {"north": 0.5, "south": 0.5}},
            "segments": {"shares": {"well": 0.5, "frail": 0.5}},
        }
    },
    "levers": {
        "coordinators": {
            "start": date(2026, 1, 1),
            "care_coordination": {"coordinators": 1, "caseload": 1, "episode_days": 7.0},
        }
    },
}


def make_ready(engine: Engine, say: Callable[[str], None], use: Callable[[Blueprint], object] | None = None) -> None:
    """Run a tiny scenario, and say so if that takes long; people are drawn by compiled code whichever the engine.

    `use`: what is done with it, if less than a whole replication with its measures.
    """
    from bedsim.analysis.recipe import Recipe
    from bedsim.patients.blueprint import prepare
    from bedsim.scenario.schema import Scenario

    timer = Timer(QUIET_SECONDS, say, (COMPILING,))
    timer.daemon = True
    timer.start()
    try:
        tiny = prepare(Scenario.model_validate(TINY), 0)
        Recipe(tiny, 0, engine).chunk(range(1)) if use is None else use(tiny)
    except OSError as error:
        raise BedsimError(
            f"the compiled engine cannot be kept on disk ({error.strerror or error}); nothing was simulated. "
            "Try to make room, or set NUMBA_CACHE_DIR to a folder with some."
        ) from None
    finally:
        timer.cancel()
        timer.join()  # a process of several threads is not copied
    gc.freeze()  # what is loaded now stays: no search for garbage, here or in a copy of this process, looks at it again
