"""The ladder of a drafted policy version (domain.md §2): levels added, moved, divided into 档次, taken out.

Only `rank_order` says what is up and down, so two levels never share one; a level that somebody holds or a
post has, or that a value of the version names, cannot be taken out.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from reform.models import LadderLevel, PolicyVersion, Position, Tenure

from .records import Edit, edit

CODE = re.compile(r"^L\d{1,3}$")
MOST_SUB_LEVELS = 9
LEVEL_WORDS = ("name", "rank_order", "method", "aliases", "titles", "sub_levels", "is_outside")
LEVEL_LABELS = {
    "name": "名称",
    "rank_order": "高低次序",
    "method": "默认任用方式",
    "aliases": "别名",
    "titles": "对应岗位",
    "sub_levels": "档次",
    "is_outside": "无级别",
}
# Values that compare levels: the roles of the caps, the lowest level with 试用期.
RANKED = ("caps.levels", "round.probation_from_level")
ADDED_FIELDS = (
    "code",
    "rank_order",
    "name",
    "aliases",
    "titles",
    "method",
    "sub_levels",
    "is_outside",
    "clause",
)

Words = Mapping[str, Any]


def ladder_after(
    ladder: Mapping[str, LadderLevel],
    levels: Mapping[str, Words],
    added: Sequence[Words],
    removed: Collection[str],
) -> list[Words]:
    """Every level as it will stand, with the fields that are checked."""
    kept = [
        {
            "code": code,
            "name": row.name,
            "rank_order": row.rank_order,
            "method": row.method,
            "sub_levels": row.sub_levels,
            "is_outside": row.is_outside,
            **levels.get(code, {}),
        }
        for code, row in ladder.items()
        if code not in removed
    ]
    return [*kept, *added]


def ladder_faults(
    version: PolicyVersion,
    ladder: Mapping[str, LadderLevel],
    levels: Mapping[str, Words],
    added: Sequence[Words],
    removed: Collection[str],
) -> list[str]:
    """Everything that stands against the ladder as it would be."""
    strange = sorted({*levels, *removed} - ladder.keys())
    faults = [f"层级表中没有“{code}”" for code in strange]
    after = ladder_after(ladder, levels, added, removed)
    for one in after:
        faults += _level_faults(one)
    faults += [f"层级编码“{code}”重复" for code in _twice(one.get("code") for one in after)]
    faults += [f"层级名称“{name}”重复" for name in _twice(str(one.get("name", "")).strip() for one in after)]
    for rank in _twice(one.get("rank_order") for one in after):
        names = "、".join(str(one["name"]) for one in after if one.get("rank_order") == rank)
        faults.append(f"高低次序{rank}重复：{names}")
    if all(one.get("is_outside") for one in after):
        faults.append("层级表不能空着，至少要有一个分高低的层级")
    faults += in_use(version, [code for code in removed if code in ladder])
    divided = [one for one in after if "sub_levels" in levels.get(str(one["code"]), {})]
    return faults + posts_without_sub_level(
        version, {str(one["code"]): (str(one["name"]), len(one["sub_levels"])) for one in divided}
    )


def _level_faults(one: Words) -> list[str]:
    code, name, rank = str(one.get("code", "")), str(one.get("name", "")).strip(), one.get("rank_order")
    faults = []
    if not CODE.match(code):
        faults.append(f"层级编码“{code}”须写成 L 加一至三位数字，如 L45")
    if not name:
        faults.append(f"{code}的名称不能空着")
    if not isinstance(rank, int) or rank < 1:
        faults.append(f"“{name or code}”的高低次序须为大于0的整数")
    if one.get("method", "") not in {*Position.Method.values, ""}:
        faults.append(f"“{name or code}”的任用方式不对")
    subs = list(one.get("sub_levels", []))
    if len(subs) > MOST_SUB_LEVELS:
        faults.append(f"“{name or code}”的档次最多{MOST_SUB_LEVELS}个，现为{len(subs)}个")
    return faults + [f"“{name or code}”的档次“{word}”重复" for word in _twice(subs)]


def _twice(values: Iterable[Any]) -> list[Any]:
    found = [one for one in values if one not in (None, "")]
    return sorted({one for one in found if found.count(one) > 1})


def in_use(version: PolicyVersion, codes: Collection[str]) -> list[str]:
    """What still has these levels: open posts of setups that have not ended (those of rounds pinned to the
    version among them), and tenures that run. Two statements."""
    if not codes:
        return []
    posts = Position.objects.filter(
        zone=version.zone_id, level__in=codes, ends_before=None, setup__ends_before=None
    )
    held = Tenure.objects.filter(zone=version.zone_id, held_level__in=codes, ends_before=None)
    at_posts = dict(posts.order_by().values_list("level").annotate(n=Count("pk")))
    by_people = dict(held.order_by().values_list("held_level").annotate(n=Count("person", distinct=True)))
    names = dict(version.levels.filter(code__in=codes).values_list("code", "name"))
    return [
        f"层级“{names.get(code, code)}”（{code}）还在使用："
        f"{at_posts.get(code, 0)}个岗位、{by_people.get(code, 0)}人，不能删去"
        for code in sorted(codes)
        if at_posts.get(code) or by_people.get(code)
    ]


def ladder_without_sub_level(version: PolicyVersion) -> list[str]:
    """As posts_without_sub_level, of a version's whole ladder."""
    levels = version.levels.values_list("code", "name", "sub_levels")
    return posts_without_sub_level(version, {code: (name, len(words)) for code, name, words in levels})


