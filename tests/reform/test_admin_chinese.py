"""Our catalogue: compiled as it is written, and with a word for everything that unfold says."""

import gettext
import re
from ast import literal_eval
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as translated
from django.utils.translation import ngettext
from django.utils.translation.template import templatize

from reform.locale.compile import CATALOGUES, mo_bytes, read_po

UNFOLD = Path(str(find_spec("unfold").origin)).parent  # type: ignore[union-attr]
STRING = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?<![\w.])(?:_|gettext|gettext_lazy)\(\s*((?:{STRING}\s*)+),?\s*\)")
PLURAL = re.compile(rf"(?<![\w.])ngettext\(\s*{STRING}\s*,\s*{STRING}")
# Extensions that are not installed.
ABSENT = {"constance", "guardian", "location_field", "simple_history", "import_export", "unfold_crispy"}
SAME = {"%(class_name)s %(instance)s"}


def messages() -> tuple[set[str], set[tuple[str, str]]]:
    """What unfold's templates and modules give to translate: single ones, and pairs for plurals."""
    single, plural = set(), set()
    for path in sorted(UNFOLD.rglob("*")):
        if path.suffix not in (".html", ".py") or set(path.relative_to(UNFOLD).parts) & ABSENT:
            continue
        text = path.read_text(encoding="utf-8")
        code = templatize(text, origin=str(path)) if path.suffix == ".html" else text
        single |= {
            "".join(literal_eval(part) for part in re.findall(STRING, match.group(1)))
            for match in CALL.finditer(code)
        }
        plural |= {
            (literal_eval(match.group(1)), literal_eval(match.group(2))) for match in PLURAL.finditer(code)
        }
    return single, plural


@pytest.mark.parametrize(
    ("name", "english", "chinese"), [("django", "Filters", "筛选"), ("djangojs", None, None)]
)
def test_compiled_catalogue_is_the_written_one(name: str, english: str, chinese: str):
    written = CATALOGUES / f"{name}.po"
    compiled = written.with_suffix(".mo")
    expected = mo_bytes(read_po(written.read_text(encoding="utf-8")))
    assert compiled.read_bytes() == expected, "请运行 python -m reform.locale.compile"
    with compiled.open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    assert (
        catalogue.gettext(english) == chinese
        if english
        else catalogue.pgettext("one letter Monday", "M") == "一"
    )


def test_calendar_of_a_date_field_is_in_chinese(admin_client: Client):
    page = admin_client.get(reverse("admin:jsi18n")).content.decode()
    letters = re.findall(r'"one letter (\w+)\\u0004\w": "(.*?)"', page)
    assert len(letters) == 7
    assert not [letter for _, letter in letters if letter.isascii() and not letter.startswith("\\u")]


def test_unfold_says_nothing_in_english():
    single, plural = messages()
    assert len(single) > 80
    english = {text for text in single - SAME if re.search("[A-Za-z]{3}", text) and translated(text) == text}
    assert english == set()
    assert {pair for pair in plural if ngettext(*pair, 2) == pair[1]} == set()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("Filters", "筛选"), ("Log out", "退出登录"), ("Type to search", "输入后按回车查找")],
)
def test_our_words_go_before_those_of_the_packages(english: str, chinese: str):
    assert translated(english) == chinese
