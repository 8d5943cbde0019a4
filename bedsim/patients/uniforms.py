"""Uniforms of named streams, compiled: any words of a stream, for many streams at once.

Why: what a person draws is the word at the person's index of a stream that only that purpose has, so drawing is mostly
the making of words. NumPy makes a generator for each stream, and every word up to the last. The numbers here are
those of `numpy.random.Generator(numpy.random.Philox(key)).random`, bit for bit, which a test demands.

Philox4x64-10 (Salmon and others, 2011) turns a counter into a block of four words; NumPy counts blocks from 1, and a
uniform is the top 53 bits of a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

from bedsim.jit import jit
from bedsim.streams import Name, keys_of, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]

U64 = np.uint64
MULTIPLIERS = U64(0xD2E7470EE14C6C93), U64(0xCA5A826395121157)
WEYL = U64(0x9E3779B97F4A7C15), U64(0xBB67AE8584CAA73B)
STEP = 2.0**-53
AT_A_TIME = 1_024
"""People whose words are made together: few enough for the processor's nearest memory."""


@dataclass(frozen=True)
class PersonalUniforms:
    """The uniforms of everybody of a replication: a stream for each origin and purpose, a word for each person."""

    beginnings: tuple[bytes, ...]
    """What the names of each origin's streams begin with, as `written`."""
    origin: Ints
    index: Ints

    def of(self, who: Ints, *purposes: tuple[Name, ...]) -> Floats:
        """Return the uniforms of some people, by number, for some purposes; shape (purposes, people)."""
        return _uniforms_at(keys_of(self.beginnings, purposes), self.origin, self.index, who)


def uniforms(names: tuple[Name, ...], n: int) -> Floats:
    """Return the first `n` uniforms on [0, 1) of the stream with these names.

    A longer request returns the same numbers and then more.

    >>> bool((uniforms(("seed", 1), 3) == uniforms(("seed", 1), 9)[:3]).all())
    True
    """
    return _first_uniforms(keys_of([written(names)], [()])[0, 0], n)


def _type_and_code_of_product(_context: Any, a: Any, b: Any) -> Any:
    """Tell numba of the product of two words, as a high and a low one: an instruction that Python has no name for."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = args[0].type
        double = type(word)(128)  # llvmlite's integer type of so many bits
        product = builder.mul(builder.zext(args[0], double), builder.zext(args[1], double))
        words = builder.trunc(builder.lshr(product, double(64)), word), builder.trunc(product, word)
        return context.make_tuple(builder, signature.return_type, words)

    words: Any = types.UniTuple(a, 2)  # type: ignore[no-untyped-call]  # numba carries few types
    return words(a, b), generate


_product = cast("Callable[[U64, U64], tuple[U64, U64]]", intrinsic(_type_and_code_of_product))


@jit
def fill(made: Floats, key: Words, first: int) -> None:
    """Fill an array with the uniforms of a stream from one of them on; both in fours, which is a block."""
    n_blocks = len(made) // 4
    numbers = np.arange(first // 4, first // 4 + n_blocks)
    _put_blocks(made, key[0], key[1], numbers, 0, n_blocks)


@jit
def _first_uniforms(key: Words, n: int) -> Floats:
    made = np.empty((n + 3) // 4 * 4)
    fill(made, key, 0)
    return made[:n]


@jit
def _uniforms_at(keys: Words, stream: Ints, index: Ints, who: Ints) -> Floats:
    """Return for each purpose, and each of `who`, the uniform at its index of its stream."""
    drawn, words = np.empty((len(keys), len(who))), np.empty(4 * AT_A_TIME)
    for first in range(0, len(who), AT_A_TIME):
        some = who[first : first + AT_A_TIME]
        word, numbers, starts, ends = _needed_blocks(keys.shape[1], stream, index, some)
        for p in range(len(keys)):
            for k in range(len(ends)):
                _put_blocks(words, keys[p, k, 0], keys[p, k, 1], numbers, starts[k], ends[k])
            for i in range(len(some)):
                drawn[p, first + i] = words[word[i]]
    return drawn


@jit
def _needed_blocks(n_streams: int, stream: Ints, index: Ints, who: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return which word of which block everybody needs, and the blocks' numbers, stream by stream, from where to where.

    Of a stream, neighbours in `who` are often neighbours, so that a block serves several of them. There are no branches
    here, since no processor could foretell them.
    """
    starts, last = np.zeros(n_streams + 1, dtype=np.int64), np.full(n_streams, -1)
    for person in who:
        starts[stream[person] + 1] += 1
    for k in range(n_streams):
        starts[k + 1] += starts[k]
    ends = starts[:-1].copy()
    word, numbers = np.empty(len(who), dtype=np.int64), np.empty(len(who), dtype=np.int64)
    for i in range(len(who)):
        k, at = stream[who[i]], index[who[i]]
        number = at >> 2
        ends[k] += number != last[k]
        last[k] = number
        numbers[ends[k] - 1] = number
        word[i] = 4 * (ends[k] - 1) + (at & 3)
    return word, numbers, starts, ends


@jit
def _put_blocks(made: Floats, key_0: U64, key_1: U64, numbers: Ints, start: int, end: int) -> None:
    """Put the uniforms of some blocks of a stream where they belong, two at a time: a processor makes both at once."""
    for i in range(start, end - 1, 2):
        a, b, c, d = U64(numbers[i] + 1), U64(0), U64(0), U64(0)
        e, f, g, h = U64(numbers[i + 1] + 1), U64(0), U64(0), U64(0)
        round_0, round_1 = key_0, key_1
        for _ in range(10):
            high_0, low_0 = _product(MULTIPLIERS[0], a)
            high_1, low_1 = _product(MULTIPLIERS[1], c)
            high_2, low_2 = _product(MULTIPLIERS[0], e)
            high_3, low_3 = _product(MULTIPLIERS[1], g)
            a, b, c, d = high_1 ^ b ^ round_0, low_1, high_0 ^ d ^ round_1, low_0
            e, f, g, h = high_3 ^ f ^ round_0, low_3, high_2 ^ h ^ round_1, low_2
            round_0 += WEYL[0]
            round_1 += WEYL[1]
        j = 4 * i
        made[j], made[j + 1], made[j + 2], made[j + 3] = _uniform(a), _uniform(b), _uniform(c), _uniform(d)
        made[j + 4], made[j + 5], made[j + 6], made[j + 7] = _uniform(e), _uniform(f), _uniform(g), _uniform(h)
    if (end - start) % 2:
        a, b, c, d = _block(key_0, key_1, numbers[end - 1])
        j = 4 * (end - 1)
        made[j], made[j + 1], made[j + 2], made[j + 3] = _uniform(a), _uniform(b), _uniform(c), _uniform(d)


@jit
def _block(key_0: U64, key_1: U64, number: int) -> tuple[U64, U64, U64, U64]:
    """Return the four words of a block, numbered from 0."""
    a, b, c, d = U64(number + 1), U64(0), U64(0), U64(0)
    for _ in range(10):
        high_0, low_0 = _product(MULTIPLIERS[0], a)
        high_1, low_1 = _product(MULTIPLIERS[1], c)
        a, b, c, d = high_1 ^ b ^ key_0, low_1, high_0 ^ d ^ key_1, low_0
        key_0 += WEYL[0]
        key_1 += WEYL[1]
    return a, b, c, d


@jit
def _uniform(word: U64) -> float:
    return np.int64(word >> U64(11)) * STEP
