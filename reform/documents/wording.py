"""How official papers put dates and terms."""

from datetime import date, timedelta


def long_date(on: date | None) -> str:
    """2022年1月23日; '' for none."""
    return f"{on.year}年{on.month}月{on.day}日" if on else ""


def span(starts_on: date | None, ends_before: date | None) -> str:
    """2022年1月23日至2025年1月22日; '' where either is unknown."""
    if not starts_on or not ends_before:
        return ""
    return f"{long_date(starts_on)}至{long_date(last_day(ends_before))}"


def long_month(on: date | None) -> str:
    """2022年1月; '' for none."""
    return f"{on.year}年{on.month}月" if on else ""


def last_day(ends_before: date | None) -> date | None:
    """The inclusive last day of a half-open interval."""
    return ends_before - timedelta(days=1) if ends_before else None
