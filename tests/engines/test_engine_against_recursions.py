"""The engine against recursions over free times, and against Ciw: oracles that know neither rungs nor instants."""

from __future__ import annotations

import heapq
import math

import ciw
import numpy as np
import pytest

from bedsim.engine.simpy_engine import simulate
from bedsim.patients.network import Network
from bedsim.patients.population import NONE, Patients
from tests.networks import Step, build, rungs, unit

N_CASES = 200
TOLERANCE = 1e-9


def _arrivals(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.cumsum(rng.exponential(1.0, n))


def _queue(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Arrivals, needs, patiences and places of a busy single unit."""
    rng = np.random.default_rng(seed)
    places = int(rng.integers(1, 5))
    n = int(rng.integers(20, 60))
    return _arrivals(rng, n), rng.lognormal(0, 1, n) * places * rng.uniform(0.4, 1.2), rng.exponential(2.0, n), places


@pytest.mark.parametrize("batch", range(4))
def test_a_single_unit_first_come_first_served_is_the_kiefer_wolfowitz_recursion(batch: int) -> None:
    """Each person begins at max(arrival, earliest free place)."""
    for seed in range(batch * N_CASES // 4, (batch + 1) * N_CASES // 4):
        arrivals, needs, _, places = _queue(seed)
        stays = simulate(*build([unit(places)], [(a, Step(s)) for a, s in zip(arrivals, needs, strict=True)]))
        free = [0.0] * places
        for i, (arrival, need) in enumerate(zip(arrivals, needs, strict=True)):
            begins = max(arrival, heapq.heappop(free))
            heapq.heappush(free, begins + need)
            assert abs(stays.admitted_day[i] - begins) <= TOLERANCE
            assert abs(stays.left_day[i] - (begins + need)) <= TOLERANCE


@pytest.mark.parametrize("batch", range(4))
@pytest.mark.parametrize("is_loss", [True, False])
def test_loss_and_impatience_are_recursions_over_free_times(batch: int, is_loss: bool) -> None:
    """Who finds no place within the patience (0: at once) goes at arrival + patience; others are served in order."""
    for seed in range(batch * N_CASES // 4, (batch + 1) * N_CASES // 4):
        arrivals, needs, patiences, places = _queue(seed)
        patiences = patiences * (not is_loss)
        people = [(a, Step(s, patience=p)) for a, s, p in zip(arrivals, needs, patiences, strict=True)]
        stays = simulate(*build([unit(places)], people))
        free = [0.0] * places
        for i, (arrival, need, patience) in enumerate(zip(arrivals, needs, patiences, strict=True)):
            begins = max(arrival, free[0])
            if begins > arrival + patience:
                assert stays.unit[i] == NONE
                assert abs(stays.left_day[i] - (arrival + patience)) <= TOLERANCE
            else:
                heapq.heapreplace(free, begins + need)
                assert abs(stays.admitted_day[i] - begins) <= TOLERANCE


def _line(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Arrivals, needs of 2 or 3 stages, and the places of the last unit (the others have one)."""
    rng = np.random.default_rng(seed)
    n, n_stages = int(rng.integers(20, 50)), int(rng.integers(2, 4))
    return _arrivals(rng, n), rng.exponential(0.9, (n, n_stages)), int(rng.integers(1, 4))


def _line_case(arrivals: np.ndarray, needs: np.ndarray, last_places: int) -> tuple[Patients, Network]:
    def route(lengths: np.ndarray, stage: int = 0) -> Step:
        follows = route(lengths, stage + 1) if stage + 1 < len(lengths) else None
        return Step(float(lengths[stage]), rungs((0, stage)), next=follows)

    n_stages = needs.shape[1]
    units = [unit(1, f"unit_{i}") for i in range(n_stages - 1)] + [unit(last_places, "last")]
    return build(units, [(a, route(row)) for a, row in zip(arrivals, needs, strict=True)])


def _line_departures(arrivals: np.ndarray, needs: np.ndarray, last_places: int) -> np.ndarray:
    """Blocking after service: D[n, j] = max(end of n in j, when the next unit has a place for n)."""
    n, n_stages = needs.shape
    left = np.zeros((n, n_stages))
    last_free = [0.0] * last_places
    previous = np.zeros(n_stages)
    for i in range(n):
        begins = max(arrivals[i], previous[0])
        for j in range(n_stages):
            ready = begins + needs[i, j]
            if j == n_stages - 1:
                left[i, j] = ready
                heapq.heappush(last_free, ready)
            else:
                next_free = heapq.heappop(last_free) if j == n_stages - 2 else previous[j + 1]
                begins = left[i, j] = max(ready, next_free)
        previous = left[i]
    return left


@pytest.mark.parametrize("batch", range(4))
def test_a_line_of_units_without_buffers_is_the_blocking_recursion(batch: int) -> None:
    """Units of one place in a row, and a last one of several: everybody waits in the bed before."""
    blocked = 0
    for seed in range(batch * N_CASES // 4, (batch + 1) * N_CASES // 4):
        arrivals, needs, last_places = _line(seed)
        stays = simulate(*_line_case(arrivals, needs, last_places))
        left = _line_departures(arrivals, needs, last_places)
        assert np.abs(stays.left_day - left.ravel()).max() <= TOLERANCE
        blocked += (stays.left_day > stays.go_day).any()
    assert blocked > N_CASES // 8


def test_an_oracle_with_one_place_too_many_is_refused() -> None:
    """The comparison with the recursion can fail: one more place in the last unit is noticed."""
    arrivals, needs, last_places = _line(1)
    stays = simulate(*_line_case(arrivals, needs, last_places))
    assert np.abs(stays.left_day - _line_departures(arrivals, needs, last_places + 1).ravel()).max() > 1e-3


@pytest.mark.parametrize("last_places", [0, 1, 2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ciw_agrees_on_a_queue_and_on_a_blocking_line(last_places: int) -> None:
    """Ciw, given the same arrivals and needs, gives the same stays (last_places 0: one unit of 2 places only)."""
    rng = np.random.default_rng(last_places)
    n, is_line = 60, last_places > 0
    arrivals, needs = _arrivals(rng, n), rng.exponential(1.6 if not is_line else 0.9, (n, 2 if is_line else 1))
    sequence = ciw.dists.Sequential
    gaps = sequence([*np.diff(arrivals, prepend=0.0).tolist(), math.inf])
    network = ciw.create_network(
        arrival_distributions=[gaps, None] if is_line else [gaps],
        service_distributions=[sequence(needs[:, j].tolist()) for j in range(needs.shape[1])],
        number_of_servers=[1, last_places] if is_line else [2],
        queue_capacities=[math.inf, 0] if is_line else [math.inf],
        routing=[[0.0, 1.0], [0.0, 0.0]] if is_line else [[0.0]],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(n, method="Finish")
    records = sorted(simulation.get_all_records(), key=lambda r: (r.id_number, r.node))
    if is_line:
        case = _line_case(arrivals, needs, last_places)
    else:
        case = build([unit(2)], [(a, Step(float(s))) for a, s in zip(arrivals, needs[:, 0], strict=True)])
    stays = simulate(*case)
    assert len(records) == len(stays.row)
    assert np.abs(stays.admitted_day - [r.service_start_date for r in records]).max() <= TOLERANCE
    assert np.abs(stays.left_day - [r.exit_date for r in records]).max() <= TOLERANCE
