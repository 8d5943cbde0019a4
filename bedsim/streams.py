"""Named random streams: how a stream of random numbers gets its key.

Why: the same person must walk into every scenario. Each uniform is a function of names (seed, replication, stream,
stage, visit, purpose) and of its position, and of nothing else: Philox, a counter-based generator, under a key hashed
from the names. No stream depends on how much was drawn from another, and replication k needs no other to exist.
`patients.uniforms` makes the numbers.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Name = str | int


def written(names: tuple[Name, ...]) -> bytes:
    """Return names as they are hashed, each with its type and length; of two tuples joined, what they are joined.

    So ("a", "bc") and ("ab", "c"), or 1 and "1", cannot meet.

    >>> written(("a",)) + written(("bc", 1)) == written(("a", "bc", 1))
    True
    """
    return b"".join(map(_written, names))


def key_of(names: tuple[Name, ...]) -> int:
    """Return the 128-bit Philox key of a tuple of names; different tuples give different keys.

    >>> key_of(("a", "bc")) == key_of(("ab", "c"))
    False
    """
    return int.from_bytes(_digest(written(names)), "little")


def keys_of(beginnings: Sequence[bytes], endings: Sequence[tuple[Name, ...]]) -> NDArray[np.uint64]:
    """Return the keys of streams whose names begin and end in several ways, each as its low and high word.

    Shape (number of endings, number of beginnings, 2); beginnings are as `written`.

    >>> low, high = keys_of([written(("a",))], [("bc",)])[0, 0]
    >>> int(low) + (int(high) << 64) == key_of(("a", "bc"))
    True
    """
    words = bytearray().join([_digest(beginning + end) for end in map(written, endings) for beginning in beginnings])
    return np.frombuffer(words, dtype="<u8").astype(np.uint64, copy=False).reshape(len(endings), len(beginnings), 2)


def shuffler(seed: int) -> np.random.Generator:
    """Return a generator for shuffling the order of events inside an instant, which must change nothing."""
    return np.random.Generator(np.random.Philox(key=key_of(("shuffle", seed))))


def resampler(seed: int) -> np.random.Generator:
    """Return a generator for drawing replications anew from those simulated (bootstrap)."""
    return np.random.Generator(np.random.Philox(key=key_of(("resample", seed))))


@lru_cache(maxsize=8_192, typed=True)
def _written(name: Name) -> bytes:
    # few names stand in many tuples; a number of NumPy is the same name as a plain one
    return f"{'str' if isinstance(name, str) else 'int'}:{len(str(name))}:{name};".encode()


def _digest(names: bytes) -> bytes:
    return hashlib.sha256(names).digest()[:16]
