"""The means of every replication, as a CSV file: by far the longest table of a run.

Why: it is never in memory as a whole, and writing that of many replications takes longer than all other tables do, so
a copy of this process writes it while it goes on.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from functools import partial
from typing import IO, TYPE_CHECKING

from bedsim.measures.calendar import ALL
from bedsim.report.beside import beside
from bedsim.report.tables import csv_lines, csv_text

if TYPE_CHECKING:
    from pathlib import Path

    from bedsim.analysis.run import Run
    from bedsim.store.atomic import Write

ROWS_AT_ONCE = 256
"""Replications of which the means are in memory while they are written."""
WORTH_A_COPY = 200
"""Replications whose table takes longer to write than a copy to make."""
BLOCK_BYTES = 1 << 20


def replications_file(run: Run) -> Write:
    """Return what writes the file; with many replications it is being made from now on."""
    if run.n_replications < WORTH_A_COPY:
        return partial(_write_at, run)
    try:
        file = tempfile.TemporaryFile(prefix="bedsim-")  # noqa: SIM115 - the copy writes it, and it is read when it has
    except OSError:
        return partial(_write_at, run)
    made = beside(partial(_write, run, file))

    def write(path: Path) -> None:
        try:
            made()
        except OSError:  # there is no room in the temporary folder
            with contextlib.suppress(OSError):
                file.close()
            _write_at(run, path)
            return
        with file, path.open("wb") as there:
            file.seek(0)
            shutil.copyfileobj(file, there, BLOCK_BYTES)

    return write


def _write_at(run: Run, path: Path) -> None:
    with path.open("wb") as file:
        _write(run, file)


def _write(run: Run, file: IO[bytes]) -> None:
    """Write one row a replication, unit and measure, in the vocabulary of the summary, replication by replication.

    Of the whole window alone. The csv module, which would look at every cell for what must be quoted, sees only the
    names.
    """
    file.seek(0)  # a copy that was ended may have begun
    file.truncate()
    slug = csv_lines([(run.scenario.slug,)]).strip()
    file.write(csv_text(("scenario", "replication", "unit", "measure", "statistic", "period", "value"), ()).encode())
    for start in range(0, run.n_replications, ROWS_AT_ONCE):
        part = run.reader.part(slice(start, start + ROWS_AT_ONCE))
        keys, means = part.table(ALL)
        names = [csv_lines([(unit, measure, "mean", period)]).strip() for unit, measure, period in keys]
        for number, row in zip(part.totals.replications.tolist(), means.tolist(), strict=True):
            begin = f"{slug},{number},"
            lines = [f"{begin}{name},{value!r}\r\n" for name, value in zip(names, row, strict=True)]
            file.write("".join(lines).replace(",nan\r\n", ",\r\n").encode())
    file.flush()
