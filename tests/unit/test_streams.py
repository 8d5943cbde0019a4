"""Named streams of uniforms."""

from __future__ import annotations

import numpy as np

from bedsim.streams import key_of, shuffler, uniforms


def test_a_longer_request_begins_with_the_same_numbers() -> None:
    """A person's uniform does not depend on how many others there are."""
    assert np.array_equal(uniforms((1, 0, "acute"), 10), uniforms((1, 0, "acute"), 1_000)[:10])


def test_streams_do_not_depend_on_one_another() -> None:
    """Drawing from one stream in between changes nothing."""
    before = uniforms(("a",), 5)
    uniforms(("b",), 500)
    assert np.array_equal(uniforms(("a",), 5), before)


def test_different_names_give_different_keys() -> None:
    """Neither shifting a letter, nor a number written as text, nor the order makes two tuples meet."""
    names = [
        ("a", "bc"),
        ("ab", "c"),
        ("abc",),
        (1, "a"),
        ("1", "a"),
        ("a", 1),
        (),
        ("",),
        ("", ""),
        ("a;str:1:b",),
        ("a", "b"),
    ]
    assert len({key_of(name) for name in names}) == len(names)


def test_numbers_of_numpy_name_the_same_stream_as_plain_numbers() -> None:
    """Same seed, same bits, whether the seed is an int or a NumPy integer."""
    assert key_of((np.int64(7), "a")) == key_of((7, "a"))


def test_uniforms_are_at_least_0_and_below_1_and_uniform() -> None:
    """Mean 1/2 and variance 1/12 within 5 standard errors, over many streams as within one."""
    within = uniforms(("x",), 100_000)
    across = np.array([uniforms(("x", i), 1)[0] for i in range(5_000)])
    for sample in (within, across):
        assert ((sample >= 0) & (sample < 1)).all()
        assert abs(sample.mean() - 0.5) < 5 * np.sqrt(1 / 12 / len(sample))
        assert abs(sample.var() - 1 / 12) < 5 * np.sqrt(1 / 180 / len(sample))


def test_the_first_numbers_of_a_stream_are_those_of_the_committed_scheme() -> None:
    """Philox under the SHA-256 of the names: results published under a seed can be had again."""
    key = key_of((1, 0, "acute"))
    assert np.array_equal(uniforms((1, 0, "acute"), 4), np.random.Generator(np.random.Philox(key=key)).random(4))
    assert shuffler(3).random() == shuffler(3).random()
