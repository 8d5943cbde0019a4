"""A run as the page for a board shows it: its title and mark, its answer, its figures, pictures and grounds.

Why: whatever stands on the page of one run stands on the page of several too, and is worked out in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bedsim.analysis.overload_months import overload_by_month
from bedsim.analysis.theory import theory
from bedsim.measures.calendar import ALL
from bedsim.report.describe import grounds_in_words
from bedsim.report.gate_file import gate_said
from bedsim.report.grounds import STATUS
from bedsim.report.page_care import is_care_assumed, levers_table, segments_table, teams_table
from bedsim.report.page_figures import lead, lines, paragraphs
from bedsim.report.page_files import image_in, table_in
from bedsim.report.theory_table import theory_sentence
from bedsim.scenario.cautions import cautions

if TYPE_CHECKING:
    from bedsim.analysis.theory import Comparison
    from bedsim.report.page_care import CareTable
    from bedsim.report.page_figures import Lead, Line
    from bedsim.report.page_files import Image, Table
    from bedsim.report.page_inputs import Sections
    from bedsim.store.runs import Kept

MARKS = {"verified": "", "illustrative": "Illustrative", "worked_example": "Worked example"}
"""What every figure and table of a run is marked with, by its status."""
PICTURES = {
    "occupancy": "People in beds at midnight, week by week, against the beds that are open; below, each unit by month.",
    "overflow": "People who wait, are in an extra bed or out of area at midnight, by week and by calendar month.",
    "flow": "Where the people of each home locality are placed.",
}
"""The captions of a run's pictures, by the name of their files."""
OF_SEVERAL = ("occupancy", "flow")
"""Those of each of several runs: what fills up, and who goes where."""
CHANGES = {
    "bed_curve": ("With fewer beds, and with more", "The same people with other numbers of planned beds."),
    "sensitivity": ("Which input matters most", "The inputs at the ends of their ranges, one at a time."),
    "sensitivity_split": ("Where the uncertainty comes from", "The uncertainty in the number of beds, by its cause."),
    "size": ("How many beds a standard needs", "The number of beds that meets a standard, with its simulation error."),
    "frontier": ("Beds or community places", "The fewest beds that meet the standard, by number of community places."),
}
"""What would change the answer, by the name of its files: heading and caption."""
COMMANDS = ("sensitivity", "size", "frontier")
"""Of these, those that are worth a sentence if they are not there: each is a command that puts it there."""
ANSWERS = ("size", "frontier")
"""Of these, those whose picture in words is an answer: it stands above the picture, for everybody."""
IF_MISSING = "`bedsim {name}` with the same scenario and seed puts it into this run's folder."


@dataclass(frozen=True)
class Change:
    """A picture, a table or a sentence on what would change the answer."""

    heading: str
    caption: str
    image: Image | None
    table: Table | None
    missing: str
    answer: str = ""
    """The picture in words, if that is to be read by everybody."""


@dataclass(frozen=True)
class Inputs:
    """Inputs of all runs on the page, or of one of them alone, by the part of the scenario they belong to."""

    name: str
    mark: str
    sections: Sections
    with_range: Sections
    """Those that state a range."""


