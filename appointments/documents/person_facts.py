"""The facts that a .lrmx and the person's record both have: written, compared, and read back (domain.md
§8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reform import codes
from reform.codes import code_of
from reform.errors import CellError
from reform.exchange.cells import clean_name
from reform.models import Person

from . import names
from .lrmx import LABELS, Lrmx


@dataclass(frozen=True)
class Fact:
    """One fact: `fields` of the person, how it is written, and how a text is read into those fields.

    read: text → values by field; raises CellError.  A text that says the same is no difference, whatever its
    form.
    """

    fields: tuple[str, ...]
    write: Callable[[Person], str]
    read: Callable[[str], Mapping[str, Any]]

    def differs(self, text: str, person: Person) -> bool:
        """Whether a text says something else than the person's record; nothing said is no difference."""
        if not text.strip() or text.strip() == self.write(person):
            return False
        try:
            values = self.read(text)
        except CellError:
            return True
        return any(not _same(getattr(person, name), value) for name, value in values.items())


@dataclass(frozen=True)
class Difference:
    """What a file says otherwise than the record. values: to be taken over by field; empty where the text
    cannot be read, then `why` says so."""

    element: str
    label: str
    ours: str
    theirs: str
    values: Mapping[str, Any]
    why: str = ""


def as_texts(person: Person) -> dict[str, str]:
    """The person's facts by element name; what the file is known by, the ID number, is not among them."""
    return {name: fact.write(person) for name, fact in FACTS.items()}


def differences(file: Lrmx, person: Person) -> list[Difference]:
    """What the file says otherwise than the record, in the order of the form. What the file leaves open is no
    difference; what only the record leaves open is one."""
    found = []
    for name, fact in FACTS.items():
        text = file[name].strip()
        if not fact.differs(text, person):
            continue
        values: Mapping[str, Any] = {}
        why = ""
        try:
            values = fact.read(text)
        except CellError as fault:
            why = fault.message + fault.hint
        ours = fact.write(person)
        found.append(Difference(name, LABELS[name], ours, text, values, why))
    return found


def _same(known: Any, said: Any) -> bool:
    """A file knows months only: a day of the same month says the same."""
    if isinstance(known, date) and isinstance(said, date):
        return (known.year, known.month) == (said.year, said.month)
    return bool(known == said)


def _month(text: str) -> date:
    packed = text.strip().replace(".", "")
    try:
        return date(int(packed[:4]), int(packed[4:6]), 1)
    except ValueError:
        raise CellError("DATE_INVALID", f"“{text}”不是年月。", "应写成 198001。") from None


def _month_fact(field: str) -> Fact:
    return Fact(
        (field,),
        lambda person: names.month_packed(getattr(person, field)),
        lambda text: {field: _month(text)},
    )


def _text_fact(field: str) -> Fact:
    return Fact((field,), lambda person: getattr(person, field), lambda text: {field: text.strip()})


def _code_fact(field: str, table: codes.CodeTable, write: Callable[[str], str]) -> Fact:
    return Fact(
        (field,),
        lambda person: write(getattr(person, field)),
        lambda text: {field: code_of(table, text)},
    )


def _party_text(person: Person) -> str:
    if person.political_status in names.JOINED or not person.political_status:
        return names.month_packed(person.party_joined_on)
    return names.joined_party(person)


def _party(text: str) -> dict[str, Any]:
    """yyyyMM of a member of the Communist Party, another party's name, or both parted by a semicolon."""
    first, _, second = text.replace(";", "；").partition("；")
    values: dict[str, Any] = {}
    for part in (first.strip(), second.strip()):
        if part[:4].isdecimal():
            values["party_joined_on"] = _month(part)
        elif part and "political_status" not in values:
            values["political_status"] = code_of(codes.POLITICAL_STATUS, part)
    return values


FACTS: Mapping[str, Fact] = {
    "XingMing": Fact(("name",), lambda person: person.name, lambda text: {"name": clean_name(text)}),
    "XingBie": _code_fact("sex", codes.SEX, lambda code: codes.SEX.get(code, "")),
    "ChuShengNianYue": _month_fact("birth_on"),
    "MinZu": _code_fact("ethnicity", codes.ETHNICITY, lambda code: codes.ETHNICITY.get(code, "")),
    "JiGuan": _text_fact("native_place"),
    "RuDangShiJian": Fact(("political_status", "party_joined_on"), _party_text, _party),
    "CanJiaGongZuoShiJian": _month_fact("work_started_on"),
    "ZhuanYeJiShuZhiWu": _text_fact("technical_title"),
    "QuanRiZhiJiaoYu_XueLi": _code_fact("fulltime_education", codes.EDUCATION, names.education),
    "QuanRiZhiJiaoYu_XueWei": _code_fact("fulltime_degree", codes.DEGREE, names.degree),
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": _text_fact("fulltime_school"),
    "ZaiZhiJiaoYu_XueLi": _code_fact("onjob_education", codes.EDUCATION, names.education),
    "ZaiZhiJiaoYu_XueWei": _code_fact("onjob_degree", codes.DEGREE, names.degree),
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": _text_fact("onjob_school"),
}
