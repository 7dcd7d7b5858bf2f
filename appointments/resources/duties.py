"""岗位目标责任书 (layout 17): the targets of each appointment for a year, one line a target."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from appointments.models import Appointment
from appointments.selectors.duties import OPEN, contracts, contracts_of
from appointments.services.duties import ContractEntry, TargetEntry, targets_register
from appointments.states import OFFICE
from reform.access import sees_id_numbers
from reform.exchange.cells import title_key
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.vocabulary import APPOINTED, FORMER, ID_NUMBER, POST, UNIT, words
from reform.exchange.widgets import IdNumberWidget, IntegerWidget, NameWidget, TextWidget, TitleWidget
from reform.models import TenureKind
from reform.resources.person_finder import PersonFinder, PersonRef, alike, number_of

from .duty_cells import DueWidget, WeightWidget, YearWidget, term_words


class DutySheet(SheetResource):
    """A person is known by the name among those appointed in the round, where needed by unit and post; the
    targets of one person and year are one 责任书. What a file does not name stays."""

    kind = "duties"
    label = "岗位目标责任书"
    permission = OFFICE
    seen_by = "appointments.view_dutycontract"
    title_words = ("目标责任书", "岗位目标", "目标责任")
    marks = ("目标内容", "量化标准", "目标序号", "完成时限", "甲方签字", "乙方签字")
    decisive = (re.compile(r".*目标内容"), re.compile(r".*(量化标准|完成时限|权重)"))
    against = (re.compile(r".*(实际值|完成值|得分)"),)
    target = "round"

    unit = Column("单位", TitleWidget(), aliases=words((*APPOINTED, *FORMER), UNIT), width=18)
    post = Column("岗位", TextWidget(120), aliases=words((*APPOINTED, *FORMER), POST), width=18)
    name = Column("姓名", NameWidget(), required=True, filled=True, blank_code="NAME_MISSING", width=10)
    term = Column("聘期", aliases=("聘任期限",), read=False, width=26, help_text="由聘任确定，填写无效")
    year = Column("年度", YearWidget(), aliases=("年份", "考核年度"), text=False, width=8)
    number = Column("目标序号", IntegerWidget("目标序号"), aliases=("序号",), text=False, width=9)
    content = Column(
        "目标内容",
        TextWidget(300),
        aliases=("工作目标", "岗位目标", "目标任务", "工作任务"),
        required=True,
        width=40,
    )
    standard = Column("量化标准", TextWidget(300), aliases=("衡量标准", "考核标准", "完成标准"), width=30)
    weight = Column(
        "权重",
        WeightWidget(),
        aliases=("权重(%)", "权重(分)", "分值"),
        required=True,
        text=False,
        width=8,
        help_text="各目标合计100",
    )
    due = Column("完成时限", DueWidget(), aliases=("完成时间", "时限"), width=16)
    unit_signature = Column("甲方签字", read=False, width=12, help_text="在系统中签字，填写无效")
    person_signature = Column("乙方签字", read=False, width=12, help_text="在系统中签字，填写无效")
    id_number = Column("身份证号", aliases=ID_NUMBER, write=False)

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)

    def load(self) -> None:
        self.persons = PersonFinder(self)
        self.appointments: dict[int, list[Appointment]] = defaultdict(list)
        rows = Appointment.objects.filter(round=self.context.round, state__in=OPEN).select_related(
            "person", "zone", "round", "position__unit__parent"
        )
        for one in rows.order_by("sort_no", "id"):
            self.appointments[one.person_id].append(one)
        keys = [one.pk for some in self.appointments.values() for one in some]
        self.known = {(one.appointment_id, one.year): one for one in contracts().filter(appointment__in=keys)}

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.lines: dict[tuple[int, int], list[Row]] = defaultdict(list)
        self.found: dict[int, Appointment] = {}
        self.unwritten: set[int] = set()
        for row in rows:
            if not self._is_written(row):
                self.unwritten.add(row.number)
                continue
            person = self._person(row)
            if person is None:
                continue
            one = self._appointment(row, person)
            if one is None:
                continue
            key = one.pk, row.values.get("year") or one.starts_on.year
            self.found[one.pk] = one
            self.lines[key].append(row)
        for key, lines in self.lines.items():
            self._check_lines(key, lines)

    def _is_written(self, row: Row) -> bool:
        """Whether a line says anything: that of an export which nobody has filled in does not."""
        names = ("content", "standard", "weight", "due")
        if not any(row.values.get(name) or name in row.bad_names for name in names):
            return False
        for name in ("content", "weight"):
            if row.values.get(name) is None and name not in row.bad_names:
                header = self.columns[name].header
                self.error(row, name, "VALUE_MISSING", f"“{header}”没有填写。", "请补上。")
        return True

    def _person(self, row: Row) -> PersonRef | None:
        number = row.values.get("id_number")
        if number:
            return self.persons.find(row, number)
        return self.persons.find_by_name(
            row,
            [lambda person: person.pk in self.appointments, partial(self._fits, row)],
            "请填写单位和岗位，或加“身份证号”一列。",
        )

    def _fits(self, row: Row, person: PersonRef) -> bool:
        return bool(self._of_place(row, self.appointments.get(person.pk, ())))

    def _of_place(self, row: Row, some: Iterable[Appointment]) -> list[Appointment]:
        unit, post = row.values.get("unit"), row.values.get("post")
        return [
            one
            for one in some
            if (not unit or title_key(unit) in _unit_words(one))
            and (not post or title_key(post) in _post_words(one))
        ]

    def _appointment(self, row: Row, person: PersonRef) -> Appointment | None:
        own = self.appointments.get(person.pk, [])
        found = self._of_place(row, own)
        if len(found) > 1:
            found = [one for one in found if one.kind == TenureKind.PRIMARY] or found
        if len(found) == 1:
            return found[0]
        if not own:
            self.error(row, "name", "DUTY_NO_APPOINTMENT", f"{person.name}在本轮没有聘任。", "请先登记聘任。")
        elif not found:
            said = "、".join(str(one.position) for one in own)
            name = "post" if row.values.get("post") else "unit"
            self.error(
                row, name, "DUTY_NO_APPOINTMENT", f"{person.name}聘任的是“{said}”。", "请核对单位和岗位。"
            )
        else:
            self.error(
                row, "post", "DUTY_POST_OPEN", f"{person.name}有{len(found)}个这样的聘任。", "请写明岗位。"
            )
        return None

    def _check_lines(self, key: tuple[int, int], lines: Sequence[Row]) -> None:
        """Numbers within one 责任书, given or by the place; a total that is not 100 is told, as it may be
        completed before it is signed."""
        numbers: dict[int, Row] = {}
        for place, row in enumerate(lines, 1):
            number = row.values.get("number") or place
            row.values["number"] = number
            first = numbers.setdefault(number, row)
            if first is not row:
                self.error(
                    row,
                    "number",
                    "DUTY_NUMBER_TWICE",
                    f"与第{first.number}行的目标序号都是{number}。",
                    "同一人同一年的目标序号不能重复。",
                )
        if any(row.bad for row in lines):
            for row in lines:
                row.bad = True  # one 责任书 is read as a whole
            return
        known = self.known.get(key)
        other = [one for one in known.targets.all() if one.number not in numbers] if known else []
        total = sum((row.values["weight"] for row in lines), Decimal(0))
        total += sum((one.weight for one in other), Decimal(0))
        if total != 100:
            name = self.found[key[0]].person.name
            self.warning(
                lines[0],
                "weight",
                "DUTY_WEIGHTS",
                f"{name}{key[1]}年的目标权重合计{total.normalize():f}，不是100。",
                "签字前须合计100。",
            )

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        self.count("unchanged", sum(row.number in self.unwritten for row in rows))
        good = {row.number for row in rows}
        keys = [key for key, lines in self.lines.items() if all(row.number in good for row in lines)]
        entries = [
            ContractEntry(
                self.found[key[0]],
                key[1],
                [_entry(row) for row in self.lines[key]],
                is_whole=False,
            )
            for key in keys
        ]
        if not entries:
            return
        self._note_changes(keys)
        done = targets_register(
            zone=self.context.zone,
            entries=entries,
            actor=self.context.actor,
            upload=self.context.upload,
            reason="目标责任书工作簿",
        )
        for place, (key, outcome) in enumerate(zip(keys, done.outcomes, strict=True)):
            for row in self.lines[key]:
                if outcome == "refused":
                    reasons = "；".join(done.reasons[place])
                    self.error(row, "name", "DUTY_REFUSED", f"{reasons}。", "请核对。")
                else:
                    self.count(self._outcome(key, row))

    def _note_changes(self, keys: Sequence[tuple[int, int]]) -> None:
        """Old → new for the preview, and what becomes of each line."""
        self.outcome: dict[int, str] = {}
        for key in keys:
            contract = self.known.get(key)
            present = {one.number: one for one in contract.targets.all()} if contract else {}
            for row in self.lines[key]:
                old = present.get(row.values["number"])
                self.outcome[row.number] = "created" if old is None else "unchanged"
                for name in ("content", "standard", "weight", "due") if old else ():
                    new = getattr(_entry(row), name)
                    if getattr(old, name) != new:
                        self.outcome[row.number] = "changed"
                        who = self.found[key[0]].person.name
                        self.changed(row, who, name, getattr(old, name), new)

    def _outcome(self, key: tuple[int, int], row: Row) -> str:
        return self.outcome[row.number]

    # --- export ---

    @cached_property
    def listed(self) -> list[Appointment]:
        """The appointments of an export, in its order."""
        rows = Appointment.objects.filter(round=self.context.round, state__in=OPEN)
        return list(rows.select_related("person", "position__unit__parent").order_by("sort_no", "id"))

    @cached_property
    def alike(self) -> set[int]:
        """Who has name, unit and post in common with another: they need the number."""
        return alike(
            (one.person_id, (one.person.name, one.position.unit.owner.name, one.position.title))
            for one in self.listed
        )

    def written_columns(self) -> dict[str, Column]:
        written = super().written_columns()
        needs_number = self.context.round is not None and self.alike
        return written | {"id_number": self.columns["id_number"]} if needs_number else written

    def records(self) -> Iterable[dict[str, Any]]:
        """Every target of the round; an appointment without one gives a line to fill in."""
        clear = sees_id_numbers(self.context.actor)
        written = contracts_of([one.pk for one in self.listed])
        for one in self.listed:
            head = {
                "unit": one.position.unit.owner.name,
                "post": one.position.title,
                "name": one.person.name,
                "term": term_words(one.starts_on, one.ends_before),
                "id_number": number_of(one.person, clear) if one.person_id in self.alike else "",
            }
            if not written.get(one.pk):
                yield {**head, "year": one.starts_on.year, "number": 1}
            for contract in written.get(one.pk, ()):
                user = contract.unit_signed_by
                for target in contract.targets.all():
                    yield {
                        **head,
                        "year": contract.year,
                        "number": target.number,
                        "content": target.content,
                        "standard": target.standard,
                        "weight": target.weight,
                        "due": target.due,
                        "unit_signature": (user.get_full_name() or user.get_username()) if user else "",
                        "person_signature": one.person.name if contract.person_signed_on else "",
                    }


def _entry(row: Row) -> TargetEntry:
    return TargetEntry(
        number=row.values["number"],
        content=row.values["content"],
        standard=row.values.get("standard") or "",
        weight=row.values["weight"],
        due=row.values.get("due") or "",
    )


def _unit_words(one: Appointment) -> set[str]:
    unit = one.position.unit
    return {title_key(unit.owner.name), title_key(unit.name), title_key(f"{unit.owner.name}{unit.name}")}


def _post_words(one: Appointment) -> set[str]:
    unit, title = one.position.unit, one.position.title
    spelled = (title, f"{unit.name}{title}", f"{unit.owner.name}{title}", str(one.position))
    both = f"{unit.owner.name}{unit.name}{title}"
    return {title_key(text) for text in (*spelled, both, one.position.code)}