@dataclass(frozen=True)
class Part:
    """A run on the page."""

    kept: Kept
    n_runs: int
    slug: str
    """What tables call it: the scenario's, with the run's folder if another run has the same."""

    @property
    def title(self) -> str:
        """What headings call it."""
        scenario = self.kept.run.scenario
        varied = f" [{'; '.join(scenario.variations)}]" if scenario.variations else ""
        return f"{(scenario.title or scenario.slug).rstrip('.')}{varied}"

    @property
    def mark(self) -> str:
        """What every figure and table of it is marked with; empty if the numbers of beds are public."""
        return MARKS[self.kept.run.scenario.status]

    @property
    def status(self) -> str:
        """What its status means."""
        return STATUS[self.kept.run.scenario.status]

    @property
    def after_mark(self) -> str:
        """The same after the mark, which has said the word already."""
        words = self.status.partition(": ")[2]
        return words[:1].upper() + words[1:]

    @property
    def when(self) -> str:
        """What its figures are of."""
        return "all days simulated" if self.kept.run.headline == ALL else f"the financial year {self.kept.run.headline}"

    @cached_property
    def lead(self) -> Lead:
        """The answer in a sentence."""
        return lead(self.kept.run)

    @cached_property
    def overload(self) -> str:
        """The warning that there are too few beds whatever happens; empty without one."""
        run = self.kept.run
        return run.overload.sentence() or overload_by_month(run.blueprint, run.overload) or ""

    @cached_property
    def lines(self) -> list[Line]:
        """The figures with both ranges."""
        return lines(self.kept.run)

    @cached_property
    def paragraphs(self) -> list[str]:
        """The verdict."""
        return paragraphs(self.kept.run)

    @property
    def care(self) -> list[CareTable]:
        """Who gains, whom levers affect and what teams do: those of the three that there are."""
        found = (segments_table(self.kept.run), levers_table(self.kept.run), teams_table(self.kept.run))
        return [table for table in found if table is not None]

    @property
    def care_mark(self) -> str:
        """What these are marked with: illustrative too where their numbers are assumed."""
        return MARKS["illustrative"] if is_care_assumed(self.kept.run) else self.mark

    @property
    def gate(self) -> str:
        """What would be without the quality gate; empty if it excludes no places."""
        return gate_said(self.kept.folder, self.kept.run)

    @cached_property
    def pictures(self) -> list[tuple[Image | None, str]]:
        """Its pictures with their captions; None for one that is not in the folder."""
        names = PICTURES if self.n_runs == 1 else OF_SEVERAL
        return [(image_in(self.kept.folder, name), PICTURES[name]) for name in names]

    @cached_property
    def changes(self) -> list[Change]:
        """What would change the answer: what is there; of a run alone, also what could be."""
        found = []
        for name, (heading, caption) in CHANGES.items():
            is_curve, is_alone = name == "bed_curve", self.n_runs == 1
            missing = f"{heading} is not known yet: {IF_MISSING.format(name=name)}" if name in COMMANDS else ""
            image = image_in(self.kept.folder, name) if is_alone or not is_curve else None
            table = table_in(self.kept.folder, name) if is_alone and name not in ("bed_curve", "sensitivity") else None
            answer = image.words if image and name in ANSWERS else ""
            if image and answer:
                image = image._replace(words=f"{caption} It is said in words above.")
            if image or table or (missing and is_alone):
                found.append(Change(heading, caption, image, table, missing, answer))
        return found

    @cached_property
    def theory(self) -> tuple[Comparison, ...]:
        """What is known without simulating, beside what was simulated."""
        return theory(self.kept.run)

    @property
    def theory_in_words(self) -> str:
        """What the comparison says."""
        return theory_sentence(self.theory)

    @property
    def grounds(self) -> str:
        """How many inputs it has, and where they come from."""
        return f"{grounds_in_words(self.kept.run.scenario).capitalize()}."

    @property
    def cautions(self) -> tuple[str, ...]:
        """What deserves a warning."""
        return cautions(self.kept.run.scenario)

    @property
    def provenance(self) -> dict[str, str]:
        """What was run, from what, with which versions, and when."""
        run, manifest, time = self.kept.run, self.kept.manifest, self.kept.run.scenario.time
        ends = [f"{end.n_replications} at each end of the ranges" for end in run.range_ends.values()][:1]
        versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
        return {
            "Run folder": f"{run.scenario.slug}/{self.kept.folder.name}",
            "Hash of all inputs": run.hash,
            "Seed": str(run.seed),
            "Replications": ", ".join([str(run.n_replications), *ends]),
            "Days measured": f"{time.run_length_days:,} from {time.start}, after {run.warm_up.days:,} days of warm-up",
            "Command": manifest.command,
            "Finished": manifest.finished.replace("T", " ").replace("+00:00", " UTC"),
            "Versions": f"{versions}; {run.engine} engine",
            "Machine": manifest.platform,
        }
