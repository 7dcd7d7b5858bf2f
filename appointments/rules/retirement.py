"""Statutory retirement (domain.md §5): from sex and birth by the policy's table; unknown facts, no date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reform.dated import add_months, add_years


def retirement_on(
    sex: str, birth: date | None, table: Sequence[Mapping[str, Any]], category: str = ""
) -> date | None:
    """The last day of the month in which a person retires; None where sex or birth is unknown.

    table: rows of sex ('1', '2'), age in years, `delayed_from` (birth month YYYY-MM from which retirement is
    delayed by one month for every `births_per_month` months, rounded up), `most_months`; a row that names
    `posts`, kinds of post, is for these and goes before one that names none.  category: the kind of post
    held, '' where none is known.  Source: policy round.retirement.
    """
    own = [one for one in table if one["sex"] == sex and category in one.get("posts", (category,))]
    row = next((one for one in own if "posts" in one), own[0] if own else None)
    if row is None or birth is None:
        return None
    year, month = map(int, row["delayed_from"].split("-"))
    later = (birth.year - year) * 12 + birth.month - month
    delay = min(later // row["births_per_month"] + 1, row["most_months"]) if later >= 0 else 0
    reached = add_months(add_years(birth.replace(day=1), row["age"]), delay)
    return date.fromordinal(add_months(reached, 1).toordinal() - 1)
