"""What one pass over a run's stays reads, and what it finds.

Why: the pass is compiled, so its inputs and its results are arrays under names, made once by `yardstick` and
`midnights`; the names stand here, beside what they mean, and `tally` says what is added to what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

UNIT_DAYS = ("occupied", "transfer", "leave_time", "no_place", "wait_days", "delay_days", "los_days")
OCCUPIED, TRANSFER, LEAVE_TIME, NO_PLACE, WAIT_DAYS, DELAY_DAYS, LOS_DAYS = range(7)
"""Bed-days of the window: occupied, and the three parts of those by people ready to go; days of people's waits, and of
their delays and stays where these have ended."""
UNIT_COUNTS = ("admissions", "discharges", "waits", "waited", "stays")
ADMISSIONS, DISCHARGES, WAITS, WAITED, STAYS = range(5)
"""Moves in the window; of people referred in it, admissions, those after a wait, and stays that have ended."""
PEOPLE_DAYS = ("request_days", "acute_days_lost")
REQUEST_DAYS, ACUTE_DAYS_LOST = range(2)
"""Days of people's waits for a planned bed; acute bed-days of the window lost to such waits."""
PEOPLE_COUNTS = ("referred", "unfinished", "requests", "requests_waited", "unfinished_waits", "asked", "sent_away")
REFERRED, UNFINISHED, REQUESTS, REQUESTS_WAITED, UNFINISHED_WAITS, ASKED, SENT_AWAY = range(7)
"""Of people referred in the window: they, those with no outcome at the end of the run, their requests for a planned
bed, those that waited and those that still wait then. Admissions in the window that asked for a planned bed; those of
them to out of area."""

GROUP_MIDNIGHTS = ("midnight_census", "delayed_beds")
SYSTEM_MIDNIGHTS = ("waiting", "in_escalation", "in_out_of_area", "overflow", "demand_beds", "demand_beds_no_delay")
"""Numbers of people at each midnight: of every group, and of the system alone."""
MARKED_MIDNIGHTS = ("overflow_days", "above_days")
"""Midnights that are counted: 1 with any overflow, 1 with demand above the planned beds open then."""
SEGMENT_MIDNIGHTS = (*GROUP_MIDNIGHTS, *SYSTEM_MIDNIGHTS, "overflow_days")
CENSUS, READY, WAITING, IN_ESCALATION, IN_OUT_OF_AREA = range(5)
"""Those of each segment: of its people, in planned beds where the system's are."""


class Rules(NamedTuple):
    """What the pass needs to know of the scenario; made once, by `yardstick`."""

    month_of_day: Ints
    """(n_days,) the window is [0, n_days)."""
    month_starts: Ints
    year_of_month: Ints
    end_day: float
    """End of the run."""
    n_outcomes: int
    n_homes: int
    """Localities, and one more for people without."""
    n_segments: int
    route: Ints
    """One a stream."""
    waits_in_acute: Bools
    """One a stream: are its people in an acute bed while they hold no place?"""
    is_acute: Bools
    """One a unit."""
    is_out_of_area: Bools
    is_planned: Bools
    counts_among: Ints
    """One a unit: as which of `SEGMENT_MIDNIGHTS` a segment's people in it count, NONE for none or without segments."""
    own_line: Ints
    """(n_segments,) the line, after those of the units, of what a segment's people do in planned beds; NONE for the one
    segment that everybody is of where the scenario has none."""
    stage_part: Ints
    """One a stage: the part of the delay, of `Tally.delayed`, that waiting for it is. A reason's bears its number."""
    bands: Floats
    """(n_units, n_bands + 1) days after admission on which the bands of visits begin, infinite for those that do not
    exist; the first is 0, the last infinite."""
    lines: Ints
    """(n_units, 2) the midnight lines of the unit's kind and of the system, NONE if it counts in none; a unit's own
    line bears its number."""


class People(NamedTuple):
    """The columns of `Patients`, and the outcomes, that the pass reads."""

    stream: Ints
    segment: Ints
    locality: Ints
    referred_day: Floats
    is_present: Bools
    """In a place at the first instant, and so never referred."""
    first_row: Ints
    asks_for_planned: Bools
    """One a row of a route: does its ladder name any planned rehabilitation bed?"""
    reason: Ints
    """One a row of a route."""
    outcome: Ints


