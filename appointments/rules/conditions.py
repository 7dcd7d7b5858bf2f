"""任职条件 of a post, as offices write them, taken apart: groups that all must hold, of alternatives of which
one must (§3a). What no pattern understands becomes one condition for the clerk."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from reform.codes import EDUCATION, IDENTITY, POLITICAL_STATUS, education_rank
from reform.ladder import Ladder

from .qualification_facts import Group, Requirement, RuleKind

_DIGITS = "零一二三四五六七八九"
_NUMBER = r"(?P<number>\d{1,2}|[一二两三四五六七八九十]{1,3})"
_AND_MORE = r"(?:及|或|或者|和)?以上"

# 1. 2、 （三） 四、 at the head of a clause.
_NUMBERING = re.compile(
    r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、．])"
)
_CLAUSES = re.compile(r"[;。\n\r]+")
_PARTS = re.compile(r"[,，]")
# “或” of 及以上 and 或以上 parts no alternatives.
_ALTERNATIVES = re.compile(r"或者?(?!以上|以下|以后|以内)")
_LABEL = re.compile(r"^(?P<label>[^:：]{1,12})[:：]")
# Nothing is asked.
_FREE = re.compile(r"(?:[^:]{1,12}:)?(?:无|/|—|-+|(?:学历|专业|年龄|性别|身份|条件)?不限(?:制)?|无要求)")
_FULL_WIDTH = str.maketrans({":": "：", "(": "（", ")": "）"})
_BORN_FROM = r"(?:\((?P<year>\d{4})年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?(?:以后|后|及以后)出生\))?"

_AGE = re.compile(
    r"(?:年龄|周岁)?(?:应|须|一般|原则上)*(?:在|为)?(?P<lead>不超过|不大于|不高于)?"
    rf"(?P<number>\d{{2}})(?:周岁|岁)?(?P<tail>(?:及|或)?以下|以内|\(含\)以下)?{_BORN_FROM}"
)
_BORN = re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?(?:以后|后|及以后)出生")
_TENURE = re.compile(
    r"(?:现?担?任|任职|在)?(?P<level>[^0-9满]{2,10}?)(?:职务|岗位|层级|职级)?(?:及以上)?"
    rf"(?:职务|岗位|层级)?(?:任职|工作)?(?:年限)?(?:满|达到|达|不少于)?{_NUMBER}(?:周)?年(?:{_AND_MORE})?"
)
_BELOW_WORDS = ("下一层级", "下一级", "下级", "下一层级年限", "低一层级")
_BARE_YEARS = re.compile(rf"(?:满|达到|不少于)?{_NUMBER}(?:周)?年(?:{_AND_MORE})?")
_SERVICE = re.compile(
    rf"(?:具有|具备|有|参加工作|工作年限|工龄|工作经历|工作经验)?(?:满|达到|不少于)?{_NUMBER}(?:周)?年"
    rf"(?:{_AND_MORE})?(?:的)?(?P<tail>工作经历|工作经验|工作年限|工龄)?"
)
_SERVICE_WORDS = ("参加工作", "工作年限", "工龄", "工作经历", "工作经验")
_EDUCATION = re.compile(
    r"(?:具有|具备|取得|须为)?(?:国家承认的|国民教育)?(?P<fulltime>全日制|普通高等教育)?(?P<word>[^\d,]{2,8}?)"
    rf"(?P<more>{_AND_MORE})?(?P<tail>学历|文化程度|文化)?(?P<again>{_AND_MORE})?"
)
_APPRAISAL = re.compile(
    rf"(?:近|最近){_NUMBER}年(?:来)?(?:的)?(?:年度)?考核(?:结果|等次)?(?:均|都)?(?:为|在|达到|达)?"
    rf"(?P<grade>优秀|称职|合格|称职\(合格\)|合格\(称职\))(?:等次)?(?:{_AND_MORE})?(?:等次)?"
)
_SANCTION = re.compile(
    r"(?:没有|无|未|未受过?|未受到|不在|不处于|未处于)(?:党纪|政务|党纪政务|纪律)?处分(?:影响)?(?:期|期内|期间)?"
)
_PROFESSION = re.compile(r"(?P<words>[^\d]{2,30}?)(?:及)?(?:相关)?专业(?:毕业)?")
_CERTIFICATE = re.compile(
    r"(?:具有|具备|持有|取得)(?P<word>[^\d]{2,20}?)(?:(?:及|或)?以上)?(?P<tail>职称|专业技术职务|专业技术资格|资格证书|证书|资格证|执业资格|资格)"
)


def parse_conditions(text: str, ladder: Ladder) -> tuple[Group, ...]:
    """The groups of a post's 任职条件; () for an empty text. The order is that of the text, what could not be
    understood stands last, in one group of kind OTHER.

    ladder: its words name the levels.  Clauses end with 。; or a new line; commas part what must hold
    together, 或 parts alternatives.
    """
    return _parse(text, ladder) if text.strip() else ()


@lru_cache
def _parse_words(text: str, words: tuple[tuple[str, str], ...]) -> tuple[Group, ...]:
    level_of = dict(words)
    groups: list[Group] = []
    left: list[str] = []
    for clause in _clauses(text):
        parts = [_group(part, level_of) for part in _parts(clause)]
        if all(parts):
            groups += [part for part in parts if part]
        else:
            whole = _group(clause, level_of)
            groups += [whole] if whole else [part for part in parts if part]
            if not whole:
                left += [words for words, part in zip(_parts(clause), parts, strict=True) if not part]
    if left:
        rest = _shown("；".join(left))
        groups.append(Group(rest, (Requirement(RuleKind.OTHER, rest),)))
    return tuple(groups)


def _parse(text: str, ladder: Ladder) -> tuple[Group, ...]:
    return _parse_words(text, tuple((word, level.code) for word, level in ladder.by_word.items()))


def _clauses(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    for clause in _CLAUSES.split(plain):
        bare = re.sub(r"\s+", "", clause)
        while match := _NUMBERING.match(bare):
            bare = bare[match.end() :]
        if bare and not _FREE.fullmatch(bare):
            yield bare


def _parts(clause: str) -> list[str]:
    return [part for part in _PARTS.split(clause) if part and not _FREE.fullmatch(part)]


def _group(part: str, level_of: dict[str, str]) -> Group | None:
    """The alternatives of one condition; None where none of them is understood."""
    label = ""
    match = _LABEL.match(part)
    body = part
    if match:
        label, body = match["label"], part[match.end() :]
    whole = _item(label, body, level_of)
    if whole:
        return Group(_shown(part), (whole,))
    words = [one for one in _ALTERNATIVES.split(body) if one]
    if body.endswith("学历"):
        label = label or "学历"  # 本科或研究生学历: said once, at the end
    items = [_item(label, one, level_of) for one in words]
    if len(words) < 2 or not any(items):
        return None
    # An alternative that is not understood leaves the group open: another one may still be met.
    known = tuple(item or Requirement(RuleKind.OTHER, one) for item, one in zip(items, words, strict=True))
    return Group(_shown(part), known)


def _shown(text: str) -> str:
    return text.translate(_FULL_WIDTH)


def _item(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    for parse in _PARSERS:
        found = parse(label, body, level_of)
        if found is not None:
            return found
    return None


def _count(text: str) -> int:
    """12, 五, 十二, 二十: up to ninety-nine."""
    if text.isdigit():
        return int(text)
    ten = len(_DIGITS)
    tens, mark, ones = text.replace("两", "二").rpartition("十")
    high = (_DIGITS.index(tens) if tens else 1) * ten if mark else 0
    return high + (_DIGITS.index(ones) if ones else 0)


def _day(match: re.Match[str]) -> date | None:
    if not match["year"]:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        return None


def _age(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    is_age = "年龄" in label or "年龄" in body or "岁" in body
    match = _AGE.fullmatch(body)
    if match and is_age and (match["lead"] or match["tail"] or "年龄" in label):
        return Requirement(RuleKind.MAX_AGE, body, number=int(match["number"]), born_from=_day(match))
    born = _BORN.fullmatch(body)
    return Requirement(RuleKind.MAX_AGE, body, born_from=_day(born)) if born and _day(born) else None


def _tenure(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _BARE_YEARS.fullmatch(body)
    if match and "任" in label:
        return _tenure_of(label.removesuffix("年限").lstrip("现担任"), body, match, level_of)
    match = _TENURE.fullmatch(body)
    return _tenure_of(match["level"], body, match, level_of) if match else None


def _tenure_of(words: str, body: str, match: re.Match[str], level_of: dict[str, str]) -> Requirement | None:
    words = words.removesuffix("及以上").removesuffix("任职")
    level = "" if words in _BELOW_WORDS else level_of.get(words)
    if level is None:
        return None
    number = _count(match["number"])
    return Requirement(RuleKind.MIN_LEVEL_TENURE, body, level=level, number=number)


def _service(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _SERVICE.fullmatch(body)
    if not match or not any(word in label + body for word in _SERVICE_WORDS):
        return None
    return Requirement(RuleKind.MIN_SERVICE, body, number=_count(match["number"]))


def _education(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _EDUCATION.fullmatch(body)
    if not match or not ("学历" in label or match["more"] or match["tail"]):
        return None
    code = EDUCATION.find(match["word"])
    if code is None:
        return None
    is_fulltime = bool(match["fulltime"]) or "全日制" in label
    return Requirement(RuleKind.MIN_EDU, body, number=education_rank(code), is_fulltime=is_fulltime)


_FULL_MEMBER, _PROBATIONARY = "01", "02"


def _party(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    word = re.sub(r"^(?:须为|应为|为|是|限)", "", body)
    accepted = {_FULL_MEMBER, _PROBATIONARY}
    if "预备" in word:
        word = re.sub(r"\((?:含|包括)(?:中共)?预备党员\)|\(含预备\)", "", word)
    elif "正式" in word:
        accepted = {_FULL_MEMBER}
    code = POLITICAL_STATUS.find(word)
    if code is None or word.isdigit():
        return None
    codes = accepted if code == _FULL_MEMBER else {code}
    return Requirement(RuleKind.PARTY, body, codes=frozenset(codes))


def _identity(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    bare = re.sub(r"^(?:限|须为|应为|具有|为)", "", body)
    words = [re.sub(r"(?:身份|在编人员|在编)$", "", word) for word in bare.split("、")]
    codes = [IDENTITY.find(word) for word in words]
    if not all(codes) or bare.isascii():
        return None
    return Requirement(RuleKind.IDENTITY_IN, body, codes=frozenset(code for code in codes if code))


def _appraisal(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _APPRAISAL.fullmatch(body)
    if not match:
        return None
    good = frozenset("A" if match["grade"] == "优秀" else "AB")
    return Requirement(RuleKind.APPRAISAL_LAST3, body, number=_count(match["number"]), codes=good)


def _sanction(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    return Requirement(RuleKind.NO_SANCTION, body) if _SANCTION.fullmatch(body) else None


def _certificate(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _CERTIFICATE.fullmatch(body)
    if match:
        return Requirement(RuleKind.CERT, body, words=(match["word"],))
    if "职称" in label or "证书" in label:
        return Requirement(RuleKind.CERT, body, words=(re.sub(r"(?:及|或)?以上$", "", body),))
    return None


def _profession(label: str, body: str, level_of: dict[str, str]) -> Requirement | None:
    match = _PROFESSION.fullmatch(body)
    words = match["words"] if match else body if "专业" in label else ""
    if not words or "不限" in words or (match and "学历" in words):
        return None
    named = tuple(word for word in re.split(r"[、/]|及|和", words) if word)
    # Said together with 相关专业, the names are only examples.
    is_vague = "相关专业" in body
    return Requirement(
        RuleKind.PROFESSION,
        body,
        words=tuple(f"{word.removesuffix('类')}类" if is_vague else word for word in named),
    )


Parser = Callable[[str, str, dict[str, str]], Requirement | None]
_PARSERS: Sequence[Parser] = (
    _age,
    _tenure,
    _service,
    _appraisal,
    _sanction,
    _education,
    _party,
    _identity,
    _certificate,
    _profession,
)
