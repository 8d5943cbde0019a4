"""Chunks on disk: what comes back is what was kept, or it is said and done again."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bedsim.analysis.nobody import is_like, nobody
from bedsim.analysis.recipe import Recipe
from bedsim.errors import BedsimError
from bedsim.measures.histograms import Histograms
from bedsim.measures.totals import Totals, merge
from bedsim.patients.blueprint import prepare
from bedsim.scenario.schema import Scenario
from bedsim.store.chunks import ChunkFolder, NotAChunkError, bytes_of, totals_from
from tests.bits import same_bits
from tests.small import small_tree
from tests.unit.measures.test_totals import made_up

MADE_FROM = {"scenario": "abc", "seed": "1", "numpy": "2.4"}


def chunk(part: range) -> Totals:
    """Return made-up totals of a range of replications."""
    return merge((made_up(number) for number in part), part)


def sealed(payload: bytes) -> bytes:
    """Return a file whose checksum is right, whatever it holds."""
    return hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def test_a_chunk_comes_back_bit_for_bit() -> None:
    """Every number, NaN and sign and what needs 64 bits included, every key and every type."""
    totals = chunk(range(4, 9))
    next(iter(totals.histograms.values())).counts[0] = 2**40
    next(iter(totals.rows.values()))[0, 0] = -0.0
    assert same_bits(totals_from(bytes_of(totals, MADE_FROM), MADE_FROM, range(4, 9)), totals)


def test_a_flipped_bit_anywhere_and_a_cut_anywhere_are_noticed() -> None:
    """A checksum over the whole content: no byte can change and none can be missing."""
    content = bytes_of(chunk(range(2)), MADE_FROM)
    for place in {*range(0, len(content), 97), 63, 64, 65, len(content) - 1}:
        flipped = bytearray(content)
        flipped[place] ^= 1
        for damaged in (bytes(flipped), content[:place]):
            with pytest.raises(NotAChunkError, match="damaged"):
                totals_from(damaged, MADE_FROM, range(2))


def test_a_chunk_made_from_anything_else_is_foreign() -> None:
    """Another seed, another library, one thing more or less: the sentence names what differs."""
    content = bytes_of(chunk(range(2)), MADE_FROM)
    for other, named in (
        ({**MADE_FROM, "seed": "2"}, "seed"),
        ({**MADE_FROM, "numpy": "2.5", "seed": "3"}, "seed, numpy"),
        ({**MADE_FROM, "numba": "1"}, "numba"),
        ({"scenario": "abc", "seed": "1"}, "numpy"),
    ):
        with pytest.raises(NotAChunkError, match=rf"something else \({named}\)"):
            totals_from(content, other, range(2))
    with pytest.raises(NotAChunkError, match="other replications"):
        totals_from(content, MADE_FROM, range(1, 3))


def test_a_hostile_file_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    """With a checksum that is right: a pickle, a bomb, an array, text, rows of others - none is a chunk."""

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "trapped",)

    def packed(save: object = np.savez, **changes: object) -> bytes:
        with np.load(io.BytesIO(bytes_of(chunk(range(2)), MADE_FROM)[65:])) as file:
            arrays = {name: file[name] for name in file.files} | changes
        buffer = io.BytesIO()
        save(buffer, **arrays)  # type: ignore[operator]
        return buffer.getvalue()

    array = io.BytesIO()
    np.save(array, np.zeros(3))
    hostile = {
        "a pickle": packed(unit_days_by_year=np.array([Trap()], dtype=object)),
        "a bomb": packed(np.savez_compressed, more=np.zeros(10_000_000)),
        "an array": array.getvalue(),
        "text": b"replications",
        "nothing": b"",
        "rows of others": packed(spells=np.zeros((3, 1), dtype=np.uint8)),
        "counts below 0": packed(spells=np.full((2, 1), -1)),
        "histograms that do not fit": packed(**{"waits starts": np.array([0, 1, 10**9])}),
        "histograms that overlap": packed(**{"waits starts": np.array([0, 3, 1, 2]), "waits counts": np.ones(2)}),
        "a deep nest": packed(made_from=np.frombuffer(b"[" * 100_000, dtype=np.uint8)),
        "a list": packed(made_from=np.frombuffer(b"[]", dtype=np.uint8)),
    }
    assert same_bits(totals_from(sealed(packed()), MADE_FROM, range(2)), chunk(range(2)))
    for name, payload in hostile.items():
        with pytest.raises(NotAChunkError):
            totals_from(sealed(payload), MADE_FROM, range(2))
        assert not (tmp_path / "trapped").exists(), name


def test_chunks_that_overlap_are_never_counted_twice(tmp_path: Path) -> None:
    """Two runs that cut otherwise left 0-9, 5-14 and 10-24: what is taken shares no replication, and fits in n."""
    kept = ChunkFolder(tmp_path, MADE_FROM, said := [].append)
    for part in (range(10), range(5, 15), range(10, 25)):
        kept.keep(chunk(part))
    for n, expected in ((25, 25), (24, 10), (15, 10), (9, 0)):
        found = list(ChunkFolder(tmp_path, MADE_FROM, said).finished(n))
        assert sum(map(len, found)) == expected, n
        numbers = [number for totals in found for number in totals.replications.tolist()]
        assert len(set(numbers)) == len(numbers)


def test_a_chunk_that_cannot_be_used_is_said_once_and_done_again(tmp_path: Path) -> None:
    """The file is named with what is wrong and goes; the others are counted; other files in the folder stay."""
    kept = ChunkFolder(tmp_path, MADE_FROM, lambda sentence: None)
    for start in range(0, 40, 10):
        kept.keep(chunk(range(start, start + 10)))
    (tmp_path / "000030-000039.npz").write_bytes(b"short")
    (tmp_path / "notes.npz").write_bytes(b"mine")
    said: list[str] = []
    other = ChunkFolder(tmp_path, {**MADE_FROM, "seed": "2"}, said.append)
    assert list(other.finished(40)) == []
    assert [
        "000000-000009.npz was made from something else (seed); done again." in said[0],
        "000030-000039.npz is damaged" in said[1],
        said[2].startswith("2 more of the chunks in"),
    ] == [True, True, True], said
    assert len(said) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["notes.npz"]


def test_how_many_were_finished_before_is_said(tmp_path: Path) -> None:
    """The sentence a user sees when the same command goes on."""
    ChunkFolder(tmp_path, MADE_FROM, print).keep(chunk(range(3)))
    said: list[str] = []
    list(ChunkFolder(tmp_path, MADE_FROM, said.append).finished(5))
    assert said == [f"3 of 5 replications were finished before ({tmp_path})."]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """Exit code 2 and what is kept, not a traceback."""
    (tmp_path / "chunks").write_text("a file where the folder should be")
    kept = ChunkFolder(tmp_path / "chunks", MADE_FROM, print)
    with pytest.raises(BedsimError, match=r"cannot be written \(.*\). The 0 replications finished before are kept"):
        kept.keep(chunk(range(3)))


def test_a_chunk_of_other_shapes_is_done_again_although_its_checksum_is_right(tmp_path: Path) -> None:
    """A column less, or a line of a histogram more: said and removed where a run goes on, a sentence where it is read.

    The twin: without knowing the shapes it is taken, and merging it is an error of the program.
    """
    part = range(3)
    good = chunk(part)
    name = next(name for name, values in good.rows.items() if values.shape[1:] != (0,))
    narrow = replace(good, rows={**good.rows, name: good.rows[name][:, :-1]})
    waits = good.histograms["waits"]
    more = Histograms(waits.counts, np.append(waits.starts, waits.starts[-1]))
    for wrong in (narrow, replace(good, histograms={**good.histograms, "waits": more})):
        ChunkFolder(tmp_path, MADE_FROM, print).keep(wrong)
        said: list[str] = []
        with pytest.raises(BedsimError, match="shapes differ"):
            ChunkFolder(tmp_path, MADE_FROM, said.append, lambda: good).read(3)
        (taken,) = ChunkFolder(tmp_path, MADE_FROM, said.append).finished(3)
        with pytest.raises(AssertionError, match="two scenarios are merged"):
            merge([taken, chunk(range(3, 5))], range(5))
        assert list(ChunkFolder(tmp_path, MADE_FROM, said.append, lambda: good).finished(3)) == []
        assert "shapes differ); done again." in said[-1]
        assert not list(tmp_path.iterdir())
    ChunkFolder(tmp_path, MADE_FROM, print).keep(good)
    assert len(list(ChunkFolder(tmp_path, MADE_FROM, print, lambda: good).finished(3))) == 1


def test_nobody_has_the_shapes_of_everybody() -> None:
    """What a chunk is compared with is like any replication of the scenario, and unlike one of another scenario."""
    blueprint = prepare(Scenario.model_validate(small_tree()), 100)
    assert is_like(Recipe(blueprint, 1).replication(0), nobody(blueprint))
    tree = small_tree()
    tree["units"]["more"] = {"kind": "community_hospital", "places": 2}
    assert not is_like(nobody(prepare(Scenario.model_validate(tree), 100)), nobody(blueprint))
