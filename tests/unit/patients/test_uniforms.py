"""Uniforms of named streams: the bits of NumPy's Philox, whichever of them are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from bedsim.patients.uniforms import PersonalUniforms, uniforms
from bedsim.streams import key_of, written

NAMES = [(1, 0, "acute"), ("",), (2**70, "é", -3), ("a", "bc"), tuple(range(40))]


def of_numpy(names: tuple[str | int, ...], n: int) -> np.ndarray:
    """The committed scheme: results published under a seed can be had again."""
    return np.random.Generator(np.random.Philox(key=key_of(names))).random(n)


@pytest.mark.parametrize("names", NAMES)
def test_the_numbers_of_a_stream_are_those_of_numpy(names: tuple[str | int, ...]) -> None:
    """Philox under the SHA-256 of the names, bit for bit, at every length about a block and at a long one."""
    for n in (*range(10), 100_003):
        assert np.array_equal(uniforms(names, n), of_numpy(names, n))
    assert not np.array_equal(uniforms(names, 9), of_numpy((*names, "x"), 9))


def test_a_person_has_the_word_at_their_index_of_the_stream_of_their_origin() -> None:
    """For several purposes at once, whoever is asked for and in whatever order, the indexes far apart or equal."""
    origins = [("a", "layer 0 forward"), ("a", "layer 0 backward"), ("b", "booked")]
    rng = np.random.default_rng(5)
    origin = rng.integers(0, 3, 2_000)
    index = np.where(rng.random(2_000) < 0.5, rng.integers(0, 9, 2_000), rng.integers(0, 50_000, 2_000))
    index[:3] = 0, 49_999, 49_999
    personal = PersonalUniforms(tuple(written((7, *names)) for names in origins), origin, index)
    purposes = [("need",), ("patience", "leave", "home", 1)]
    drawn = {(i, p): of_numpy((7, *origins[i], *p), 50_000) for i in range(3) for p in purposes}
    for who in (np.arange(2_000), rng.permutation(2_000)[:900], np.arange(0)):
        found = personal.of(who, *purposes)
        assert found.shape == (2, len(who))
        for row, purpose in zip(found, purposes, strict=True):
            assert row.tolist() == [drawn[int(origin[i]), purpose][index[i]] for i in who]


def test_a_longer_request_begins_with_the_same_numbers() -> None:
    """A person's uniform does not depend on how many others there are."""
    assert np.array_equal(uniforms((1, 0, "acute"), 10), uniforms((1, 0, "acute"), 1_000)[:10])


def test_streams_do_not_depend_on_one_another() -> None:
    """Drawing from one stream in between changes nothing."""
    before = uniforms(("a",), 5)
    uniforms(("b",), 500)
    assert np.array_equal(uniforms(("a",), 5), before)


def test_uniforms_are_at_least_0_and_below_1_and_uniform() -> None:
    """Mean 1/2 and variance 1/12 within 5 standard errors, over many streams as within one."""
    within = uniforms(("x",), 100_000)
    across = np.array([uniforms(("x", i), 1)[0] for i in range(5_000)])
    for sample in (within, across):
        assert ((sample >= 0) & (sample < 1)).all()
        assert abs(sample.mean() - 0.5) < 5 * np.sqrt(1 / 12 / len(sample))
        assert abs(sample.var() - 1 / 12) < 5 * np.sqrt(1 / 180 / len(sample))
