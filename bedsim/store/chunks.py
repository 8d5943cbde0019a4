"""Finished chunks on disk: what makes a run go on where it was stopped.

Why: a thousand replications must not be lost to a power cut, nor done twice because more are wanted. A chunk is one
file, named after its replications: a line with the checksum of the rest, then arrays as NumPy keeps them (.npz). It
holds no code, and names all that its numbers depend on. One that is damaged, or comes from elsewhere, is said, removed
and done again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.fingerprint import fingerprint
from bedsim.errors import BedsimError
from bedsim.measures.totals import COUNTS, Totals
from bedsim.store.atomic import remove_old_drafts, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from bedsim.analysis.conduct import Keep
    from bedsim.analysis.plan import Plan
    from bedsim.measures.statistics import Key

    Ints = NDArray[np.int64]

FORMAT = "1"
"""Of the file; a change of what is below makes earlier chunks foreign."""
SUFFIX = ".npz"
Say = Callable[[str], None]


class NotAChunkError(Exception):
    """A file that cannot be taken for the chunk its name says, and why."""


def chunks_in(folder: Path, seed: int, say: Say) -> Keep:
    """Return where a run keeps its chunks: below its folder, those of each range end apart, and of each program.

    Two engines, versions or machines that run the same scenario leave one another's chunks alone.

    Parameters
    ----------
    folder
        The run's own; made when the first chunk is kept.
    seed
        Of the run.
    say
        Is told, in a sentence, of chunks that are there already and of those that cannot be used.

    Returns
    -------
    Keep
        For `bedsim.analysis.conduct`.
    """

    def keep(name: str, plan: Plan) -> ChunkFolder:
        made_from = {"format": FORMAT, **fingerprint(plan, seed)}
        own = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:8]
        return ChunkFolder(folder / (f"chunks-{name}" if name else "chunks") / own, made_from, say)

    return keep


class ChunkFolder:
    """The chunks of one plan and seed."""

    def __init__(self, folder: Path, made_from: Mapping[str, str], say: Say) -> None:
        self.folder = folder
        self.made_from = dict(made_from)
        self.say = say
        self.n_kept = 0
        """Replications that are safe on disk: found, or kept since."""
        self._refused: Counter[str] = Counter()

    def finished(self, n_replications: int) -> Iterator[Totals]:
        """Yield chunks of replications 0 to n - 1, none of which share a replication; say how many were there."""
        remove_old_drafts(self.folder)
        free_from = 0
        for part in sorted(self._parts(), key=lambda part: (part.start, -part.stop)):
            if free_from <= part.start and part.stop <= n_replications and (totals := self.find(part)) is not None:
                free_from = part.stop
                yield totals
        for reason, n in self._refused.items():
            if n > 1:
                self.say(f"{n - 1} more of the chunks in {self.folder} {reason}; done again.")
        if self.n_kept:
            self.say(f"{self.n_kept} of {n_replications} replications were finished before ({self.folder}).")

    def find(self, part: range) -> Totals | None:
        """Return a chunk if it is there and whole; one that is not is said and removed."""
        path = self._path(part)
        try:
            totals = totals_from(path.read_bytes(), self.made_from, part)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BedsimError(f"the chunk {path} cannot be read ({error.strerror or error}).") from None
        except NotAChunkError as error:
            self._refused[str(error)] += 1
            if self._refused[str(error)] == 1:
                self.say(f"the chunk {path} {error}; done again.")
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        self.n_kept += len(totals)
        return totals

    def keep(self, totals: Totals) -> None:
        """Keep a finished chunk: it is on disk, whole, when this returns."""
        first, last = int(totals.replications[0]), int(totals.replications[-1])
        path = self._path(range(first, last + 1))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, bytes_of(totals, self.made_from))
        except OSError as error:
            raise BedsimError(
                f"the chunk {path} cannot be written ({error.strerror or error}). The {self.n_kept} replications "
                "finished before are kept there; with room on the disk the same command goes on from them."
            ) from None
        self.n_kept += len(totals)

    def _path(self, part: range) -> Path:
        return self.folder / f"{part.start:06d}-{part.stop - 1:06d}{SUFFIX}"

    def _parts(self) -> Iterator[range]:
        """Yield the replications of every file that is named like a chunk."""
        for path in self.folder.glob(f"[0-9]*{SUFFIX}"):
            first, _, last = path.stem.partition("-")
            if first.isdecimal() and last.isdecimal():
                part = range(int(first), int(last) + 1)
                if part and self._path(part) == path:
                    yield part


def bytes_of(totals: Totals, made_from: Mapping[str, str]) -> bytes:
    """Return a chunk as the content of a file."""
    about = {
        "made_from": dict(made_from),
        "mean_keys": totals.mean_keys,
        "maximum_keys": totals.maximum_keys,
        "histograms": [(*key, len(counts)) for key, counts in totals.histograms.items()],
        "weekly": [(*key, counts.shape[1]) for key, counts in totals.weekly.items()],
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        "replications": totals.replications,
        "means": totals.means,
        "maxima": _smallest(totals.maxima),
        "histograms": _smallest(np.concatenate([*totals.histograms.values(), _NONE])),
        "weekly": _smallest(np.concatenate([*totals.weekly.values()], axis=1)),
        **{name: _smallest(totals.counts[name]) for name in COUNTS},
    }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    payload = buffer.getvalue()
    return hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def totals_from(content: bytes, made_from: Mapping[str, str], part: range) -> Totals:
    """Return the chunk that a file's content is.

    Parameters
    ----------
    content
        Of the file; whoever can write the folder may have made it.
    made_from
        What the chunk must depend on.
    part
        The replications it must hold.

    Returns
    -------
    Totals
        Bit for bit those that were kept.

    Raises
    ------
    NotAChunkError
        Saying in what way it is not that chunk.
    """
    digest, newline, payload = content[:64], content[64:65], content[65:]
    if newline != b"\n" or hashlib.sha256(payload).hexdigest().encode() != digest:
        raise NotAChunkError("is damaged (its content does not agree with its checksum)")
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as file:
            if sum(member.file_size for member in file.zip.infolist()) > len(payload):
                raise ValueError("compressed, which a chunk never is")
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays["about"].tobytes())
        found = about["made_from"]
        differs = [name for name in {**made_from, **found} if found.get(name) != made_from.get(name)]
        if differs:
            raise NotAChunkError(f"was made from something else ({', '.join(differs)})")
        totals = _totals(about, arrays)
    except NotAChunkError:
        raise
    except Exception:  # whatever NumPy may raise of a file that somebody else has made
        raise NotAChunkError("cannot be read as a chunk") from None
    if not np.array_equal(totals.replications, part):
        raise NotAChunkError("holds other replications than its name says")
    return totals


_NONE = np.zeros(0, dtype=np.int64)


def _totals(about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Totals:
    means, maxima = arrays["means"], arrays["maxima"]
    mean_keys, maximum_keys = _keys(about["mean_keys"]), _keys(about["maximum_keys"])
    n = len(arrays["replications"])
    if means.shape != (n, len(mean_keys)) or maxima.shape != (n, len(maximum_keys)):
        raise ValueError("rows and keys do not fit")
    if any(len(arrays[name]) != n or arrays[name].min(initial=0) < 0 for name in COUNTS):
        raise ValueError("these are not counts of the replications")
    return Totals(
        replications=arrays["replications"].astype(np.int64),
        mean_keys=mean_keys,
        means=means.astype(np.float64),
        maximum_keys=maximum_keys,
        maxima=maxima.astype(np.int32),
        counts={name: arrays[name].astype(np.int32) for name in COUNTS},
        histograms=_cut(about["histograms"], arrays["histograms"].astype(np.int64)),
        weekly=_cut(about["weekly"], arrays["weekly"].astype(np.int64)),
    )


def _keys(pairs: list[list[str]]) -> tuple[Key, ...]:
    return tuple((unit, measure) for unit, measure in pairs)


def _cut(widths: list[tuple[str, str, int]], joined: Ints) -> dict[Key, Ints]:
    """Return arrays that were joined along their last axis, by key."""
    ends = np.cumsum([width for _, _, width in widths])
    if joined.shape[-1] != ends[-1]:
        raise ValueError("counts and widths do not fit")
    parts = np.split(joined, ends[:-1], axis=-1)
    return {(unit, measure): part for (unit, measure, _), part in zip(widths, parts, strict=True)}


def _smallest(counts: NDArray[Any]) -> NDArray[Any]:
    """Return counts in the smallest type that holds them: a tenth of the room."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
