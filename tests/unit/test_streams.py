"""Names of streams and their keys."""

from __future__ import annotations

import numpy as np

from bedsim.streams import key_of, keys_of, shuffler, written


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


def test_names_are_written_part_by_part() -> None:
    """What is written of two tuples joined is what is written of each, joined: keys may be made of parts."""
    assert written((1, 0)) + written(("acute", "é")) == written((1, 0, "acute", "é"))
    assert written(()) == b""


def test_keys_made_of_parts_are_those_of_the_whole_names() -> None:
    """Every ending with every beginning, low word first."""
    beginnings, endings = [("a", 1), ("b",), ()], [("x",), ("y", 2)]
    keys = keys_of([written(names) for names in beginnings], endings)
    assert keys.shape == (2, 3, 2)
    whole = [[key_of((*beginning, *ending)) for beginning in beginnings] for ending in endings]
    assert [[int(low) + (int(high) << 64) for low, high in row] for row in keys] == whole


def test_the_shuffler_of_a_seed_is_always_the_same() -> None:
    """Same seed, same order."""
    assert shuffler(3).random() == shuffler(3).random()
