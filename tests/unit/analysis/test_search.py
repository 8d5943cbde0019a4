"""The search over whole numbers: it finds the first, whatever the guess, and looks at few."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bedsim.analysis.search import first_within


@given(first=st.integers(-60, 60), guess=st.integers(-200, 200), step=st.integers(1, 20))
def test_the_first_is_found_from_any_guess_with_any_step(first: int, guess: int, step: int) -> None:
    """Of something that holds from a number on; from the lowest on, the lowest; never, None."""
    lowest, highest = -50, 50
    truth = None if first > highest else max(first, lowest)
    assert first_within(lambda n: -1 if n >= first else 1, guess, lowest, highest, step) == truth


@given(first=st.integers(0, 2000), guess=st.integers(0, 2000), step=st.integers(1, 20))
def test_few_numbers_are_looked_at_and_those_at_the_answer_are(first: int, guess: int, step: int) -> None:
    """About twice the logarithm of the distance; the answer held when it was looked at, the one before did not."""
    looked: dict[int, bool] = {}

    def excess(n: int) -> float:
        looked[n] = n >= first
        return -1.0 if looked[n] else 1.0

    found = first_within(excess, guess, 0, 2000, step)
    assert found == first
    assert looked[found]
    assert first == 0 or not looked[found - 1]
    assert len(looked) <= 3 + 2 * (abs(first - guess) // step + 1).bit_length() + step.bit_length()


@given(holds=st.lists(st.booleans(), min_size=1, max_size=40), guess=st.integers(-3, 43), step=st.integers(1, 9))
def test_what_is_not_monotone_still_gives_a_border(holds: list[bool], guess: int, step: int) -> None:
    """Noise may break the order: the answer still holds, and the number before it does not."""
    found = first_within(lambda n: -1.0 if holds[n] else 1.0, guess, 0, len(holds) - 1, step)
    assert found is not None or not holds[-1]
    if found is not None:
        assert holds[found]
        assert found == 0 or not holds[found - 1]


@given(first=st.integers(1, 2000), guess=st.integers(0, 2000), slope=st.floats(0.01, 5), offset=st.floats(0.001, 0.999))
def test_along_a_straight_line_a_handful_of_looks_do(first: int, guess: int, slope: float, offset: float) -> None:
    """From far away: the guess, a step, then steps of up to four times, each twice the one before, and the border."""
    looked: set[int] = set()

    def excess(n: int) -> float:
        looked.add(n)
        return slope * (first - offset - n)

    assert first_within(excess, guess, 0, 4000, 16) == first
    assert len(looked) <= 6 + (abs(first - guess) // 64).bit_length()


@given(
    values=st.lists(st.floats(-5, 5) | st.sampled_from([math.inf, -math.inf]), min_size=1, max_size=60),
    guess=st.integers(0, 60),
    step=st.integers(1, 20),
    slack=st.integers(0, 5),
)
def test_whatever_falls_however_is_found_to_within_the_slack(
    values: list[float], guess: int, step: int, slack: int
) -> None:
    """Steep, flat or infinite: the answer is within the limit, and a number not more than the slack below is not."""
    falling = sorted(values, reverse=True)
    truth = next((n for n, value in enumerate(falling) if value <= 0), None)
    found = first_within(lambda n: falling[n], guess, 0, len(falling) - 1, step, slack)
    assert (found is None) == (truth is None)
    if found is not None and truth is not None:
        assert truth <= found <= truth + slack
