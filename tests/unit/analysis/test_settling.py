"""MSER-5 and Welch on series whose end of filling is known."""

from __future__ import annotations

import numpy as np
import pytest

from bedsim.analysis.settling import BAND_ERRORS, BAND_FRACTION, WINDOW_DAYS, mser_5, welch

N_REPLICATIONS, N_DAYS, LEVEL, SD = 40, 1200, 100.0, 5.0


def filling(transient: np.ndarray, seed: int = 1) -> np.ndarray:
    """Return replications of an autoregression (0.9 from day to day) around 100, with a transient on top."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.0, SD * np.sqrt(1 - 0.9**2), (N_REPLICATIONS, N_DAYS))
    noise[:, 0] = rng.normal(0.0, SD, N_REPLICATIONS)
    for day in range(1, N_DAYS):
        noise[:, day] += 0.9 * noise[:, day - 1]
    return LEVEL + transient + noise


def step(days: int, by: float = -LEVEL) -> np.ndarray:
    """Return a transient that is there for so many days and then gone."""
    return np.where(np.arange(N_DAYS) < days, by, 0.0)


def test_mser_5_cuts_by_hand() -> None:
    """Batches of five with means 0, 10, 10, 12, 8, 10, 10: variances over what is left are least after the first."""
    batches = [0.0, 10.0, 10.0, 12.0, 8.0, 10.0, 10.0]
    left = [np.var(batches[d:]) / (7 - d) for d in range(2)]
    assert left[1] < left[0]
    assert mser_5(np.repeat(batches, 5)) == 5


def test_mser_5_is_the_rule_written_out() -> None:
    """Of all cuts but those that leave five batches or fewer, that with the least sum of squares over n squared."""
    series = filling(step(300, -20.0)).mean(axis=0)
    batches = np.array([np.mean(series[i : i + 5]) for i in range(0, N_DAYS, 5)])
    errors = [np.sum((batches[d:] - np.mean(batches[d:])) ** 2) / (240 - d) ** 2 for d in range(235)]
    assert mser_5(series) == 5 * int(np.argmin(errors))


@pytest.mark.parametrize("days", [50, 200, 500])
def test_both_rules_find_where_a_step_ends(days: int) -> None:
    """MSER-5 cuts at the step or up to three weeks later; Welch's window reaches it half a window before or after."""
    series = filling(step(days))
    found = mser_5(series.mean(axis=0))
    assert found is not None
    assert days <= found <= days + 20
    near = welch(series).day
    assert near is not None
    assert days <= near <= days + WINDOW_DAYS // 2


def test_an_exponential_filling_is_found_where_it_has_gone() -> None:
    """100 (1 - exp(-t/26)) is 1% short after 120 days and 0.2% after 160: both rules cut between 50 and 200 days."""
    series = filling(-LEVEL * np.exp(-np.arange(N_DAYS) / 26))
    found, near = mser_5(series.mean(axis=0)), welch(series).day
    assert found is not None
    assert near is not None
    assert 50 <= found <= 200
    assert 50 <= near <= 200


def test_a_series_without_transient_is_not_cut_by_welch_and_little_by_mser_5() -> None:
    """Ten series that begin settled: Welch gives day 0; MSER-5 leaves at least four fifths in all but chance cases."""
    found = [(mser_5(series.mean(axis=0)), welch(series).day) for series in (filling(step(0), s) for s in range(10))]
    assert sum(day == 0 for _, day in found) >= 9
    assert sum(cut is not None and cut <= N_DAYS / 5 for cut, _ in found) >= 8


def test_a_series_that_keeps_growing_never_settles() -> None:
    """A queue that grows by half a person a day: neither rule gives a day."""
    series = filling(0.5 * np.arange(N_DAYS))
    assert mser_5(series.mean(axis=0)) is None
    assert welch(series).day is None


def test_welchs_band_is_two_percent_or_what_chance_does() -> None:
    """Without noise 2% of the mean; with noise four standard errors of the moving average, here of AR(0.9)."""
    steady = welch(np.full((3, 400), 50.0))
    assert (steady.mean, steady.band, steady.day) == (50.0, pytest.approx(BAND_FRACTION * 50), 0)
    series = filling(step(0)) - 60.0
    lags = np.arange(-WINDOW_DAYS + 1, WINDOW_DAYS)
    variance = SD**2 * np.sum((WINDOW_DAYS - np.abs(lags)) * 0.9 ** np.abs(lags)) / WINDOW_DAYS**2
    assert welch(series).band == pytest.approx(BAND_ERRORS * np.sqrt(variance / N_REPLICATIONS), rel=0.1)


def test_too_short_a_series_has_no_cut() -> None:
    """Five batches or fewer say nothing."""
    assert mser_5(np.arange(25.0)) is None
