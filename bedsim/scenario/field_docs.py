"""What each key of a scenario means: the text below its field in the schema's classes, and what its number counts.

Why: the reference, the JSON Schema that editors read and `bedsim describe` say of a key what the schema itself says.
The texts are read from the classes' source when somebody asks, so that loading a scenario costs nothing for them.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from typing import TYPE_CHECKING

from bedsim.scenario.outline import inside, model_of
from bedsim.scenario.schema import Scenario
from bedsim.scenario.shapes import Model

if TYPE_CHECKING:
    from typing import Any

    from bedsim.scenario.tree import Keys

UNITS = {
    "mean": "days",
    "sd": "days",
    "median": "days",
    "scale": "days",
    "constant": "days",
    "peak_day": "days from the start",
    "cv": "sd over mean",
    "mu": "log of days",
    "sigma": "sd of the log of days",
    "shape": "shape",
    "phases": "phases",
    "places": "places",
    "keep_free": "places",
    "patients": "people",
    "population": "people",
    "coordinates": "degrees",
    "hour": "hours of the day",
    "share": "share",
    "shares": "share",
    "start": "share",
    "weight": "share",
    "fraction": "share of the places",
    "index": "times the mean",
    "stay_factor": "times the need",
    "factor": "times the rate",
    "detour_factor": "times the straight line",
    "km_per_hour": "km an hour",
    "amplitude": "of the mean",
    "per_day": "people a day",
    "per_1000_a_year": "people a year per 1,000",
    "per_year": "a year",
    "transitions": "share",
    "chance": "share",
    "part": "share of the places",
    "winter_factor": "times other months",
    "from_hour": "hours of the day",
    "until_hour": "hours of the day",
    "from_day": "days",
    "disciplines": "share of the visits",
    "a_week_by_one": "visits a week by one person",
    "duplicated": "share of the visits",
    "priority": "rank",
    "coordinators": "coordinators",
    "caseload": "people a coordinator",
    "referred_less": "share",
    "delay_factor": "times the delay",
    "pounds": "pounds",
    "pounds_a_year": "pounds a year",
    "people": "share of all people",
    "money": "share of all money",
    "year": "year",
    "price_year": "year",
    "first_year": "year",
    "levels": "price level",
}
"""What a number counts, by its key; keys that end in `_days` count days."""
UNITS_IN = {
    ("Deconditioning", "per_day"): "days a day waited",
    ("VisitBand", "per_day"): "visits a day to a person",
    ("StayReduction", "factor"): "times the need",
    ("DelayReduction", "factor"): "times the delay",
}
"""Where a class means something else by a key."""


@cache
def field_docs(model: type[Model]) -> dict[str, str]:
    """Return the text below each field of a class and of its bases, by the name used in files; "" where there is none.

    >>> from bedsim.scenario.schema import Unit
    >>> field_docs(Unit)["stay_factor"]
    'Multiplies the need of everybody who stays here.'
    """
    texts: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, Model):
            texts |= _written_below(one)
    return {field.alias or name: texts.get(name, "") for name, field in model.model_fields.items()}


def _written_below(model: type[Model]) -> dict[str, str]:
    """Return the texts that stand below the fields of a class in its source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = " ".join(str(below.value.value).split())  # type: ignore[attr-defined]
    return found


def unit_of_measure(path: Keys) -> str:
    """Return what a number of a scenario counts.

    Parameters
    ----------
    path
        Of the number, as `inputs` gives it.

    Returns
    -------
    :
        A few words; "" if that is not known, which a test does not allow.

    Examples
    --------
    >>> unit_of_measure(("streams", "acute", "referrals", "per_day"))
    'people a day'
    """
    kind: Any = Scenario
    unit = ""
    for key in path:
        model = model_of(kind)
        if model is not None:
            unit = unit_of_key(model, str(key))
        kind = inside(kind, key)
    return unit


def unit_of_key(model: type[Model], key: str) -> str:
    """Return what the number under a key of a class counts; "" if the key holds none."""
    return UNITS_IN.get((model.__name__, key)) or UNITS.get(key) or ("days" if key.endswith("_days") else "")
