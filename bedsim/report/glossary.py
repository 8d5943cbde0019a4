"""What the words of the verdict and of the tables mean, in plain ones.

Why: a planner who reads "p95" or "simulation error" should not have to look further than the run's own folder. The
exact definitions are those of docs/model.md, section 8; these are short and say the same.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedsim.report.tables import Rows

GLOSSARY = {
    "planned beds": "The beds of community hospitals, and of care homes whose rating is good enough. Tables call "
    "all of them together system.",
    "demand for beds": "How many planned beds would be in use at midnight if one were always free at once "
    "(demand_beds). It shows what people need, whatever the sites; it is not what happens in the plan.",
    "referral": "Somebody is said to need a rehabilitation bed, and asks for one from that moment.",
    "wait": "From asking for a bed to getting it. People who wait (p_wait) are all who do not get one at once, even if "
    "only for an hour.",
    "ladder": "The order in which beds are offered: which at once, which only after a day of waiting, which last.",
    "escalation bed": "An extra bed, opened when people have waited.",
    "out of area": "In a bed outside the area, because none was found within it in time.",
    "overflow": "The people who at midnight wait for a planned bed, or are in an escalation bed or out of area.",
    "midnight census": "The people in a bed at midnight, as hospitals count them.",
    "bed-day": "One bed for one day. A bed kept for a week is seven bed-days.",
    "occupancy": "Bed-days in use over bed-days open, of the time measured.",
    "delayed": "Still in a bed although ready to leave: something is being arranged, or the next place is full.",
    "caseload": "The people whom a community service looks after at one time. Its occupancy is the caseload over its "
    "places.",
    "winter": "December, January and February, of all the years that are measured.",
    "acute beds lost": "Acute hospital beds held, on an average day, by people who wait for a rehabilitation bed.",
    "p50, p95": "On half of all days the number is at or below p50; on 19 days in 20 at or below p95. Of waits and "
    "delays the same, of people instead of days.",
    "max, mean of maxima": "The mean, over the replications, of each one's highest number. p95 is over all of them "
    "together, so it may be higher.",
    "replication": "The same plan through the same years once more, with other people: other days of referral, other "
    "lengths of stay.",
    "simulation error": "How far the average of these replications may be from that of endlessly many (a 95% "
    "confidence interval). More replications make it smaller. It says nothing of whether the inputs are right.",
    "stated ranges": "The scenario says how low and how high its referrals and lengths of need may be. It is run again "
    "with all of them low, and with all of them high. No number of replications makes this range smaller.",
    "overload": "More people need beds, day after day, than the beds can serve. The queue then grows, or empties only "
    "into beds out of area.",
    "sourced, derived, assumed": "Where an input comes from: a named publication; arithmetic on such figures, which is "
    "shown; or a choice with its reason.",
    "verified": "The numbers of beds by site are public. The other inputs are what the list of inputs says of each.",
    "segment": "A group of the population with shared needs, such as group 3 of the new model of care, the frail.",
    "lever": "One thing that a new model of care does, to some people, from a date on: keeping them at home, shorter "
    "stays, one coordinator. People whom levers affect are avoided if they then ask for no planned bed.",
    "step-down, step-up": "Referred from an acute hospital; or from home, before an emergency takes them there.",
    "freed": "Visits no longer made, because another team's visit to the same person does for both.",
    "staff": "Full-time people whom a team's visits take, at the visits a week that one of them makes.",
    "illustrative": "The beds by site, or what else the plan changes, are not public. The numbers show how such a plan "
    "would behave, not what a real one would do.",
}
"""Meaning by word, in the order in which a verdict uses them."""
WIDTH = 100


def glossary_text() -> str:
    """Return the glossary as a text file."""
    paragraphs = (
        textwrap.fill(f"{word}: {meaning}", WIDTH, subsequent_indent="    ") for word, meaning in GLOSSARY.items()
    )
    return "What the words mean\n\n" + "\n".join(paragraphs) + "\n"


def glossary_table() -> Rows:
    """Return the glossary as a sheet of a workbook."""
    return ("word", "meaning"), list(GLOSSARY.items())
