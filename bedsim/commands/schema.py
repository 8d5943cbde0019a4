"""`bedsim schema`: what a scenario file may hold, for editors and for readers."""

from __future__ import annotations

from typing import Annotated

import typer


def schema(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The reference page instead: every key, every measure, the words.")
    ] = False,
    clinics: Annotated[bool, typer.Option("--clinics", help="Of files of clinics instead.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, with which editors complete and check them."""
    if markdown:
        from bedsim.report.reference import reference

        print(reference(), end="")
        return
    from bedsim.scenario.json_schema import json_schema_text

    if clinics:
        from bedsim.clinics.schema import DESCRIPTION, ClinicPlan

        print(json_schema_text(ClinicPlan, DESCRIPTION), end="")
    else:
        print(json_schema_text(), end="")
