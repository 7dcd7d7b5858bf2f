"""The line under a title that says what the scores weigh: 笔试35%、面试25%、民主测评25%、工作实绩15%."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from appointments.models import ScoreItem
from reform.text import NO_SPACES

ITEM_WORDS: dict[str, tuple[str, ...]] = {
    ScoreItem.WRITTEN.value: ("笔试", "笔试成绩"),
    ScoreItem.INTERVIEW.value: ("面试", "面试成绩", "竞聘演讲", "演讲答辩", "面试答辩"),
    ScoreItem.PEER_VOTE.value: ("民主测评", "民主测评得分", "民主推荐"),
    ScoreItem.RESULTS.value: ("业绩", "工作实绩", "工作业绩", "实绩", "业绩考核"),
    ScoreItem.FITNESS.value: ("适岗评价", "适岗"),
}
WHOLE = Decimal(100)

_ITEM_OF = {word: item for item, words in ITEM_WORDS.items() for word in words}
_WORD = "|".join(sorted(_ITEM_OF, key=len, reverse=True))
# Between an item and its weight stand words (占, 成绩 …) but not the sign that parts it from the next item.
_GAP = r"[^0-9%+、,;。]{0,8}"
_AFTER = re.compile(rf"(?P<word>{_WORD}){_GAP}(?P<number>\d+(?:\.\d+)?)(?P<sign>%?)")
_BEFORE = re.compile(rf"(?P<number>\d+(?:\.\d+)?)(?P<sign>%?)[×*x]?(?P<word>{_WORD})")


def weights_in(lines: Iterable[str]) -> dict[str, Decimal]:
    """Item → percent, from the first line that gives any; {} where none does. They need not total 100."""
    for line in lines:
        text = unicodedata.normalize("NFKC", line).translate(NO_SPACES)
        for pattern in (_AFTER, _BEFORE):
            found = {}
            for match in pattern.finditer(text):
                percent = _percent(match["number"], match["sign"], match.group())
                if percent is not None:
                    found[_ITEM_OF[match["word"]]] = percent
            if found:
                return found
    return {}


def _percent(number: str, sign: str, whole: str) -> Decimal | None:
    """35% and 占35 as 35, ×0.35 as 35; other figures beside an item (a day, a room) are no weight."""
    value = Decimal(number)
    if sign:
        return value
    if value <= 1 and any(mark in whole for mark in "×*x占"):
        return value * WHOLE
    return value if value <= WHOLE and any(mark in whole for mark in ("占", "权重")) else None
