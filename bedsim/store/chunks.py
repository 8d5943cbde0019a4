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
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.analysis.fingerprint import fingerprint
from bedsim.analysis.nobody import is_like, nobody
from bedsim.analysis.precision import EVERY
from bedsim.errors import BedsimError
from bedsim.measures.histograms import Histograms
from bedsim.measures.totals import HISTOGRAMS, ROWS, Totals, merge
from bedsim.store.atomic import remove_old_drafts, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from bedsim.analysis.plan import Plan

FORMAT = "3"
"""Of the file; a change of what is below makes earlier chunks foreign."""
SUFFIX = ".npz"
AGAIN = "Try the same `bedsim run` command again: it"
"""Begins what to try; what is finished and whole is not done twice."""
COUNTS, STARTS = " counts", " starts"
"""After the name of histograms: their two arrays."""
Say = Callable[[str], None]


class NotAChunkError(Exception):
    """A file that cannot be taken for the chunk its name says, and why."""


def chunks_in(folder: Path, seed: int, say: Say) -> Callable[[str, Plan], ChunkFolder]:
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
    Callable[[str, Plan], ChunkFolder]
        For `bedsim.analysis.conduct`.
    """

    def keep(name: str, plan: Plan) -> ChunkFolder:
        made_from = {"format": FORMAT, **fingerprint(plan, seed)}
        if plan.precision is not None:  # then chunks are cut for the looks
            made_from["looks"] = str(EVERY)
        own = hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:8]
        chunks = folder / (f"chunks-{name}" if name else "chunks") / own
        return ChunkFolder(chunks, made_from, say, partial(nobody, plan.blueprint))

    return keep


class ChunkFolder:
    """The chunks of one plan and seed; `like` gives totals of the shapes that they must have."""

    def __init__(
        self, folder: Path, made_from: Mapping[str, str], say: Say, like: Callable[[], Totals] | None = None
    ) -> None:
        self.folder = folder
        self.made_from = dict(made_from)
        self.say = say
        self._like = like
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

    def read(self, n_replications: int) -> Totals:
        """Return replications 0 to n - 1; BedsimError if not all are here, and whole. Nothing is removed."""
        found: list[Totals] = []
        free_from = 0
        for part in sorted(self._parts(), key=lambda part: (part.start, -part.stop)):
            if part.start == free_from and part.stop <= n_replications:
                found.append(self._whole(self._path(part), part))
                free_from = part.stop
        if free_from < n_replications:
            self._refuse_foreign()
            raise BedsimError(
                f"replications {free_from} to {n_replications - 1} are not in {self.folder}. {AGAIN} does them."
            )
        return merge(found, range(n_replications))

    def _whole(self, path: Path, part: range) -> Totals:
        """Return a chunk; BedsimError if it is not the one its name says."""
        try:
            return self._read(path, part)
        except OSError as error:
            raise BedsimError(f"the chunk {path} cannot be read ({error.strerror or error}).") from None
        except NotAChunkError as error:
            raise BedsimError(f"the chunk {path} {error}. {AGAIN} mends it.") from None

    def _read(self, path: Path, part: range) -> Totals:
        totals = totals_from(path.read_bytes(), self.made_from, part)
        if self._usual is not None and not is_like(totals, self._usual):
            raise NotAChunkError("holds numbers of another scenario (their shapes differ)")
        return totals

    @cached_property
    def _usual(self) -> Totals | None:
        return None if self._like is None else self._like()

    def _refuse_foreign(self) -> None:
        """Say in what way the chunks that are there instead were made from something else; nothing if none are."""
        if not self.folder.exists():
            for path in sorted(self.folder.parent.glob(f"*/[0-9]*{SUFFIX}")):
                self._whole(path, range(0))

    def find(self, part: range) -> Totals | None:
        """Return a chunk if it is there and whole; one that is not is said and removed."""
        path = self._path(part)
        try:
            totals = self._read(path, part)
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
    arrays: dict[str, NDArray[Any]] = {
        "made_from": np.frombuffer(json.dumps(dict(made_from)).encode(), dtype=np.uint8),
        "replications": totals.replications,
        **{name: rows if ROWS[name] is np.float64 else _smallest(rows) for name, rows in totals.rows.items()},
    }
    for name, histograms in totals.histograms.items():
        arrays |= {f"{name}{COUNTS}": _smallest(histograms.counts), f"{name}{STARTS}": _smallest(histograms.starts)}
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
        found = json.loads(arrays["made_from"].tobytes())
        differs = [name for name in {**made_from, **found} if found.get(name) != made_from.get(name)]
        if differs:
            raise NotAChunkError(f"was made from something else ({', '.join(differs)})")
        totals = _totals(arrays)
    except NotAChunkError:
        raise
    except Exception:  # whatever NumPy may raise of a file that somebody else has made
        raise NotAChunkError("cannot be read as a chunk") from None
    if not np.array_equal(totals.replications, part):
        raise NotAChunkError("holds other replications than its name says")
    return totals


def _totals(arrays: dict[str, NDArray[Any]]) -> Totals:
    n = len(arrays["replications"])
    rows = {name: arrays[name].astype(kind, order="C") for name, kind in ROWS.items()}
    if any(len(values) != n for values in rows.values()):
        raise ValueError("these are not rows of the replications")
    if any(values.min(initial=0) < 0 for values in rows.values() if values.dtype == np.int32):
        raise ValueError("these are not counts")
    return Totals(
        replications=arrays["replications"].astype(np.int64),
        rows=rows,
        histograms={name: _histograms(arrays[name + COUNTS], arrays[name + STARTS]) for name in HISTOGRAMS},
    )


def _histograms(counts: NDArray[Any], starts: NDArray[Any]) -> Histograms:
    histograms = Histograms(counts.astype(np.int64), starts.astype(np.int64))
    edges = histograms.starts
    if edges[0] != 0 or edges[-1] != len(histograms.counts) or (np.diff(edges) < 0).any() or counts.min(initial=0) < 0:
        raise ValueError("counts and where they begin do not fit")
    return histograms


def _smallest(counts: NDArray[Any]) -> NDArray[Any]:
    """Return counts in the smallest type that holds them: a tenth of the room."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
