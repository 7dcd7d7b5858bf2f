"""双向选择意向表 (layout 16): what persons and units say of each other, in the first or second pass."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from django.db.models import Q
from import_export.widgets import Widget

from appointments.models import Application, Batch, Candidacy, Intention
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.states import LIVE, OFFICE
from reform.errors import CellError
from reform.exchange.cells import clean_title, quoted, title_key
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.vocabulary import FORMER, ID_NUMBER, POST, UNIT, words
from reform.exchange.widgets import IdNumberWidget, NameWidget, TextWidget, TitleWidget, YesNoWidget
from reform.models import Position
from reform.resources.lookups import PositionIndex, place_key
from reform.resources.person_finder import PersonFinder, PersonRef, alike
from reform.selectors import positions_of

from .application_columns import choice_words
from .intention_records import intention_records, present_units
from .post_finder import PostFinder, packed

CHOICES = (1, 2, 3)
_PASS = re.compile(r"第?([12一二])轮?").fullmatch
_CHINESE = "一二三"


class PassWidget(Widget):
    """轮次: 1, 第一轮, 二."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        match = _PASS(clean_title(value))
        if match is None:
            raise CellError("CHOICE_INVALID", f"没有{quoted(value)}这一轮。", "可填：1、2。")
        return 1 if match.group(1) in "1一" else 2

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


def _choice(number: int) -> Column:
    chinese = _CHINESE[number - 1]
    return Column(
        f"志愿{chinese}",
        TextWidget(120),
        aliases=(*choice_words(number), f"志愿岗位{chinese}", f"志愿岗位{number}", f"第{chinese}志愿岗位"),
        width=28,
        help_text="本人愿意去的岗位，写成“单位 科室 岗位”" if number == 1 else "",
    )


