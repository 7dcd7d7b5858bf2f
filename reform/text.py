"""Text as offices write it: blanks of every width, stray line feeds, padded titles."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

# Everything that only takes up room: the white space of Unicode, and the zero-width and direction marks that
# come along when a number is pasted from a chat or a PDF.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
SPACES = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000" + INVISIBLE
)
NO_SPACES = dict.fromkeys(map(ord, SPACES))
# Full-width ASCII (！ to ～) to half-width; the ideographic blank goes to a plain one.
HALF_WIDTH: dict[int, int] = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}

_BLANKS = frozenset({"", "-", "--", "---", "—", "——", "–", "－", "－－", "无", "（无）", "(无)", "/", "／"})
_BREAKS = re.compile(f"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029{INVISIBLE}]")
_SPACE_RUN = re.compile(f"[{SPACES}]+")
_CARRIAGE_RETURN = "_x000D_"  # how a workbook writes a CR inside a cell
_BRACKETS = str.maketrans("【】〔〕[]｛｝{}", "()()()()()")


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: None, white space of any width, - -- — —— 无 /, or NaN."""
    if isinstance(value, str):
        return value.strip(SPACES) in _BLANKS
    return value is None or value != value


def clean_text(value: object) -> str:
    """The text of a cell: NFC, trimmed (also full-width), line feeds inside removed; None gives ''.

    Numbers appear as the sheet shows them: 15 significant digits, no exponent, no '.0'; a date in ISO.
    Never raises.
    """
    if isinstance(value, str):
        text = _BREAKS.sub("", value)
        while _CARRIAGE_RETURN in text:
            text = text.replace(_CARRIAGE_RETURN, "")
        return unicodedata.normalize("NFC", text).strip(SPACES)
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _shown_number(value)
    if isinstance(value, Decimal):
        shown = format(value, "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return clean_text(str(value))


def clean_title(value: object) -> str:
    """The name of a unit, section or post as it is stored and shown: 专  职 → 专职; blank, - and 无 give ''.

    White space stays, as one blank, only between Latin letters or digits. Brackets stay as written; compare
    with `title_key`. Never raises.
    """
    text = clean_text(value)
    if text in _BLANKS:
        return ""
    return unicodedata.normalize("NFC", _SPACE_RUN.sub(_inner_space, text))


@lru_cache(maxsize=16384)
def title_key(text: str) -> str:
    """The dictionary key of a title: NFKC, no white space, brackets of every kind and width as ( ).

    For comparison only, never stored or shown: “部务督导（正职）” and “部务督导 (正职)” have the same key.
    """
    packed = unicodedata.normalize("NFKC", text).translate(NO_SPACES)
    # once more: without the blanks, letters and accents may join
    return unicodedata.normalize("NFKC", packed).translate(_BRACKETS)


def quoted(value: object, limit: int = 24) -> str:
    """The value as it is named in a message: in Chinese quotation marks, shortened to `limit` characters."""
    text = clean_text(value)
    return f"“{text if len(text) <= limit else text[:limit] + '…'}”"


def _inner_space(match: re.Match[str]) -> str:
    before, after = match.string[match.start() - 1], match.string[match.end()]
    return " " if _is_latin(before) and _is_latin(after) else ""


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _shown_number(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer():
        return str(int(value))
    return format(Decimal(format(value, ".15g")), "f")
