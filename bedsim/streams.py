"""Named random streams: the only maker of random numbers.

Why: the same person must walk into every scenario. Each uniform is a function of names (seed, replication, stream,
stage, visit, purpose) and of its position, and of nothing else: Philox, a counter-based generator, under a key hashed
from the names. No stream depends on how much was drawn from another, and replication k needs no other to exist.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Name = str | int


def key_of(names: tuple[Name, ...]) -> int:
    """Return the 128-bit Philox key of a tuple of names; different tuples give different keys.

    Each name is written with its type and length before it is hashed, so that ("a", "bc") and ("ab", "c"), or 1 and
    "1", cannot meet.

    >>> key_of(("a", "bc")) == key_of(("ab", "c"))
    False
    """
    # a number of NumPy is the same name as a plain one
    kinds = ("str" if isinstance(name, str) else "int" for name in names)
    text = "".join(f"{kind}:{len(str(name))}:{name};" for kind, name in zip(kinds, names, strict=True))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")


def uniforms(names: tuple[Name, ...], n: int) -> NDArray[np.float64]:
    """Return the first `n` uniforms on [0, 1) of the stream with these names.

    A longer request returns the same numbers and then more.

    >>> bool((uniforms(("seed", 1), 3) == uniforms(("seed", 1), 9)[:3]).all())
    True
    """
    return np.random.Generator(np.random.Philox(key=key_of(names))).random(n)


def shuffler(seed: int) -> np.random.Generator:
    """Return a generator for shuffling the order of events inside an instant, which must change nothing."""
    return np.random.Generator(np.random.Philox(key=key_of(("shuffle", seed))))
