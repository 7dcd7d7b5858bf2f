"""Header words: which column of a sheet a header of an office's own making means (headers.md)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from reform.exchange.tables import Header, bare_header_key, header_key

UNIT = ("单位", "单位名称", "部门", "部门名称", "部门单位", "单位部门", "部门(单位)", "单位(部门)")
SECTION = ("科室", "科室名称", "内设机构", "内设科室", "处室")
BELOW_UNIT = ("部门", "部门名称")  # a unit, but where 单位 names the unit, the section below it
POST = ("岗位", "岗位名称", "职务", "职务名称", "岗位职务", "职位", "职位名称", "岗位(职务)", "职务(岗位)")
LEVEL = ("层级", "岗位层级", "级别", "岗位级别", "职务层级", "职务级别", "岗位等级")
ID_NUMBER = (
    *("身份证号码", "公民身份号码", "公民身份证号码", "身份证", "居民身份证号", "证件号码", "身份号码"),
    *("身份证件号码", "有效证件号码"),
)
FORMER = (
    *("原", "改革前", "原任", "原任职", "聘任前", "竞聘前", "现", "现任", "所在", "现所在", "任职", "时任"),
    *("所属", "工作", "现工作", "目前", ""),
)
APPOINTED = (
    *("拟聘", "拟聘任", "拟聘用", "聘任", "聘用", "拟任", "拟任职", "聘任后", "竞聘后", "竞聘", "上岗"),
    *("新聘", "新", "现聘", ""),
)
# The upper word of a two-row header stands for one of these prefixes: 拟聘情况/单位 is 拟聘单位.
_GROUPS = (
    ("原", ("原", "改革前", "聘任前", "竞聘前")),
    ("聘任", ("拟聘", "聘任", "聘用", "拟任", "竞聘后", "现聘", "新聘")),
    ("现", ("现任", "现")),
)


def words(prefixes: Iterable[str], nouns: Iterable[str]) -> tuple[str, ...]:
    """All prefix + noun, those with an earlier prefix first: an alias that comes earlier is the surer one."""
    return tuple(prefix + noun for prefix, noun in product(prefixes, nouns))


@lru_cache(maxsize=4096)
def _spellings(word: str) -> tuple[str, ...]:
    """时间 and 日期, 号 and 号码 stand for each other; a trailing 要求 falls away."""
    found = [word]
    for one, other in (("时间", "日期"), ("日期", "时间")):
        if word.endswith(one):
            found.append(word[: -len(one)] + other)
    if word.endswith("号码"):
        found.append(word[:-1])
    elif word.endswith("号"):
        found.append(word + "码")
    if word.endswith("要求"):
        found.append(word[:-2])
    return tuple(found)


@lru_cache(maxsize=64)
def _lexicon(columns: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, list[tuple[int, str]]]:
    """Header key → (surety, column name): 0 is the §8 header itself, then the aliases in their order."""
    lexicon: dict[str, list[tuple[int, str]]] = {}
    for name, aliases in columns:
        for rank, alias in enumerate(aliases):
            for spelling in _spellings(header_key(alias)):
                lexicon.setdefault(spelling, []).append((rank, name))
    return lexicon


def lexicon_of(columns: Mapping[str, Any]) -> dict[str, list[tuple[int, str]]]:
    """The lexicon of a sheet's columns."""
    return _lexicon(tuple((name, (column.header, *column.aliases)) for name, column in columns.items()))


def _candidate_keys(header: Header, lowers: Counter[str]) -> Iterable[str]:
    """The keys to try for a header, the surest first: as it stands, with its group's prefix, the lower word
    alone,
    and only then without its brackets."""
    yield from _spellings(header_key(header.text))
    lower = header_key(header.lower)
    if header.upper and header.lower:
        upper = header_key(header.upper)
        for prefix, signs in _GROUPS:
            if upper.startswith(signs):
                yield from _spellings(prefix + lower)
        yield from _spellings(upper + lower)
        if lowers[lower] == 1:
            yield from _spellings(lower)
            yield from _spellings(bare_header_key(header.lower))
    yield from _spellings(bare_header_key(header.text))


def match_headers(
    columns: Mapping[str, Any], headers: Sequence[Header]
) -> tuple[dict[str, Header], list[Header], list[Header]]:
    """(column name → header, unknown headers, headers that stand twice).

    Where two headers mean one column, the surer word wins and the other is unknown; the very same word twice
    is a fault.
    """
    lexicon = lexicon_of(columns)
    lowers = Counter(header_key(header.lower) for header in headers)
    claims: dict[str, list[tuple[int, Header]]] = {}
    unknown: list[Header] = []
    for header in headers:
        claim = _claim(lexicon, header, lowers)
        if claim is None:
            unknown.append(header)
        else:
            claims.setdefault(claim[1], []).append((claim[0], header))
    present: dict[str, Header] = {}
    doubles: list[Header] = []
    for name, claimed in claims.items():
        claimed.sort(key=lambda one: one[0])
        present[name] = claimed[0][1]
        for rank, header in claimed[1:]:
            (doubles if rank == claimed[0][0] and columns[name].read else unknown).append(header)
    _take_second_meanings(columns, present, unknown, lowers)
    unknown.sort(key=lambda header: header.index)
    return present, unknown, doubles


def _take_second_meanings(
    columns: Mapping[str, Any], present: dict[str, Header], unknown: list[Header], lowers: Counter[str]
) -> None:
    """Headers whose first meaning a surer one has taken: 拟聘部门 beside 拟聘单位 is the section."""
    lexicon = _lexicon(tuple((name, column.otherwise) for name, column in columns.items()))
    for header in list(unknown):
        claim = _claim(lexicon, header, lowers)
        if claim is not None and claim[1] not in present:
            present[claim[1]] = header
            unknown.remove(header)


def _claim(
    lexicon: Mapping[str, list[tuple[int, str]]], header: Header, lowers: Counter[str]
) -> tuple[int, str] | None:
    for attempt, key in enumerate(_candidate_keys(header, lowers)):
        if key in lexicon:
            rank, name = min(lexicon[key])
            return rank * 100 + attempt, name
    return None
