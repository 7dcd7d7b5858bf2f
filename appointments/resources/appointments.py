"""聘任结果汇总表 (layout 19): decisions already taken, put in force by the import."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from appointments.models import Appointment, Baseline
from appointments.rules.change import ChangeKind
from appointments.rules.placement import probation_end
from appointments.selectors import appointment_list, change_summary
from appointments.services import AppointmentEntry, appointments_register, held_level
from appointments.states import OFFICE
from reform.access import sees_id_numbers
from reform.dated import add_years
from reform.exchange.cells import mask_id
from reform.exchange.context import involved
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.vocabulary import APPOINTED, BELOW_UNIT, ID_NUMBER, LEVEL, POST, SECTION, UNIT, words
from reform.exchange.widgets import (
    ChoiceWidget,
    DateWidget,
    IdNumberWidget,
    LastDayWidget,
    LevelWidget,
    NameWidget,
    TermWidget,
    TextWidget,
    TitleWidget,
)
from reform.fields import keyed_hash
from reform.models import Position
from reform.resources.lookups import PositionIndex
from reform.resources.person_finder import PersonFinder, PersonRef
from reform.selectors import positions_of

from .post_finder import PostFinder
from .terms import Terms

CHANGE_WORDS = {kind.value: kind.label for kind in ChangeKind}


class AppointmentSheet(SheetResource):
    """Who is appointed to what: a person by ID number and name, a post by 岗位编号 or unit + section +
    title."""

    kind = "appointments"
    label = "聘任结果汇总表"
    permission = OFFICE
    seen_by = "appointments.view_appointment"
    title_words = (
        *("聘任结果", "聘任人员", "拟聘", "聘任名单", "聘任汇总"),
        *("聘用", "竞聘上岗", "上岗结果", "竞聘结果"),
    )
    marks = ("聘任", "拟聘", "聘期", "聘用", "拟任", "试用期止", "变动类型")
    # A sheet of results often repeats half the roster; one that says where people go is none.
    decisive = (
        re.compile(r"(拟聘|拟任|聘任|聘用|竞聘后|新聘|现聘).*(单位|部门)$"),
        re.compile(r"(拟聘|拟任|聘任|聘用|竞聘后|新聘|现聘).*(岗位|职务|职位)$"),
    )
    target = "round"

    number = Column("序号", aliases=("排序",), read=False, text=False, width=6)
    name = Column(
        "姓名",
        NameWidget(),
        aliases=("干部姓名", "人员姓名"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    id_number = Column(
        "身份证号",
        aliases=ID_NUMBER,
        required=True,
        filled=True,
        blank_code="ID_MISSING",
        width=20,
        help_text="18位，文本格式",
    )
    unit = Column("聘任单位", TitleWidget(), aliases=(*words(APPOINTED, UNIT), "用人单位"), width=22)
    section = Column(
        "聘任科室",
        TitleWidget(),
        aliases=words(APPOINTED, SECTION),
        otherwise=words(APPOINTED, BELOW_UNIT),
        width=14,
    )
    title = Column("聘任岗位", TitleWidget(), aliases=words(APPOINTED, POST), width=18)
    code = Column("岗位编号", TextWidget(60), aliases=("岗位编码", "聘任岗位编号", "岗位代码"), width=14)
    level = Column("岗位层级", aliases=words(APPOINTED, LEVEL), width=10, help_text="须与岗位设置一致")
    method = Column(
        "任用方式",
        ChoiceWidget(
            dict(Position.Method.choices),
            {"竞争上岗": "JP", "竞聘上岗": "JP", "竞聘": "JP", "直聘": "ZP", "任命": "SJ"},
        ),
        aliases=("聘任方式", "选任方式", "任免方式"),
        choices=[label for _, label in Position.Method.choices],
    )
    change = Column(
        "变动类型",
        ChoiceWidget(CHANGE_WORDS),
        aliases=("变动情况", "聘任类型"),
        read=False,
        help_text="由系统计算，填写无效",
    )
    starts_on = Column(
        "聘任起始时间",
        DateWidget(),
        aliases=(
            *("聘期起", "聘任时间", "聘用起始时间", "聘任开始时间", "起聘时间", "聘期起始时间"),
            "任职时间",
        ),
        width=14,
    )
    term = Column(
        "聘期(年)",
        TermWidget(),
        aliases=("聘期", "聘任年限", "聘用期限", "聘期年限", "任期"),
        text=False,
        width=8,
    )
    ends = Column(
        "聘期止", LastDayWidget(), aliases=("聘任终止时间", "聘期终止时间", "聘任截止时间"), width=12
    )
    probation = Column("试用期止", LastDayWidget(), aliases=("试用期截止时间",), width=12)
    remark = Column("备注", TextWidget(200), aliases=("说明",), width=16)

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)
        if self.context.policy:
            self.columns["level"].widget = LevelWidget(self.context.policy.ladder)
            self.columns["level"].choices = [level.name for level in self.context.policy.ladder.levels]

    def columns_needed(self, present: set[str]) -> Iterable[str]:
        return [*super().columns_needed(present), *([] if "code" in present else ["unit", "title"])]

    def load(self) -> None:
        context = self.context
        self.finder = PostFinder(
            self, PositionIndex.of(positions_of(context.setup.pk if context.setup else 0))
        )
        self.persons = PersonFinder(self)
        self.people = self.persons.by_hash
        self.baselines = {
            key: (level, lineage)
            for key, level, lineage in Baseline.objects.filter(round=context.round).values_list(
                "person_id", "level", "position__lineage"
            )
        }
        self.registered = {
            one.person_id: one
            for one in Appointment.objects.filter(round=context.round, kind="PRIMARY")
            # The sheet tells what the round came to; what followed in later years stays.
            .exclude(previous__round=context.round)
            .select_related("tenure")
        }
        self.terms = Terms(self, self.registered)

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.position_of: dict[int, Position] = {}
        self.hash_of: dict[int, str] = {}
        by_id: dict[str, list[Row]] = {}
        for row in rows:
            number = row.values.get("id_number")
            if number:
                by_id.setdefault(number, []).append(row)
        doubled = self._check_doubles(by_id)
        for row in rows:
            number = row.values.get("id_number")
            if number and number not in doubled:
                self.persons.find(row, number)
                self.hash_of[row.number] = keyed_hash(number)
            self._check_position(row)
            person = self.people.get(self.hash_of.get(row.number, ""))
            self.terms.check(row, person, self.position_of.get(row.number))
        self._check_twice(by_id, doubled)

    def _check_doubles(self, by_id: dict[str, list[Row]]) -> set[str]:
        doubled = set()
        for number, same in by_id.items():
            if len(same) < 2:
                continue
            doubled.add(number)
            who = "、".join(f"{row.values.get('name') or '（空）'}（第{row.number}行）" for row in same)
            owner = self.people.get(keyed_hash(number))
            hint = f"花名册中该号码属于{owner.name}。" if owner else "请核对这几行的身份证号。"
            for row in same:
                self.error(row, "id_number", "ID_DUPLICATE", f"同一身份证号出现{len(same)}次：{who}。", hint)
        return doubled

    def _check_twice(self, by_id: dict[str, list[Row]], doubled: set[str]) -> None:
        """A person in two sheets of one upload is a fault of the whole, not of a cell."""
        seen = self.context.seen["appointments"]
        for number, same in by_id.items():
            if number in doubled:
                continue
            row = same[0]
            place = f"“{self.report.file}”{self.report.sheet}第{row.number}行"
            if number in seen:
                first_place, first_post = seen[number]
                row.bad = True
                self.context.error(
                    "PERSON_TWICE",
                    f"{row.values.get('name')}在{first_place}聘为{first_post}，又在{place}聘为{self._post_words(row)}。",
                    "一人只能有一个主任职，请删去一行。",
                    file=self.report.file,
                    sheet=self.report.sheet,
                    row=row.number,
                    persons=involved([(row.values.get("name") or "", number)]),
                    limit=1,
                    actual=2,
                )
            else:
                seen[number] = (place, self._post_words(row))

    def _post_words(self, row: Row) -> str:
        values = row.values
        return "·".join(
            part for part in (values.get("unit"), values.get("section"), values.get("title")) if part
        ) or (values.get("code") or "（空）")

    # the post

    def _check_position(self, row: Row) -> None:
        values = row.values
        if {"unit", "section", "title", "code"} & row.bad_names:
            return
        position = self.finder.find(row)
        if position is None:
            return
        self.position_of[row.number] = position
        level = values.get("level")
        if level and level != position.level:
            ladder = self.context.policy.ladder if self.context.policy else None
            shown = ladder.name_of(position.level) if ladder else position.level
            self.error(
                row,
                "level",
                "LEVEL_MISMATCH",
                f"岗位设置中“{position}”是{shown}。",
                "请改正层级或岗位；本人层级与岗位不同的，请在系统中单独登记并写明原因。",
            )

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        entries: list[AppointmentEntry] = []
        corrections: list[tuple[Appointment, AppointmentEntry]] = []
        for row in rows:
            person = self.people[self.hash_of[row.number]]
            if row.number not in self.position_of or self.terms.starts_on(row, person) is None:
                continue
            self.context.seen["place_of_person"][person.pk] = self._place(row)
            present = self.registered.get(person.pk)
            entry = self._entry(row, person, present)
            if present is None:
                entries.append(entry)
                self.count("created")
            elif self._note_changes(row, present, entry):
                corrections.append((present, entry))
                self.count("changed")
            else:
                self.count("unchanged")
        if entries or corrections:
            appointments_register(
                round_=self.context.round,
                entries=entries,
                corrections=corrections,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def _place(self, row: Row) -> dict[str, Any]:
        """The cell of a person's post, for a fault that only the round as a whole shows."""
        header = self.present.get("title") or self.present["code"]
        return {
            "file": self.report.file,
            "sheet": self.report.sheet,
            "row": row.number,
            "column": header.text,
            "index": header.index,
            "value": row.values.get("title") or row.values.get("code"),
        }

    def _entry(self, row: Row, person: PersonRef, present: Appointment | None) -> AppointmentEntry:
        values = row.values
        position, starts_on = self.position_of[row.number], self.terms.starts_on(row, person)
        assert starts_on is not None
        return AppointmentEntry(
            person_id=person.pk,
            name=person.name,
            position=position,
            starts_on=starts_on,
            ends_before=self.terms.ends_before(row, starts_on, present),
            probation_ends_before=values.get("probation")
            or self._probation(person, position, starts_on, present),
            method=values.get("method") or "",
            remark=values.get("remark"),
            sort_no=row.number,
        )

    def _probation(
        self, person: PersonRef, position: Position, starts_on: date, present: Appointment | None
    ) -> date | None:
        """As registered while post and start stay the same; else by the policy."""
        if present and (present.position_id, present.starts_on) == (position.pk, starts_on):
            return present.probation_ends_before
        assert self.context.policy is not None
        before = self.baselines.get(person.pk, (None, ""))[0]
        return probation_end(self.context.policy, before, position.level, starts_on)

    def _note_changes(self, row: Row, present: Appointment, entry: AppointmentEntry) -> bool:
        """Note old → new of every cell that differs from the registered appointment."""
        pairs: list[tuple[str, Any, Any]] = [
            ("level", present.held_level, held_level(present, entry)),
            ("starts_on", present.starts_on, entry.starts_on),
            ("ends", present.ends_before, entry.ends_before),
            ("probation", present.probation_ends_before, entry.probation_ends_before),
        ]
        if entry.method:
            pairs.append(("method", present.method, entry.method))
        if entry.remark is not None:
            pairs.append(("remark", present.remark, entry.remark))
        differing = [pair for pair in pairs if pair[1] != pair[2]]
        for name, old, new in differing:
            self.changed(row, entry.name, name, old, new)
        if present.position_id != entry.position.pk:
            old = self.finder.by_id(present.position_id)
            self.changed(row, entry.name, "title", str(old or ""), str(entry.position))
        return bool(differing) or present.position_id != entry.position.pk

    # --- export ---

    def records(self) -> Any:
        """The round's appointments in the order of its sheet; ID numbers masked without the permission."""
        clear = sees_id_numbers(self.context.actor)
        kinds = {one.person_id: one.change.kind.value for one in change_summary(self.context.round).people}
        for number, one in enumerate(appointment_list(self.context.round), 1):
            owner = one.position.unit.owner
            yield {
                "number": number,
                "name": one.person.name,
                "id_number": one.person.id_number if clear else mask_id(one.person.id_number),
                "unit": owner.name,
                "section": "" if owner.pk == one.position.unit_id else one.position.unit.name,
                "title": one.position.title,
                "code": one.position.code,
                "level": one.position.level,
                "method": one.method,
                "change": kinds.get(one.person_id, ""),
                "starts_on": one.starts_on,
                "term": _whole_years(one.starts_on, one.ends_before),
                "ends": one.ends_before,
                "probation": one.probation_ends_before,
                "remark": one.remark,
            }


def _whole_years(starts_on: date, ends_before: date) -> int | None:
    """The term in years, where it is whole years; else 聘期止 alone says it."""
    years = ends_before.year - starts_on.year
    return years if years > 0 and add_years(starts_on, years) == ends_before else None
