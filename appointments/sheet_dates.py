"""What the lines above a sheet and its date column say of the round: its effective day, cut-off and year."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from reform.errors import CellError
from reform.exchange.cells import clean_date, clean_text
from reform.exchange.plan import Part
from reform.exchange.recognise import texts_above
from reform.exchange.vocabulary import match_headers

_YEAR = re.compile(r"(?:19|20)\d{2}")
_DAY = re.compile(r"(?:19|20)\d{2}\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|([-/.])\s*\d{1,2}\s*\1\s*\d{1,2})")
_CUT_OFF = re.compile(r"截止|统计|基准|截至")
_FILLED_IN = re.compile(r"填报|填表|制表|报送|上报|打印|印发")  # the day of the paper, not of the decision
_NOTICE = re.compile(r"公示")
_UNTIL = re.compile(r"[至到—–~～-]+")


def effective_day(parts: Sequence[Part]) -> date | None:
    """The date line of 聘任结果; else the most frequent 聘任起始时间; else the day on which it was filled in.

    A line without a day is not used, nor one that says when it was filled in, counted or put on notice.
    """
    own = list(_of_kind(parts, "appointments"))
    days = [day for part in own for text in _above(part) for day in _days(text)]
    plain = next((day for label, day in days if not _means_another(label)), None)
    if plain:
        return plain
    starts = Counter(day for part in own for day in _starts(part))
    if starts:
        return min(starts, key=lambda day: (-starts[day], day))
    return next((day for label, day in days if _FILLED_IN.search(label)), None)


def cut_off_day(parts: Sequence[Part]) -> date | None:
    """截止时间 of a roster, to the day."""
    days = (day for part in _of_kind(parts, "roster") for text in _above(part) for day in _days(text))
    return next((day for label, day in days if _CUT_OFF.search(label)), None)


def title_year(parts: Sequence[Part]) -> str | None:
    """The year of the round: in a title, of the results before the applications, the positions and the
    roster.

    A roster without one is of the year in which the day after its cut-off lies, when the round may begin.
    """
    for kind in ("appointments", "applications", "positions", "roster"):
        if year := year_of(parts, kind):
            return year
    cut_off = cut_off_day(parts)
    return str((cut_off + timedelta(days=1)).year) if cut_off else None


def year_of(parts: Sequence[Part], kind: str) -> str | None:
    """The year in the first title of a kind that has one."""
    for part in _of_kind(parts, kind):
        assert part.table is not None
        match = _YEAR.search(part.table.title)
        if match:
            return match.group()
    return None


def _of_kind(parts: Sequence[Part], kind: str) -> Iterable[Part]:
    return (part for part in parts if part.resource and part.resource.kind == kind)


def _above(part: Part) -> Sequence[str]:
    assert part.table is not None
    return texts_above(part.table)


def _means_another(label: str) -> bool:
    return any(sign.search(label) for sign in (_CUT_OFF, _FILLED_IN, _NOTICE))


def _days(line: str) -> Iterable[tuple[str, date]]:
    """The full dates in a line of text, each with the words before it; the end of a period has its
    start's."""
    text = clean_text(line)
    label, end = "", 0
    for match in _DAY.finditer(text):
        before, end = text[end : match.start()].strip(), match.end()
        label = label if _UNTIL.fullmatch(before) else before
        try:
            yield label, clean_date(match.group()).on
        except CellError:
            continue


def _starts(part: Part) -> Iterable[date]:
    """The dates of the 聘任起始时间 column that can be read."""
    assert part.table is not None
    assert part.resource is not None
    present, _, _ = match_headers(part.resource.fields, part.table.headers)
    if "starts_on" not in present:
        return
    index = present["starts_on"].index
    for row in part.table.rows:
        if index < len(row.cells):
            try:
                yield clean_date(row.cells[index], epoch1904=part.table.epoch1904).on
            except CellError:
                continue