def posts_without_sub_level(version: PolicyVersion, levels: Mapping[str, tuple[str, int]]) -> list[str]:
    """Posts in use whose 档次 their level would not have: their pay could not be computed.

    levels: code → (name, how many 档次 it has). One statement.
    """
    if not levels:
        return []
    held = Tenure.objects.filter(zone=version.zone_id, ends_before=None).values("position")
    posts = Position.objects.filter(zone=version.zone_id, level__in=levels, sub_level__gt=0).filter(
        Q(ends_before=None, setup__ends_before=None) | Q(pk__in=held)
    )
    rows = posts.order_by().values_list("level", "sub_level").annotate(n=Count("pk"))
    found: dict[str, int] = {}
    for code, sub_level, count in rows:
        if sub_level > levels[code][1]:
            found[code] = found.get(code, 0) + count
    return [
        f"层级“{levels[code][0]}”有{levels[code][1]}个档次，{count}个岗位的档次比它多，请先改正岗位的档次"
        for code, count in sorted(found.items())
    ]


def levels_named(values: Mapping[str, Any], codes: Collection[str]) -> list[tuple[str, str]]:
    """(key, code) of values that name one of these levels, alone or as the end of a range."""
    named = {key: set(_words(value)) for key, value in values.items()}
    return [(key, code) for key, words in sorted(named.items()) for code in sorted({*codes} & words)]


def outside_named(values: Mapping[str, Any], codes: Collection[str]) -> list[tuple[str, str]]:
    """(key, code) of values that need to know what is above and below these levels, which they cannot say."""
    ranges = [key for key in values.get("round.weights") or () if "-" in key]
    return levels_named({key: values.get(key, "") for key in RANKED} | {"round.weights": ranges}, codes)


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield from value.split("-")
        case Mapping():
            for name, inner in value.items():
                yield from _words(name)
                yield from _words(inner)
        case Sequence():
            for inner in value:
                yield from _words(inner)


def levels_without_value(before: PolicyVersion, version: PolicyVersion) -> list[str]:
    """A table that had a value for every level has one for every level again."""
    old = set(before.levels.values_list("code", flat=True))
    new = dict(version.levels.order_by("-rank_order").values_list("code", "name"))
    full = [
        one.key
        for one in before.parameters.all()
        if isinstance(one.value, Mapping) and old <= one.value.keys()
    ]
    return [
        f"“{row.label}”没有层级“{name}”（{code}）的值"
        for row in version.parameters.filter(key__in=full)
        for code, name in new.items()
        if code not in row.value
    ]


def rank_edits(
    ladder: Mapping[str, LadderLevel], levels: Mapping[str, Words], removed: Collection[str]
) -> list[Edit | None]:
    """Levels whose new place another one still takes are lifted above all first: the database lets no two
    share a place even for a moment."""
    taken = {row.rank_order: code for code, row in ladder.items() if code not in removed}
    wanted = {code: words["rank_order"] for code, words in levels.items() if "rank_order" in words}
    moved = [code for code, rank in wanted.items() if rank != ladder[code].rank_order]
    blocked = [code for code in moved if taken.get(wanted[code], code) != code]
    if not blocked:
        return []
    top = max([*taken, *wanted.values()])
    return [edit(ladder[code], rank_order=top + place) for place, code in enumerate(moved, 1)]


def added_levels(version: PolicyVersion, added: Sequence[Words]) -> list[LadderLevel]:
    """New rows of the ladder."""
    return [
        LadderLevel(version=version, **{name: one[name] for name in ADDED_FIELDS if name in one})
        for one in added
    ]


def level_told(row: LadderLevel) -> str:
    """A whole level in one line, where a version has it and the other does not."""
    method = dict(Position.Method.choices).get(row.method, "")
    outside = "无级别" if row.is_outside else ""
    parts = [f"{row.name}（高低次序{row.rank_order}", outside, method, "、".join(row.sub_levels)]
    return f"{'，'.join(part for part in parts if part)}）"
