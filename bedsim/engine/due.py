"""What is due: events in buckets of time, each bucket put in order when its turn comes.

Why: whatever is taken out is the earliest, so no heap is needed, and with as many buckets as rows an event costs the
same however many there are. An event that has happened is spare: it is used again, so that few of them are touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bedsim.engine.records import INDEX, NONE, WAITING
from bedsim.jit import jit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Ints32 = NDArray[np.int32]
    Records = NDArray[Any]

GO, TIMER, CLEANED = 0, 1, 2
"""What may be due: `what` is 4 x (row, or unit for CLEANED) + this."""
MOST_BUCKETS = 1 << 20
EVENT = np.dtype([("day", "f8"), ("what", "i4"), ("after", "i4")])


@jit
def bucket_of(day: float, start_day: float, buckets_per_day: float, n_buckets: int) -> int:
    """Return the bucket of a day before the end."""
    return min(int((day - start_day) * buckets_per_day), n_buckets - 1)


@jit
def look_ahead(
    events: Records, buckets: Ints32, states: Bytes, bucket: int, last_bucket: int, spare: int
) -> tuple[int, int, int]:
    """Go from bucket to bucket, up to a last one, until something is due; return the first event, if there is one.

    Also its bucket, and a spare event: timers of people who do not wait any more are dropped.
    """
    first = NONE
    while first <= NONE and bucket < last_bucket:
        bucket += 1
        number = buckets[INDEX(bucket)]
        while number > NONE:
            following, what = events[number].after, events[number].what
            if what & 3 == TIMER and states[INDEX(what >> 2)] != WAITING:
                events[number].after = spare
                spare = number
            else:
                first = in_order(events, first, number)
            number = following
    return first, bucket, spare


@jit
def in_order(events: Records, first: int, number: int) -> int:
    """Put an event before the first that is not earlier, in a list that begins with `first`; return its new first."""
    event, following, before = events[INDEX(number)], first, NONE
    while following > NONE and events[following].day < event.day:
        before = following
        following = events[following].after
    event.after = following
    if before > NONE:
        events[before].after = number
        return first
    return number
