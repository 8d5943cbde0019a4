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
def _first_uniforms(key: Words, n: int) -> Floats:
    made = np.empty((n + 3) // 4 * 4)
    for i in range(0, n, 4):
        a, b, c, d = _block(key[0], key[1], i // 4)
        made[i], made[i + 1], made[i + 2], made[i + 3] = _uniform(a), _uniform(b), _uniform(c), _uniform(d)
    return made[:n]


@jit
def _uniforms_at(keys: Words, stream: Ints, index: Ints, who: Ints) -> Floats:
    """Return for each purpose, and each of `who`, the uniform at its index of its stream."""
    drawn = np.empty((len(keys), len(who)))
    blocks = np.empty((len(keys), 4))
    of_stream, number = -1, -1  # of the blocks at hand: neighbours in `who` are often neighbours in a stream
    for i in range(len(who)):
        k, at = stream[who[i]], index[who[i]]
        if k != of_stream or at >> 2 != number:
            of_stream, number = k, at >> 2
            for p in range(len(keys)):
                a, b, c, d = _block(keys[p, k, 0], keys[p, k, 1], number)
                blocks[p, 0], blocks[p, 1] = _uniform(a), _uniform(b)
                blocks[p, 2], blocks[p, 3] = _uniform(c), _uniform(d)
        for p in range(len(keys)):
            drawn[p, i] = blocks[p, at & 3]
    return drawn


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
