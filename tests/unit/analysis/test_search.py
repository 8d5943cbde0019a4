"""The search over whole numbers: it finds the first, whatever the guess, and looks at few."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bedsim.analysis.search import first_true


@given(first=st.integers(-60, 60), guess=st.integers(-200, 200), step=st.integers(1, 20))
def test_the_first_is_found_from_any_guess_with_any_step(first: int, guess: int, step: int) -> None:
    """Of something that holds from a number on; from the lowest on, the lowest; never, None."""
    lowest, highest = -50, 50
    truth = None if first > highest else max(first, lowest)
    assert first_true(lambda n: n >= first, guess, lowest, highest, step) == truth


@given(first=st.integers(0, 2000), guess=st.integers(0, 2000), step=st.integers(1, 20))
def test_few_numbers_are_looked_at_and_those_at_the_answer_are(first: int, guess: int, step: int) -> None:
    """About twice the logarithm of the distance; the answer held when it was looked at, the one before did not."""
    looked: dict[int, bool] = {}

    def holds(n: int) -> bool:
        looked[n] = n >= first
        return looked[n]

    found = first_true(holds, guess, 0, 2000, step)
    assert found == first
    assert looked[found]
    assert first == 0 or not looked[found - 1]
    assert len(looked) <= 3 + 2 * (abs(first - guess) // step + 1).bit_length() + step.bit_length()


@given(holds=st.lists(st.booleans(), min_size=1, max_size=40), guess=st.integers(-3, 43), step=st.integers(1, 9))
def test_what_is_not_monotone_still_gives_a_border(holds: list[bool], guess: int, step: int) -> None:
    """Noise may break the order: the answer still holds, and the number before it does not."""
    found = first_true(lambda n: holds[n], guess, 0, len(holds) - 1, step)
    assert found is not None or not holds[-1]
    if found is not None:
        assert holds[found]
        assert found == 0 or not holds[found - 1]