class IntentionSheet(SheetResource):
    """One line for a person and a post: the posts the person wants, and whether the unit takes them.

    The sheet has no ID number: a person is known by the name among those who applied, where needed by
    现单位; who cannot be told apart is an error.
    """

    kind = "intentions"
    label = "双向选择意向表"
    permission = OFFICE
    seen_by = "appointments.view_intention"
    title_words = ("双向选择", "意向")
    marks = ("用人单位意见", "接收岗位", "是否接收", "接收意见", "志愿")
    decisive = (re.compile(r".*(用人单位意见|接收)"),)
    target = "round"

    name = Column("姓名", NameWidget(), required=True, filled=True, blank_code="NAME_MISSING", width=10)
    present_unit = Column("现单位", TitleWidget(), aliases=words(FORMER, UNIT), width=22)
    title_1 = _choice(1)
    title_2 = _choice(2)
    title_3 = _choice(3)
    unit = Column("用人单位", TitleWidget(), aliases=words(("接收", "拟接收"), UNIT), required=True, width=22)
    answer = Column(
        "用人单位意见(接收/不接收)",
        YesNoWidget("接收", "不接收", {"同意": True, "不同意": False, "同意接收": True, "不同意接收": False}),
        aliases=("用人单位意见", "单位意见", "接收意见", "是否接收", "接收/不接收"),
        required=True,
        choices=("接收", "不接收"),
        width=16,
    )
    post = Column(
        "接收岗位",
        TextWidget(120),
        aliases=words(("接收", "拟接收", "意向", "用人单位接收"), POST),
        width=28,
        help_text="此人在本单位只报了一个岗位的可以不填",
    )
    pass_no = Column("轮次", PassWidget(), aliases=("第几轮", "双选轮次"), text=False, width=6)
    id_number = Column("身份证号", aliases=ID_NUMBER, write=False)

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)

    def load(self) -> None:
        round_ = self.context.round
        self.persons = PersonFinder(self)
        index = PositionIndex.of(positions_of(self.context.setup.pk if self.context.setup else 0))
        self.finders = {number: PostFinder(self, index, f"_{number}") for number in CHOICES}
        self.applications: dict[int, list[Application]] = defaultdict(list)
        said = Intention.objects.filter(application__candidacy__round=round_)
        self.known = {(one.application_id, one.pass_no): one for one in said}
        # One that has ended since is compared with what was said of it, and can be told nothing new.
        rows = Application.objects.filter(candidacy__round=round_, candidacy__batch__isnull=False).filter(
            Q(state__in=LIVE) | Q(pk__in=said.values("application_id"))
        )
        for one in rows.select_related(
            "candidacy__batch__round__zone", "candidacy__person", "position__unit__parent"
        ).order_by("choice_no", "id"):
            self.applications[one.candidacy.person_id].append(one)
        self.units = present_units(self.context)

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.entries: dict[int, list[IntentionEntry]] = {}
        self.said: dict[tuple[int, int, str], tuple[Row, bool]] = {}
        for row in rows:
            person = self._person(row)
            if person is None:
                continue
            applications = self.applications.get(person.pk, [])
            if not applications:
                self.error(
                    row,
                    "name",
                    "INTENTION_NO_APPLICATION",
                    f"{person.name}在本轮的批次里没有有效的报名。",
                    "请核对姓名；报名还没有编入批次的先编入。",
                )
                continue
            entries = [*self._wishes(row, applications), *self._answers(row, applications)]
            if not row.bad:
                self._check_same(row, entries)
                self.entries[row.number] = entries

    def _person(self, row: Row) -> PersonRef | None:
        number = row.values.get("id_number")
        if number:
            return self.persons.find(row, number)
        return self.persons.find_by_name(
            row, [self._has_applied, partial(self._works_there, row)], "请填写现单位，或加“身份证号”一列。"
        )

    def _has_applied(self, person: PersonRef) -> bool:
        return person.pk in self.applications

    def _works_there(self, row: Row, person: PersonRef) -> bool:
        said = row.values.get("present_unit")
        return not said or title_key(said) == title_key(self.units.get(person.pk, ""))

    def _wishes(self, row: Row, applications: Sequence[Application]) -> list[IntentionEntry]:
        """The person's own word: yes to each post that is named."""
        entries = []
        for number in CHOICES:
            name = f"title_{number}"
            if not row.values.get(name):
                continue
            position = self.finders[number].find_in_one_cell(row)
            found = [one for one in applications if position and one.position_id == position.pk]
            if found:
                entries.append(IntentionEntry(found[0], self._pass(row), person_agrees=True))
            elif position:
                self.error(
                    row,
                    name,
                    "INTENTION_NO_APPLICATION",
                    f"此人没有报“{position}”。",
                    f"报了：{_listed(applications)}。",
                )
        return entries

    def _answers(self, row: Row, applications: Sequence[Application]) -> list[IntentionEntry]:
        """The unit's word on the post that is named, else on those of the unit that the person wants."""
        answer, unit = row.values.get("answer"), row.values.get("unit")
        if answer is None or {"answer", "unit", "post"} & row.bad_names:
            return []
        if not unit:
            self.error(row, "unit", "VALUE_MISSING", "“用人单位”没有填写。", "请补上。")
            return []
        own = [one for one in applications if title_key(one.position.unit.owner.name) == title_key(unit)]
        if not own:
            self.error(
                row,
                "unit",
                "INTENTION_NO_APPLICATION",
                f"此人没有报“{unit}”的岗位。",
                f"报了：{_listed(applications)}。",
            )
            return []
        said = row.values.get("post")
        live = [one for one in own if one.state in LIVE] or own
        chosen = [one for one in own if packed(said) in _spellings(one.position)] if said else live
        if not chosen:
            self.error(
                row,
                "post",
                "INTENTION_NO_APPLICATION",
                f"此人没有报“{unit}”的“{said}”。",
                f"报了：{_listed(own)}。",
            )
        elif len(chosen) > 1 and (answer or said):
            self.error(
                row,
                "post",
                "INTENTION_POST_OPEN",
                f"此人在“{unit}”报了{len(chosen)}个这样的岗位，不知道是哪一个。",
                f"请写成“单位 科室 岗位”：{_listed(chosen)}。",
            )
        else:
            return [IntentionEntry(one, self._pass(row), unit_agrees=answer) for one in chosen]
        return []

    def _pass(self, row: Row) -> int:
        return row.values.get("pass_no") or 1

    def _check_same(self, row: Row, entries: Sequence[IntentionEntry]) -> None:
        """Of one application nobody says both yes and no in one pass."""
        for entry in entries:
            if entry.unit_agrees is None:
                continue
            key = entry.application.pk, entry.pass_no, "unit"
            first, answer = self.said.setdefault(key, (row, entry.unit_agrees))
            if answer != entry.unit_agrees:
                self.error(
                    row,
                    "answer",
                    "INTENTION_CONFLICT",
                    f"与第{first.number}行对同一个岗位的意见不同。",
                    "请只留一行。",
                )

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        rows = [row for row in rows if row.number in self.entries]
        merged: dict[tuple[int, int], IntentionEntry] = {}
        row_of: dict[tuple[int, int], Row] = {}
        for row in rows:
            self.count(self._outcome(row))
            for entry in self.entries[row.number]:
                key = entry.application.pk, entry.pass_no
                merged[key] = _joined(merged.get(key), entry)
                row_of.setdefault(key, row)
        batches: dict[int, tuple[Batch, list[IntentionEntry]]] = {}
        for entry in merged.values():
            if self._differs(entry):
                batch = entry.application.candidacy.batch
                assert batch is not None
                batches.setdefault(batch.pk, (batch, []))[1].append(entry)
        for batch, entries in batches.values():
            refused = intentions_record(
                batch=batch, entries=entries, actor=self.context.actor, upload=self.context.upload
            )
            reasons = {refusal.row.pk: refusal.reasons for refusal in refused}
            for entry in entries:
                if entry.application.pk in reasons:
                    row = row_of[entry.application.pk, entry.pass_no]
                    said = "；".join(reasons[entry.application.pk])
                    self.error(
                        row,
                        "name",
                        "INTENTION_REFUSED",
                        f"“{entry.application.position}”：{said}。",
                        "请核对。",
                    )

    def _differs(self, entry: IntentionEntry) -> bool:
        known = self.known.get((entry.application.pk, entry.pass_no))
        return known is None or any(
            said is not None and said != getattr(known, name)
            for name, said in (("person_agrees", entry.person_agrees), ("unit_agrees", entry.unit_agrees))
        )

    def _outcome(self, row: Row) -> str:
        entries = [entry for entry in self.entries[row.number] if self._differs(entry)]
        if not entries:
            return "unchanged"
        known = [self.known.get((one.application.pk, one.pass_no)) for one in entries]
        if all(one is None for one in known):
            return "created"
        for entry, one in zip(entries, known, strict=True):
            if one is not None and entry.unit_agrees is not None:
                self.changed(row, row.values["name"], "answer", one.unit_agrees, entry.unit_agrees)
            elif one is not None:
                self.changed(row, row.values["name"], "title_1", "", str(entry.application.position))
        return "changed"

    # --- export ---

    @cached_property
    def alike(self) -> set[int]:
        """Who of those that may be listed has name and unit in common with another: they need the number."""
        units = present_units(self.context)
        rows = Candidacy.objects.filter(round=self.context.round, batch__isnull=False)
        people = rows.order_by().values_list("person_id", "person__name").distinct()
        return alike((pk, (name, units.get(pk))) for pk, name in people)

    def written_columns(self) -> dict[str, Column]:
        written = super().written_columns()
        needs_number = self.context.round is not None and self.alike
        return written | {"id_number": self.columns["id_number"]} if needs_number else written

    def records(self) -> Iterable[dict[str, Any]]:
        """Who may be chosen and who has been spoken of, one line for each application and pass."""
        index = PositionIndex.of(positions_of(self.context.setup.pk if self.context.setup else 0))
        return intention_records(self.context, index, self.alike)


def _joined(one: IntentionEntry | None, other: IntentionEntry) -> IntentionEntry:
    """What two lines say of one application in one pass."""
    if one is None:
        return other
    return IntentionEntry(
        one.application,
        one.pass_no,
        person_agrees=one.person_agrees if other.person_agrees is None else other.person_agrees,
        unit_agrees=one.unit_agrees if other.unit_agrees is None else other.unit_agrees,
    )


def _spellings(position: Position) -> set[str]:
    """How a unit may write one of its posts."""
    unit, section, title = place_key(position)
    return {packed(one) for one in (unit + section + title, section + title, title, position.code)}


def _listed(applications: Sequence[Application]) -> str:
    return "、".join(str(one.position) for one in applications)
