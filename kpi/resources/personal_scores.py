"""考核结果汇总表, the version of persons (layout 9), and 个人绩效考核得分表 as zones hand it in: the columns
of the formula in the second line, 加分, 扣分, 一票否决事项."""

import re
from collections.abc import Iterable
from typing import Any

from kpi.models import PersonEntry, PersonResult
from kpi.services import PersonScoreEntry, cycle_formula_set, person_entries_register
from kpi.services.registered_vetoes import VetoEntry
from reform.exchange.cells import title_key
from reform.exchange.findings import WARNING
from reform.exchange.sheet import Column, Row
from reform.exchange.tables import Table
from reform.exchange.vocabulary import ID_NUMBER, POST
from reform.exchange.widgets import IdNumberWidget, NameWidget, TextWidget, TitleWidget
from reform.models import Person, Unit
from reform.resources.person_finder import PersonFinder, PersonRef

from .cycle_sheet import FIXED, UNIT_WORDS, CycleSheet, veto_column
from .figure_widgets import PointsWidget, plain
from .result_records import person_records
from .score_columns import ScoreColumns
from .unit_of_person import UnitsOfPersons
from .unit_scores import COMPUTED, computed

# What zones most often call the parts of a personal score; which of them count is the formula's to say.
_PARTS = {
    "kpi_score": ("KPI得分", ("KPI考核得分", "指标得分", "业绩得分")),
    "vote_score": ("民主测评得分", ("民主测评", "测评得分")),
    "leader_score": ("领导评价得分", ("领导评价", "领导评分")),
    "self_score": ("自评得分", ("自评", "自评分")),
    "unit_peers_score": ("本单位互评得分", ("本单位互评", "本处室互评", "本科室互评")),
    "peers_score": ("同级互评得分", ("同级互评", "同级评价得分")),
}


