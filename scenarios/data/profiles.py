"""What the scenarios take from NHS England's counts: profiles of referrals, destinations and reasons for delay.

Why: these shares stand as numbers in base.yaml. This script computes them from the published counts beside it and
writes them to profiles.csv, so that anybody can follow them back; a test computes them anew and compares both with the
scenarios. Run it with `python scenarios/data/profiles.py`.

Admissions made are a proxy for referrals: beds that were full turned people away unseen. Months are adjusted for the
weekdays they happened to have: each day is divided by the index of its weekday before the days of a month are averaged.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
YEAR = "2023"
"""Of the months: the only calendar year that the counts cover whole."""
FIRST_MONTH, LAST_MONTH = "2023-06-01", "2023-12-01"
"""Of destinations and reasons: what the community counts cover of that year."""
DESTINATIONS = {
    "P0": "home",
    "P1": "home_with_support",
    "P2": "other_bed",
    "P3": "care_home",
    "P3b": "care_home",
}
PEOPLE_DELAYED = (12, 60)
REASONS = {
    "home_care_or_rehab_at_home": "home_support_place",
    "permanent_care_home": "care_home_place",
    "hub_referral": "decisions",
    "therapy_decision": "decisions",
    "another_p2_bed": "another_bed",
    "equipment": "equipment_or_housing",
    "housing": "equipment_or_housing",
    "family_disagreement": "family_or_funding",
    "chc_funding": "family_or_funding",
    "other": "other",
}
"""The two reasons that are places which are full, and what is left, by what the scenarios call it."""


def main() -> None:
    """Write profiles.csv beside the counts."""
    profiles().to_csv(HERE / "profiles.csv", index=False, lineterminator="\n")


def profiles() -> pd.DataFrame:
    """Return everything computed, one row a number: profile, key, value (of mean 1, or a share), to 5 digits."""
    weekday, month = referral_profiles()
    columns = {
        "weekday": weekday,
        "month": month,
        "destination": destinations(),
        "delay_reason": delay_reasons(),
        "people_delayed_cv": people_delayed_cv(),
    }
    long = pd.concat(columns, names=["profile", "key"]).round(5).rename("value")
    return long.reset_index()


def referral_profiles() -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the weekday and the month index of admissions made from acute hospitals, each of mean 1."""
    counts = pd.read_csv(HERE / "acute-discharges-to-community-rehabilitation.csv", parse_dates=["date"])
    daily = counts.set_index("date")["discharges"].dropna()
    weekday = daily.groupby(daily.index.day_of_week).mean()
    weekday /= weekday.mean()
    year = daily.loc[YEAR]
    adjusted = year / weekday.loc[year.index.day_of_week].to_numpy()
    month = adjusted.groupby(year.index.month).mean()
    return weekday.set_axis(WEEKDAYS), (month / month.mean()).rename(index="{:02d}".format)


def destinations() -> pd.Series[float]:
    """Return where people went from community beds, shares of those who left ready; the dead are not counted."""
    counts = _months("community-bed-discharges.csv")
    people = counts[counts["measure"] == "discharges"].groupby("pathway")["value"].sum()
    shares = people / people.sum()
    return shares.groupby(DESTINATIONS).sum().loc[list(dict.fromkeys(DESTINATIONS.values()))]


def delay_reasons() -> pd.Series[float]:
    """Return why people were delayed in community beds, shares of those delayed; stays of 14 days or more only."""
    counts = _months("community-bed-delay-reasons.csv")
    people = counts.groupby("reason_group")["mean_people_delayed_stay_14plus_days"].sum()
    shares = people / people.sum()
    return shares.groupby(REASONS).sum().loc[list(dict.fromkeys(REASONS.values()))]


def people_delayed_cv() -> pd.Series[float]:
    """Return how much the number of people delayed in one area varies over eight months: quartiles over areas.

    The coefficient of variation of each area's monthly means, of areas with 12 to 60 people delayed: about as many as
    the scenarios have. What changes from month to month in who reports is part of it.
    """
    counts = pd.read_csv(HERE / "people-delayed-by-area.csv")
    people = counts.pivot_table(index="code", columns="month", values="value").dropna()
    mean = people.mean(axis=1)
    cv = (people.std(axis=1) / mean)[mean.between(*PEOPLE_DELAYED)]
    return cv.quantile([0.25, 0.5, 0.75]).set_axis(["lower_quartile", "median", "upper_quartile"])


def _months(name: str) -> pd.DataFrame:
    counts = pd.read_csv(HERE / name)
    return counts[counts["month"].between(FIRST_MONTH, LAST_MONTH)]


if __name__ == "__main__":
    main()
