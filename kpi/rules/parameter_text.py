"""Parameters in the words that offices write under 计分参数 or 规则参数, to read and to show (domain.md §6).

A text is cut into clauses; each must be one that the rule knows, so nothing written is silently dropped.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from reform.errors import RuleError

from .bands import bands_text
from .codes import Rule
from .figures import HUNDRED, number, over, packed, percent, shown
from .parameters import (
    FIELDS,
    BaseScore,
    Counted,
    Defaults,
    Floating,
    Grading,
    Interval,
    Milestones,
    MinMax,
    Parameters,
    Plain,
    Proportion,
    ProportionBonus,
    Ranking,
    StepDeduct,
    TargetRanking,
    parse_parameters,
)
from .tables import grades_text, nodes_text

_N = r"([+-]?[0-9]+(?:\.[0-9]*)?)"
_POINT = r"(?:%|个?百分点|个点)"
_LOSE = r"(?:扣减?|减)"
_CASE = r"(?:一|1)?(?:项|个|起|次|件|例|人|家|处|篇|宗)"
_AT_MOST = r"(?:累计|合计|总共)?(?:最多|最高|上限|封顶|不超过|至多)(?:为|是)?"

# A clause sets parameters: the names of its groups; % at the end of a name: the figure is in per cent. A
# name with = has no group: the clause itself says the figure.
Clause: TypeAlias = tuple[str, tuple[str, ...]]

_PLACES: tuple[Clause, ...] = (
    (rf"每(?:低|降低?|下降|后|退后?)(?:一|1)?(?:个位次|名次|位|名){_LOSE}(?:满分的)?{_N}%", ("per%",)),
    (r"第(?:一|1)名得满分|扣完为止|并列的?(?:名次)?相同", ()),
)
_CASES: Mapping[str, tuple[Clause, ...]] = {
    verb: (
        (rf"(?:每{_CASE})?{word}{_N}分?(?:/{_CASE})?|每{_CASE}{_N}分", ("per", "per")),
        (rf"{_N}分/{_CASE}", ("per",)),
        (
            rf"{_AT_MOST}(?:{word}(?:至|到)?)?{_N}分?(?:封顶|为止)?|{word}(?:满|至|到){_N}分为止",
            ("cap", "cap"),
        ),
        (r"不封顶|不设上限", ()),
    )
    for verb, word in (("扣", _LOSE), ("加", "(?:加|奖)"))
}

_CLAUSES: Mapping[Rule, tuple[Clause, ...]] = {
    Rule.PROP: (
        (
            rf"(?:完成率|完成比例|比例)?(?:低于|不足|不到|小于){_N}%的?(?:不得分|不计分|[得计]?0分)",
            ("floor%",),
        ),
        (r"不设(?:最低线|下限)", ("floor=0",)),
        (r"按(?:完成)?(?:比例|完成率)(?:计分|得分|计算)|完成得满分", ()),
    ),
    Rule.PROP_BONUS: (
        (
            rf"每(?:超(?:过|额|出)?|高(?:于|出)?|增加?|多)(?:目标值?)?{_N}{_POINT}(?:加|奖){_N}分",
            ("step", "per"),
        ),
        (rf"{_AT_MOST}(?:加(?:至|到)?)?{_N}分?(?:封顶|为止)?|加(?:满|至|到){_N}分为止", ("cap", "cap")),
        (r"按(?:完成)?(?:比例|完成率)(?:计分|得分|计算)|完成得满分", ()),
    ),
    Rule.STEP_DEDUCT: (
        (
            rf"每(?:低(?:于)?|少|差|欠|降低?|下降)(?:目标值?)?{_N}{_POINT}{_LOSE}{_N}分",
            ("step", "per"),
        ),
        (r"扣完为止|完成得满分|完成目标得满分", ()),
    ),
    Rule.BASE80: (
        (rf"(?:(?:完成目标|达标|达到目标)得|基础分)(?:为|占)?(?:满分的)?{_N}%", ("share%",)),
        (
            r"每(?:增减|高低|升降|高\(低\)|增\(减\)|超\(低\))(?:一|1)?个?百分点"
            rf"(?:加减|增减|加\(减\)|加\(扣\)|加扣){_N}分",
            ("per",),
        ),
        (rf"{_AT_MOST}得?(?:满分的)?{_N}%", ("cap%",)),
    ),
    Rule.FLOAT: ((rf"(?:完成率)?(?:上下)?浮动(?:幅度)?(?:±|\+-|正负|为)?{_N}%", ("band%",)),),
    Rule.TARGET: (
        (r"(?:完成|达到|达标)(?:目标值?|任务)?的?得满分", ()),
        (r"(?:未完成|未达到|未达标|达不到|否则)(?:目标值?|任务)?的?(?:不得分|不计分|[得计]?0分)", ()),
    ),
    Rule.RANK: _PLACES,
    Rule.MIXED: (
        (rf"(?:达标|完成目标|达到目标|等于目标)的?得{_N}分", ("first",)),
        (r"超过(?:目标)?的?按位次(?:计分|得分)?|未(?:达标|完成)的?不得分", ()),
        *_PLACES,
    ),
    Rule.MINMAX: (
        (rf"最(?:小值|低值)为?{_N}", ("min",)),
        (rf"最(?:大值|高值)为?{_N}", ("max",)),
        (rf"最低(?:者|的)?得(?:满分的)?{_N}%", ("start",)),
    ),
    Rule.LOWER: ((r"按(?:目标与实际之比|反比例?|逆向比例)(?:计分|得分)|不高于目标得满分", ()),),
    Rule.MILESTONE: ((r"按已?验收的?节点权重(?:计分|得分)", ()),),
    Rule.DEDUCT: _CASES["扣"],
    Rule.BONUS: _CASES["加"],
    Rule.VETO: ((r"一票否决|不计分", ()),),
}

EXAMPLES: Mapping[Rule, str] = {
    Rule.PROP: "完成率低于60%不得分",
    Rule.PROP_BONUS: "每超1%加0.1分,最多加1.5分",
    Rule.STEP_DEDUCT: "每低2%扣1分",
    Rule.BASE80: "基础分80%,每增减1个百分点加减0.5分,最高得满分的120%",
    Rule.FLOAT: "上下浮动30%",
    Rule.TARGET: "完成得满分,未完成不得分",
    Rule.RANK: "每降1位扣满分的5%",
    Rule.MIXED: "达标得4分,每降1位扣满分的5%",
    Rule.MINMAX: "最小值42,最大值118,最低得50%",
    Rule.INTERVAL: "[0,30)2分;[30,100]5分",
    Rule.LOWER: "按目标与实际之比计分",
    Rule.GRADE: "优秀100/95/90;称职85/80/75;基本称职70/65/60;不称职55",
    Rule.MILESTONE: "立项30%;开工20%;竣工50%",
    Rule.DEDUCT: "每项扣0.3分,最多扣1分",
    Rule.BONUS: "每项加0.5分,最多加3分",
    Rule.VETO: "一票否决",
}
_SEPARATORS = re.compile("[;,]")
_NAMED = re.compile(r"([a-z]+)[=:](.+)").fullmatch
# Where the whole text is one table.
_TABLES = {Rule.INTERVAL: "bands", Rule.GRADE: "grades", Rule.MILESTONE: "nodes"}


def parse_text(rule: Rule, text: str, defaults: Defaults) -> Parameters:
    """Parameters from a cell; what it leaves out comes from the defaults, an empty one takes them all.

    Also reads `name=value`.  Raises RuleError with the clause that cannot be read and an example.
    """
    return parse_parameters(rule, given_by_text(rule, text), defaults)


def given_by_text(rule: Rule, text: str) -> dict[str, str]:
    """Parameters by name as a cell gives them, not yet checked; see parse_text.

    Raises RuleError for a clause that cannot be read, or that says something else a second time.
    """
    whole = packed(text)
    table = _TABLES.get(rule)
    if table is not None and not _without_value(rule, whole):
        return {table: whole.removeprefix(f"{table}=")} if whole else {}
    given: dict[str, str] = {}
    for clause in filter(None, _SEPARATORS.split(whole)):
        for name, value in _read(rule, clause).items():
            if given.setdefault(name, value) != value:
                raise RuleError(f"“{text}”中 {name} 写了两次：{given[name]}和{value}。")
    return given


def parameters_text(rule: Rule, parameters: Parameters) -> str:
    """Parameters in words; parse_text reads them back."""
    return _TEXTS[type(parameters)](rule, parameters)


def _without_value(rule: Rule, clause: str) -> bool:
    return any(not names and re.fullmatch(pattern, clause) for pattern, names in _CLAUSES.get(rule, ()))


def _read(rule: Rule, clause: str) -> dict[str, str]:
    named = _NAMED(clause)
    if named and named.group(1) in {field.name for field in FIELDS[rule]}:
        return {named.group(1): named.group(2)}
    for pattern, names in _CLAUSES[rule]:
        match = re.fullmatch(pattern, clause)
        if match:
            said = {name.partition("=")[0]: name.partition("=")[2] for name in names if "=" in name}
            found = zip((name for name in names if "=" not in name), match.groups(), strict=True)
            return said | dict(_named(name, value) for name, value in found if value is not None)
    raise RuleError(f"“{rule.label}”的计分参数“{clause}”看不懂。请写成“{EXAMPLES[rule]}”。")


def _named(name: str, value: str) -> tuple[str, str]:
    if not name.endswith("%"):
        return name, value
    return name.removesuffix("%"), shown(over(number(value, "百分比"), HUNDRED))


def _proportion(rule: Rule, own: Proportion) -> str:
    return f"按比例计分,{f'完成率低于{percent(own.floor)}不得分' if own.floor else '不设最低线'}"


def _proportion_bonus(rule: Rule, own: ProportionBonus) -> str:
    return f"每超{shown(own.step)}%加{shown(own.per)}分,最多加{shown(own.cap)}分"


def _step_deduct(rule: Rule, own: StepDeduct) -> str:
    return f"每低{shown(own.step)}%扣{shown(own.per)}分"


def _base_score(rule: Rule, own: BaseScore) -> str:
    return f"基础分{percent(own.share)},每增减1个百分点加减{shown(own.per)}分,最高得满分的{percent(own.cap)}"


def _floating(rule: Rule, own: Floating) -> str:
    return f"上下浮动{percent(own.band)}"


def _ranking(rule: Rule, own: Ranking) -> str:
    return f"每降1位扣满分的{percent(own.per)}"


def _target_ranking(rule: Rule, own: TargetRanking) -> str:
    return f"达标得{shown(own.first)}分,每降1位扣满分的{percent(own.per)}"


def _min_max(rule: Rule, own: MinMax) -> str:
    parts = [("最小值", own.min), ("最大值", own.max)]
    told = "".join(f"{word}{shown(value)}," for word, value in parts if value is not None)
    return f"{told}最低得{shown(own.start)}%"


def _interval(rule: Rule, own: Interval) -> str:
    return bands_text(own.bands)


def _grading(rule: Rule, own: Grading) -> str:
    return grades_text(own.grades)


def _milestones(rule: Rule, own: Milestones) -> str:
    return nodes_text(own.nodes) or "按验收节点权重计分"


def _counted(rule: Rule, own: Counted) -> str:
    verb = "扣" if rule == Rule.DEDUCT else "加"
    parts = [] if own.per is None else [f"每项{verb}{shown(own.per)}分"]
    if own.cap is not None:
        parts.append(f"最多{verb}{shown(own.cap)}分")
    return ",".join(parts)


def _plain(rule: Rule, own: Parameters) -> str:
    return EXAMPLES[rule]


_TEXTS: Mapping[type[Any], Callable[[Rule, Any], str]] = {
    Proportion: _proportion,
    ProportionBonus: _proportion_bonus,
    StepDeduct: _step_deduct,
    BaseScore: _base_score,
    Floating: _floating,
    Ranking: _ranking,
    TargetRanking: _target_ranking,
    MinMax: _min_max,
    Interval: _interval,
    Grading: _grading,
    Milestones: _milestones,
    Counted: _counted,
    Plain: _plain,
}
