"""Where the tracks of a unit, read together, change."""

from __future__ import annotations

import numpy as np
import pytest

from bedsim.patients.steps import Steps, covered, steps
from bedsim.patients.track_changes import SLIP, changes

START, END = -10.0, 50.0


def random_tracks(rng: np.random.Generator) -> list[Steps]:
    """Places, accepting, hours, gate, infection and spot; on few instants, so that several change at once."""

    def times() -> np.ndarray:
        return np.unique(rng.integers(-14, 56, 9) / 1.5)

    def track(values: list[float]) -> Steps:
        return steps(days := times(), rng.choice(values, len(days)), rng.choice(values))

    whole = [0.0, 3.0, 7.0] if rng.random() < 0.7 else [7.0, np.inf]
    return [track(values) for values in (whole, [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.3, 1.0], [0.0, 2.0])]


def as_columns(tracks: list[Steps]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Laid end to end."""
    days, values = (np.concatenate(columns) for columns in zip(*tracks, strict=True))
    return days, values, np.cumsum([len(track.days) for track in tracks])


@pytest.mark.parametrize("seed", range(20))
def test_a_unit_changes_where_its_tracks_say_and_nowhere_else(seed: int) -> None:
    """As read at every instant of any track, a step at a time; what is the same as just before is no change."""
    tracks = random_tracks(np.random.default_rng(seed))
    found = changes(*as_columns(tracks), (START, END), 7.0)
    state: list[tuple[float, ...]] = [(7.0, True), (7.0, True), (0.0, True), (0.0, True)]
    expected: list[list[tuple[float, float, bool]]] = [[], [], [], []]
    instants = np.unique(np.concatenate([track.days for track in tracks]))
    for instant in [START, *instants[(instants > START) & (instants < END)].tolist()]:
        written, accepting, hours, gate, part, spot = (track.at(np.array([instant]))[0] for track in tracks)
        there = written + spot
        closed = 0.0 if gate or np.isinf(there) else np.ceil(there * part - SLIP)
        opened, accepts = 0.0 if gate else there - closed, bool(accepting and hours and not gate and part < 1)
        now = [(opened, accepts), (opened, True), (there if gate else 0.0, True), (closed, True)]
        for rows, before, after in zip(expected, state, now, strict=True):
            if before != after:
                rows.append((instant, *after))  # type: ignore[arg-type]
        state = now  # type: ignore[assignment]
    rows = [list(zip(*(column.tolist() for column in columns), strict=True)) for columns in found]
    assert rows == expected
    assert len(rows[0]) > 3


def test_intervals_cover_what_any_of_them_does() -> None:
    """Whether they meet, touch, lie in one another or have no length, in whatever order they come; and never twice."""
    rng = np.random.default_rng(4)
    at = np.arange(-8, 90) / 4
    for _ in range(200):
        begins = rng.integers(0, 40, rng.integers(0, 9)) / 2
        ends = begins + rng.integers(0, 9, len(begins)) / 2
        found = covered(begins, ends, 0.5)
        inside = ((begins <= at[:, None]) & (at[:, None] < ends)).any(axis=1)
        assert found.at(at).tolist() == (0.5 * inside).tolist()
        assert (np.diff(found.days) >= 0).all()
        assert found.values.tolist() == [0.0, *[0.5, 0.0] * (len(found.days) // 2)]


def test_a_track_may_bind_from_a_day_on() -> None:
    """Before it another value holds; from it on the track's own, also where it changes on that very day."""
    track = steps([1.0, 4.0, 9.0], [5.0, 6.0, 7.0], 2.0)
    for day in (0.5, 1.0, 3.0, 4.0, 20.0):
        at = np.array([-5.0, 0.5, 0.9, 1.0, 3.9, 4.0, 8.0, 9.0, 30.0])
        assert track.since(day, 8.0).at(at).tolist() == np.where(at < day, 8.0, track.at(at)).tolist()