class Rows(NamedTuple):
    """The columns of `Stays` that the pass reads."""

    row: Ints
    patient: Ints
    stage: Ints
    unit: Ints
    requested_day: Floats
    admitted_day: Floats
    ready_day: Floats
    transfer_end_day: Floats
    go_day: Floats
    left_day: Floats


class Tally(NamedTuple):
    """What the pass finds. A cell is a route, a segment and a home, a party a stream and a segment; the line of a
    length is that of its year and unit (or segment), or cell."""

    unit_days: Floats
    """(n_months, n_lines, of `UNIT_DAYS`) of the units, then of the segments' people in planned beds."""
    unit_counts: Ints
    people_days: Floats
    """(n_months, n_cells, of `PEOPLE_DAYS`)"""
    people_counts: Ints
    use: Floats
    """(n_months, n_segments, n_units, n_bands) bed-days occupied, by the band of visits of each."""
    delayed: Floats
    """(n_months, 1, n_parts) bed-days of planned beds, by people ready to go: by reason while a transfer is arranged,
    then by the stage that has no place for them."""
    census: Ints
    """(n_lines, n_days + 1) changes, from midnight to midnight, of the people in a place."""
    ready: Ints
    """The same of those of them who are ready to go."""
    waiting: Ints
    """(1, n_days + 1) the same of people who ask for a planned bed."""
    of_segments: Ints
    """(of `SEGMENT_MIDNIGHTS`, n_segments or 0, n_days + 1) the same by segment, of those that the run itself says."""
    wait_hours: Ints
    """(2, n_rows) waits of admissions, of people referred in the window; the line of each stands below it."""
    delay_hours: Ints
    """(2, up to 2 n_rows) delays of stays that have ended, of units, and of segments in planned beds, likewise."""
    request_hours: Ints
    """The same of requests for a planned bed, wherever they ended."""
    referrals: Ints
    """(n_years, n_parties) people referred in the window."""
    outcomes: Ints
    """(n_years, n_parties, n_outcomes) of people referred in the window."""
    flow: Ints
    """(n_years, n_cells, n_units) admissions, of people referred in the window, that asked for a planned bed."""
    first_places: Ints
    """(n_streams, n_units) units of the first admission of people referred in the window."""
    admissions: Ints
    """(n_streams, n_units) in the window, stays put excluded."""


def new_tally(
    rules: Rules, census: Ints, ready: Ints, waiting: Ints, of_segments: Ints, n_rows: int, n_parts: int
) -> Tally:
    """Return a tally of nothing, to count midnights into four arrays of zeros."""
    n_months, n_years = len(rules.year_of_month), int(rules.year_of_month[-1]) + 1
    n_units, n_streams = len(rules.lines), len(rules.route)
    n_cells = (int(rules.route.max()) + 1) * rules.n_segments * rules.n_homes
    n_parties, n_bands = n_streams * rules.n_segments, rules.bands.shape[1] - 1
    n_lines = n_units + of_segments.shape[1]
    return Tally(
        unit_days=np.zeros((n_months, n_lines, len(UNIT_DAYS))),
        unit_counts=np.zeros((n_months, n_lines, len(UNIT_COUNTS)), dtype=np.int64),
        people_days=np.zeros((n_months, n_cells, len(PEOPLE_DAYS))),
        people_counts=np.zeros((n_months, n_cells, len(PEOPLE_COUNTS)), dtype=np.int64),
        use=np.zeros((n_months, rules.n_segments, n_units, n_bands)),
        delayed=np.zeros((n_months, 1, n_parts)),
        census=census,
        ready=ready,
        waiting=waiting,
        of_segments=of_segments,
        wait_hours=np.empty((2, n_rows), dtype=np.int64),
        delay_hours=np.empty((2, 2 * n_rows if of_segments.shape[1] else n_rows), dtype=np.int64),
        request_hours=np.empty((2, n_rows), dtype=np.int64),
        referrals=np.zeros((n_years, n_parties), dtype=np.int64),
        outcomes=np.zeros((n_years, n_parties, rules.n_outcomes), dtype=np.int64),
        flow=np.zeros((n_years, n_cells, n_units), dtype=np.int64),
        first_places=np.zeros((n_streams, n_units), dtype=np.int64),
        admissions=np.zeros((n_streams, n_units), dtype=np.int64),
    )
