"""Terms (聘期): when a review is due, how many terms in one post, what runs out and when (domain.md §5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reform.dated import add_months, add_years

OVERDUE = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One appointment to a post, by the lineage of the post."""

    lineage: str
    starts_on: date


def last_day(ends_before: date) -> date:
    """The inclusive last day of a half-open interval."""
    return ends_before - timedelta(days=1)


def review_opens_on(ends_before: date, review_days: int) -> date:
    """The first day of the 聘期考核: so many days before the last day of the term."""
    return last_day(ends_before) - timedelta(days=review_days)


def term_ends_before(starts_on: date, years: int, retires_on: date | None = None) -> date:
    """The first day after a term of whole years, cut at the day of retirement where one is given and comes
    first; never before the term has begun.

    2024-02-29 and 3 → 2027-02-28, that is, to 2027-02-27.  Source: domain.md §5, §12.
    """
    end = add_years(starts_on, years)
    if retires_on is None or retires_on < starts_on:
        return end
    return min(end, retires_on + timedelta(days=1))


def terms_in_a_row(history: Sequence[Term], lineages: Collection[str]) -> int:
    """How many of a person's latest appointments, counted back from the last, were to the same post.

    lineages: of the post and of those that went into it.  A pause between two rounds breaks nothing: only
    another post does.
    """
    count = 0
    for term in sorted(history, key=lambda one: one.starts_on, reverse=True):
        if term.lineage not in lineages:
            break
        count += 1
    return count


def renewal_blocks(terms: int, max_terms: int, *, retires_on: date | None, starts_on: date) -> list[str]:
    """What stands against one more term in the same post."""
    blocks = []
    if terms >= max_terms:
        blocks.append(f"在本岗位已任{terms}届，最多{max_terms}届，须重新竞聘或交流")
    if retires_on and retires_on < starts_on:
        blocks.append(f"{retires_on}到法定退休日期，早于新聘期的{starts_on}")
    return blocks


def may_stay_until_retirement(
    joined_on: date | None, retires_on: date | None, on: date, *, served_years: int, left_years: int
) -> bool:
    """Whether a person may ask to be employed until retirement: so many years of service without a break, and
    fewer than so many left.  Unknown dates: no.  Source: 事业单位人事管理条例第十四条."""
    if joined_on is None or retires_on is None:
        return False
    return add_years(joined_on, served_years) <= on and retires_on < add_years(on, left_years)


def acting_blocks(
    starts_on: date, ends_before: date, months: int, earlier: Sequence[tuple[date, date]]
) -> list[str]:
    """主持工作 for no longer than the policy allows, earlier spans that join on included.

    earlier: half-open spans of the same person in the same post.
    """
    first = starts_on
    for begun, ended in sorted(earlier, reverse=True):
        if begun < first <= ended:
            first = begun
    if ends_before <= add_months(first, months):
        return []
    since = f"（自{first}起连续计算）" if first < starts_on else ""
    latest = last_day(add_months(first, months))
    return [f"主持工作到{last_day(ends_before)}，最长{months}个月，不得晚于{latest}{since}"]


def months_since(since: date, on: date) -> int:
    """Whole months that have passed."""
    months = (on.year - since.year) * 12 + on.month - since.month
    return max(0, months if add_months(since, months) <= on else months - 1)


def warning_band(last_on: date, on: date, days: Sequence[int]) -> int | None:
    """Which warning is due: the smallest of the policy's numbers of days that still holds the days left.

    0 (OVERDUE) after the last day; None while it is further away than the largest number.
    """
    left = (last_on - on).days
    if left < 0:
        return OVERDUE
    return min((one for one in days if left <= one), default=None)