class PersonalScoreSheet(CycleSheet):
    """One line for a person. Which columns make the personal score is the sheet's own formula, else the
    cycle's; a sheet that has only 个人得分 gives the score itself. Everything after it is computed."""

    kind = "personal_scores"
    label = "个人考核结果汇总表"
    seen_by = "kpi.view_personresult"
    title_words = ("个人绩效", "个人考核", "个人得分", "人员考核", "考核结果汇总")
    marks = (
        *("个人得分", "KPI得分", "民主测评得分", "领导评价得分", "综合得分", "单位得分"),
        *("建议等次", "确定等次", "一票否决", "自评得分", "互评得分"),
    )
    decisive = (
        re.compile("姓名"),
        re.compile(r".*(个人得分|KPI得分|综合得分|一票否决)|.*(评价|测评|互评|自评|考核)得分"),
    )
    against = (re.compile(r".*志愿.*|.*拟聘.*|.*报名.*|.*报考.*|.*竞聘.*"),)
    subject_column = "name"

    number = Column("序号", aliases=("编号", "排序"), read=False, text=False, width=6)
    unit = Column("单位", TitleWidget(), aliases=UNIT_WORDS, width=24)
    name = Column(
        "姓名",
        NameWidget(),
        aliases=("被考核人", "考核对象", "人员姓名"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    post = Column("岗位", aliases=POST, read=False, help_text=COMPUTED, width=18)
    level = Column("层级", aliases=("岗位层级", "级别"), read=False, help_text=COMPUTED, width=10)
    unit_score = computed("单位得分", "单位考核得分", "部门得分", text=False, width=10)
    personal = Column(
        "个人得分",
        PointsWidget("个人得分"),
        aliases=("个人考核得分", "个人绩效得分", "考核得分"),
        text=False,
        width=10,
        help_text="周期有个人得分公式的由公式算出，填写无效",
    )
    combined = computed("综合得分", "总分", "总得分", "最终得分", text=False, width=10)
    rank = computed("单位内排名", "排名", "名次", text=False, width=10)
    suggested = Column("建议等次", aliases=("拟定等次",), read=False, help_text=COMPUTED, width=10)
    grade = Column(
        "确定等次", aliases=("等次", "考核等次", "考核结果"), read=False, help_text=COMPUTED, width=10
    )
    coefficient = computed("绩效系数", "个人系数", text=False, width=10)
    remark = Column("备注", TextWidget(200), aliases=("说明",), read=False, help_text=COMPUTED, width=30)
    # Layout 9 identifies nobody for certain: the number stands behind it.
    id_number = Column(
        "身份证号",
        aliases=ID_NUMBER,
        filled=True,
        blank_code="ID_MISSING",
        width=20,
        help_text="18位，文本格式；没有这一列时按姓名认定，同名的不能导入",
    )
    # What the layouts of zones have.
    bonus = Column("加分", PointsWidget("加分"), aliases=("加分项", "奖励加分"), write=False)
    deduction = Column("扣分", PointsWidget("扣分"), aliases=("扣分项", "减分", "减分项"), write=False)
    leader_points = Column(
        "领导小组加分", PointsWidget("领导小组加分"), aliases=("领导加分", "领导小组评分"), write=False
    )
    # Without the matter a vetoed person would be graded by the score where the export is read.
    veto = veto_column()
    kpi_score, vote_score, leader_score, self_score, unit_peers_score, peers_score = (
        Column(header, aliases=aliases, read=False, write=False) for header, aliases in _PARTS.values()
    )

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)

    def _match(self, table: Table) -> bool:
        """The columns of the formula are the sheet's own words: known by it, not by our list."""
        self.scores = ScoreColumns.of(self, table)
        matched = super()._match(table)
        if self.scores.is_sound:
            self._tell_unused({header.index for header in self.scores.headers.values()})
        # 备注 of a zone's own sheet is kept; in layout 9 it is the reason of the grade.
        self.keeps_remarks = "grade" not in self.present and "remark" in self.present
        return matched and self.scores.is_usable()

    def _tell_unused(self, used: set[int]) -> None:
        """Columns that the formula uses are no unknown ones; parts that it does not use count for nothing."""
        self.report.findings[:] = [
            one for one in self.report.findings if one.code != "COLUMN_UNKNOWN" or one.index not in used
        ]
        for name in _PARTS:
            header = self.present.get(name)
            if header is not None and header.index not in used:
                self.finding(
                    WARNING,
                    "COLUMN_UNKNOWN",
                    "个人得分的算法中没有这一项，没有采用。",
                    "",
                    row=self.report.header_rows[-1],
                    column=header.text,
                    index=header.index,
                )

    def _tell_not_counted(self, rows: list[Row]) -> None:
        """加分 and 扣分 that rows have and the formula does not count."""
        formula = self.scores.in_force
        if formula is None:
            return
        for name, counts in (("bonus", formula.bonus), ("deduction", formula.deduction)):
            if not counts and any(row.values.get(name) for row in rows):
                header = self.present[name]
                self.finding(
                    WARNING,
                    "COLUMN_UNKNOWN",
                    f"个人得分的公式中没有“{header.text}”，没有计入。",
                    "要计入的，请在公式末尾写明，如 +加分-扣分。",
                    row=self.report.header_rows[-1],
                    column=header.text,
                    index=header.index,
                )

    def load(self) -> None:
        self.load_units()
        self.load_vetoes()
        self.persons = PersonFinder(self)
        self.people = Person.objects.filter(zone=self.context.zone).only("id", "name", "zone_id").in_bulk()
        self.known = {one.person_id: one for one in PersonEntry.objects.filter(cycle=self.cycle)}
        results = PersonResult.objects.filter(cycle=self.cycle, current=True)
        self.results = dict(results.values_list("person_id", "personal"))
        self.held = UnitsOfPersons(self.cycle)

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.person_of: dict[int, PersonRef] = {}
        self.given_of: dict[int, dict[str, Any]] = {}
        self._tell_not_counted(rows)
        first: dict[int, Row] = {}
        for row in rows:
            person = self._person(row)
            if person is None:
                continue
            before = first.setdefault(person.pk, row)
            if before is not row:
                self.error(
                    row, "name", "ID_DUPLICATE", f"与第{before.number}行是同一个人。", "每人只留一行。"
                )
                continue
            self.person_of[row.number] = person
            unit = self.unit_named(row, "unit")
            if unit is not None:
                self._check_unit(row, person, unit)
            self.given_of[row.number] = self._given(row, unit)
            self._check_score(row, person)

    def _person(self, row: Row) -> PersonRef | None:
        number = row.values.get("id_number")
        if number:
            return self.persons.find(row, number)
        if "id_number" in self.present:
            return None
        found = self.persons.find_by_name(
            row, [lambda person: self._works_there(row, person)], "请加“身份证号”一列。"
        )
        if found is not None:
            unit = self.held.name_of(found.pk)
            self.warning(
                row,
                "name",
                "PERSON_BY_NAME",
                f"表中没有身份证号，按姓名认定为“{found.name}”（{unit or '没有任职记录'}）。",
                "请核对；同名的加“身份证号”一列。",
            )
        return found

    def _works_there(self, row: Row, person: PersonRef) -> bool:
        said = row.values.get("unit")
        return bool(said) and title_key(said) == title_key(self.held.name_of(person.pk))

    def _check_unit(self, row: Row, person: PersonRef, unit: Unit) -> None:
        """The unit of the cycle's last day counts; another one in the sheet is shown."""
        held = self.held.name_of(person.pk)
        if held and title_key(held) != title_key(unit.owner.name):
            self.warning(
                row,
                "unit",
                "UNIT_DIFFERS",
                f"{self.cycle.last_day:%Y-%m-%d}所在单位是“{held}”。",
                "考核按任职记录的单位；任职记录有误的请先更正。",
            )

    def _given(self, row: Row, unit: Unit | None) -> dict[str, Any]:
        """Fields of the entry that the row has; an empty cell clears nothing."""
        values = {
            column: f"{plain(number)}"
            for column, number in self.scores.read(row).items()
            if number is not None
        }
        found = {
            name: row.values[name]
            for name in ("bonus", "deduction", "leader_points")
            if row.values.get(name) is not None
        }
        if values:
            found["values"] = values
        remark = self.cell(row, "remark") if self.keeps_remarks else None
        if remark is not None and (text := TextWidget(200).clean(remark)):
            found["remark"] = text
        # A row without any score, as in an export, says nothing of the entry.
        return found | {"unit": unit} if found and unit is not None else found

    def _check_score(self, row: Row, person: PersonRef) -> None:
        self._check_computed(row, person)
        lacking = [column for column, number in self.scores.read(row).items() if number is None]
        stored = self.known.get(person.pk)
        if lacking and not row.bad and not (stored and stored.values):
            self._warn_missing(row, lacking[0])
        if self.cycle.state not in FIXED:
            return
        if any(name != "unit" for name in self._differing(row, person)):
            self.fixed(row, "name")
        elif self.is_new_veto(row, "person", person.pk):
            self.fixed(row, "veto")

    def _warn_missing(self, row: Row, column: str) -> None:
        self.warning(
            row,
            "name",
            "SCORE_MISSING",
            f"“{column}”没有填写，{row.values['name']}没有个人得分。",
            "请补上；不参加考核的请登记为不定等次。",
        )

    def _check_computed(self, row: Row, person: PersonRef) -> None:
        """个人得分 beside its parts, or in an export, is what comes of the formula: another one was figured
        wrongly."""
        said = row.values.get("personal")
        if said is None or self.scores.gives_result:
            return
        expected = self.scores.result(row) if self.scores.headers else self.results.get(person.pk)
        if expected is not None and expected != said:
            self.warning(
                row,
                "personal",
                "SCORE_DIFFERS",
                f"系统算得的个人得分是{expected}，表中的没有采用。",
                "个人得分由公式算出；有误的请改各项得分。",
            )

    def _differing(self, row: Row, person: PersonRef) -> dict[str, Any]:
        """Field → the stored value of what the row has otherwise."""
        stored = self.known.get(person.pk) or PersonEntry()
        found: dict[str, Any] = {}
        for name, value in self.given_of[row.number].items():
            if name == "values":
                old = {column: stored.values.get(column) for column in value}
                if old != value:
                    found[name] = old
            elif name == "unit":
                if stored.unit_id != value.pk:
                    found[name] = stored.unit_id
            elif getattr(stored, name) != value:
                found[name] = getattr(stored, name)
        return found

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        if not self._set_formula():
            return
        entries, vetoed = [], []
        for row in rows:
            ref = self.person_of.get(row.number)
            if ref is None:
                continue
            person = self.people[ref.pk]
            matters = self.new_matters(row, "person", ref.pk)
            vetoed += [VetoEntry(person, matter) for matter in matters]
            given, differing = self.given_of[row.number], self._differing(row, ref)
            if differing:
                entries.append(PersonScoreEntry(person, given))
            self._count(row, ref, differing, bool(matters))
        if entries:
            person_entries_register(
                cycle=self.cycle, entries=entries, actor=self.context.actor, upload=self.context.upload
            )
        self.write_vetoes(vetoed)
        if vetoed or any("values" in one.given for one in entries):
            self.brought("scores")
        elif entries:
            self.brought("points")

    def _set_formula(self) -> bool:
        """The sheet's formula becomes the cycle's."""
        formula = self.scores.formula
        if formula is None or str(formula) == self.cycle.formula:
            return True
        cycle_formula_set(
            cycle=self.cycle,
            formula=str(formula),
            actor=self.context.actor,
            upload=self.context.upload,
        )
        self.context.touched = True
        self.brought("targets")
        return True

    def _count(self, row: Row, person: PersonRef, differing: dict[str, Any], new_veto: bool) -> None:
        if not differing and not new_veto:
            self.count("unchanged")
            return
        if person.pk not in self.known:
            self.count("created")
            return
        self.count("changed")
        given = self.given_of[row.number]
        for name, old in differing.items():
            if name == "values":
                for column, value in given["values"].items():
                    if old[column] != value:
                        self.scores.changed(row, person.name, column, old[column], value)
            elif name == "unit":
                before = next((one.name for one in self.units.by_code.values() if one.pk == old), "")
                self.changed(row, person.name, name, before, given["unit"].name)
            else:
                self.changed(row, person.name, name, old, given[name])
        if new_veto:
            self.changed(row, person.name, "veto", "", row.values["veto"])

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The cycle's results person by person; ID numbers masked without the permission."""
        return person_records(self.context)
