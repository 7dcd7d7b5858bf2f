"""Names of persons (姓名): never a key, so cleaned but never folded."""

import re
import unicodedata

from reform.errors import CellError
from reform.text import HALF_WIDTH, SPACES, clean_text, is_blank

# Unified ideographs with extensions A to I, the twelve unified ones among the compatibility block, and 〇.
# Radicals and private-use characters are not names: they come from PDFs and old fonts.
HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e\ufa0f\ufa11\ufa13\ufa14\ufa1f\ufa21\ufa23\ufa24\ufa27-\ufa29"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U0002ebf0-\U0002ee5d\U00030000-\U000323af"
)
LONGEST_HAN = 18  # limit of XingMing in .lrmx files
LONGEST_LATIN = 64

_PLAIN = re.compile("[\u4e00-\u9fff]{2,18}").fullmatch
_HAN_NAME = re.compile(f"[{HAN}]+(?:·[{HAN}]+)*").fullmatch
_DOT = re.compile(f"(?<=[{HAN}])[·•‧・･●.．∙⋅](?=[{HAN}])")
_HAS_HAN = re.compile(f"[{HAN}]").search
_NOT_IN_NAME = re.compile(f"[^{HAN}·]").search
_LATIN_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LATIN_NAME = re.compile(f"[{_LATIN_LETTERS}](?:[ .,'’·-]*[{_LATIN_LETTERS}])+[.]?").fullmatch
_SPACE_RUN = re.compile(f"[{SPACES}]+")


def clean_name(value: object) -> str:
    """A person's name, normalised: 张　三 → 张三, 巴特尔•朝格图 → 巴特尔·朝格图.

    NFC (not NFKC); blanks go where everything else is Han, else runs of them become one; dots between Han
    characters become U+00B7. 2–18 characters, or 2–64 Latin ones for foreign staff (`is_foreign_name`).
    Raises CellError NAME_MISSING, NAME_INVALID.  Source: domain.md §9 姓名.
    """
    if isinstance(value, str) and _PLAIN(value):
        return value  # unified ideographs have no other form
    if is_blank(value):
        raise CellError("NAME_MISSING", "姓名为空。", "请填写姓名。")
    text = clean_text(value)
    if not _HAS_HAN(text):
        return _latin_name(text)
    name = _DOT.sub("·", _SPACE_RUN.sub("", text))
    if not _HAN_NAME(name):
        raise _invalid(name)
    if not 2 <= len(name) <= LONGEST_HAN:
        raise CellError(
            "NAME_INVALID",
            f"姓名“{name[:24]}”共 {len(name)} 个字，应为 2—{LONGEST_HAN} 个字。",
            "请核对姓名。",
        )
    return name


def is_foreign_name(name: str) -> bool:
    """Whether a cleaned name is written in Latin letters (foreign staff)."""
    return _LATIN_NAME(name) is not None


def _latin_name(text: str) -> str:
    name = unicodedata.normalize("NFC", _SPACE_RUN.sub(" ", text.translate(HALF_WIDTH)).strip())
    if not _LATIN_NAME(name) or len(name) > LONGEST_LATIN:
        raise CellError(
            "NAME_INVALID",
            f"“{name[:24]}”不是姓名。",
            "请填写汉字姓名；外籍人员可填拉丁字母姓名。",
        )
    return name


def _invalid(name: str) -> CellError:
    found = _NOT_IN_NAME(name)
    if found is None:
        return CellError(
            "NAME_INVALID", f"姓名“{name[:24]}”中间隔号的位置不对。", "间隔号应在两个汉字之间，只用一个。"
        )
    character = found.group()
    return CellError(
        "NAME_INVALID",
        f"姓名“{name[:24]}”含有不能用于姓名的字符“{character}”（U+{ord(character):04X}）。",
        "请删去该字符；如系生僻字，请用国标字库重新录入。",
    )
