"""竞聘报名表 (layout 2), and 竞聘报名及考评成绩汇总表 with choices, scores and what they weigh."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from typing import Any

from appointments.services.application_batches import round_weights_set
from appointments.services.application_sheets import ApplicationEntry, applications_register
from appointments.states import OFFICE
from reform import codes
from reform.errors import CellError, Refused
from reform.exchange.cells import clean_date, title_key
from reform.exchange.findings import ERROR, WARNING
from reform.exchange.recognise import texts_above
from reform.exchange.sheet import Row
from reform.exchange.tables import Table
from reform.exchange.widgets import FULL_SCORE, IdNumberWidget, LevelWidget
from reform.models import Person, Position
from reform.resources.annual_grades import GradeReader, add_year_columns
from reform.resources.lookups import PositionIndex
from reform.resources.person_finder import PersonFinder, PersonRef
from reform.resources.repeated import check_doubles
from reform.selectors import positions_of

from .application_columns import CHOICES, ApplicationColumns
from .application_records import FORM, KnownSheets, application_records
from .post_finder import PostFinder
from .weights import ITEM_WORDS, weights_in

_CHOICE = re.compile(r".*(第?[一二三123]志愿|志愿(岗位)?[一二三123])|(报名|报考|应聘|申报)岗位$")
_OUTCOME = re.compile(r"(拟聘|拟任|聘任|聘用|竞聘后|新聘|现聘).*(单位|部门|岗位|职务|职位)$|.*接收")


class ApplicationSheet(ApplicationColumns):
    """Who wants which posts, up to the policy's number of choices: a person by ID number and name, a post as
    “单位 科室 岗位” in one cell or in three, or by 岗位编号."""

    kind = "applications"
    label = "竞聘报名表"
    permission = OFFICE
    seen_by = "appointments.view_application"
    title_words = ("竞聘报名", "报名汇总", "报名登记", "报名表", "志愿填报")
    marks = ("志愿", "服从调剂", "服从分配", "报名岗位", "报考岗位", "应聘岗位")
    decisive = (_CHOICE,)
    against = (_OUTCOME,)
    target = "round"

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)
        if self.context.policy:
            self.columns["present_level"].widget = LevelWidget(self.context.policy.ladder)

    def columns_needed(self, present: set[str]) -> Iterable[str]:
        return [
            name for name in super().columns_needed(present) if name != "title_1" or "code_1" not in present
        ]

    def load(self) -> None:
        self.persons = PersonFinder(self)
        index = self.index_of_round()
        self.finders = {number: PostFinder(self, index, f"_{number}") for number in CHOICES}
        self.items = [item for item in ITEM_WORDS if item in self.present]
        assert self.table is not None
        self.weights = weights_in(texts_above(self.table))

    def _match(self, table: Table) -> bool:
        """Years as headers become columns of this very sheet."""
        add_year_columns(self, table)
        return super()._match(table)

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.person_of: dict[int, PersonRef] = {}
        self.posts_of: dict[int, dict[int, Position]] = {}
        self._check_people(rows)
        self.grades = GradeReader(self, "appraisals")
        for row in rows:
            self.grades.check(row, self.person_of.get(row.number))
            self._read_declaration(row)
            self.posts_of[row.number] = self._check_choices(row)
        self._check_weights(rows)

    def _check_people(self, rows: list[Row]) -> None:
        if "id_number" in self.present:
            by_id: dict[str, list[Row]] = {}
            for row in rows:
                if row.values.get("id_number"):
                    by_id.setdefault(row.values["id_number"], []).append(row)
            check_doubles(self, by_id)
            for number, same in by_id.items():
                person = self.persons.find(same[0], number) if len(same) == 1 else None
                if person is not None:
                    self.person_of[same[0].number] = person
        else:
            self._check_names(rows)

    def _check_names(self, rows: list[Row]) -> None:
        """Without a column of numbers: by name, and what else the sheet says of the person."""
        holders: dict[int, Row] = {}
        for row in rows:
            person = self.persons.find_by_name(
                row,
                [partial(self._is_born, row), partial(self._is_sex, row)],
                "请加“身份证号”一列。",
            )
            if person is None:
                continue
            first = holders.setdefault(person.pk, row)
            if first is not row:
                self.error(
                    row,
                    "name",
                    "PERSON_TWICE",
                    f"“{person.name}”在第{first.number}行已有一份报名。",
                    "每人只留一行；是同名的另一个人，请加“身份证号”一列。",
                )
            self.person_of[row.number] = person
        if holders:
            self._finding(
                WARNING,
                "PERSON_BY_NAME",
                f"表中没有身份证号，{len(holders)}人按姓名和出生年月认定。",
                "请核对；同名的请加“身份证号”一列。",
                actual=len(holders),
            )

    def _is_born(self, row: Row, person: PersonRef) -> bool:
        try:
            said = clean_date(self.cell(row, "birth"), epoch1904=self.epoch1904).on
        except CellError:
            return True
        born = person.birth_on
        return born is None or (born.year, born.month) == (said.year, said.month)

    def _is_sex(self, row: Row, person: PersonRef) -> bool:
        said = codes.SEX.find(str(self.cell(row, "sex") or ""))
        return said is None or not person.sex or said == person.sex

    def _read_declaration(self, row: Row) -> None:
        """“无” in 有无回避关系 is an answer, not an empty cell."""
        cell = self.cell(row, "declares_kin")
        if row.values.get("declares_kin") is None and title_key(str(cell or "")) == "无":
            row.values["declares_kin"] = False

    def _check_choices(self, row: Row) -> dict[int, Position]:
        """Choice number → post, of a row whose posts can all be found."""
        found: dict[int, Position] = {}
        said = [number for number in CHOICES if self._says(row, number)]
        limit = self.context.policy["round.max_choices"] if self.context.policy else len(CHOICES)
        if not said:
            self.error(row, "title_1", "CHOICE_MISSING", "没有填写志愿。", "请至少填写第一志愿。")
        elif len(said) > limit:
            self.error(
                row,
                f"title_{said[-1]}",
                "CHOICES_TOO_MANY",
                f"填了{len(said)}个志愿，最多{limit}个。",
                "请删去多出的志愿。",
                limit=limit,
                actual=len(said),
            )
        for number in said:
            position = self._find(row, number)
            if position is None:
                continue
            first = next((one for one, other in found.items() if other.pk == position.pk), None)
            if first is not None:
                self.error(
                    row,
                    f"title_{number}",
                    "CHOICE_DUPLICATE",
                    f"“{position}”已是第{first}志愿。",
                    "同一岗位只能填一次。",
                )
                continue
            found[number] = position
        return found

    def _says(self, row: Row, number: int) -> bool:
        names = {f"{name}_{number}" for name in ("title", "unit", "code")}
        return any(row.values.get(name) for name in names) or bool(names & row.bad_names)

    def _find(self, row: Row, number: int) -> Position | None:
        names = {f"{name}_{number}" for name in ("title", "unit", "section", "code")}
        if names & row.bad_names:
            return None
        finder = self.finders[number]
        in_one_cell = f"unit_{number}" not in self.present and not row.values.get(f"code_{number}")
        return finder.find_in_one_cell(row) if in_one_cell else finder.find(row)

    # the weights

    def _check_weights(self, rows: list[Row]) -> None:
        """Scores count for nothing without weights; weights of a line must total 100."""
        total = sum(self.weights.values(), Decimal(0))
        if self.weights and total != FULL_SCORE:
            said = "、".join(f"{ITEM_WORDS[item][0]}{percent:f}%" for item, percent in self.weights.items())
            self._finding(
                ERROR,
                "WEIGHTS_TOTAL",
                f"各项权重合计{total:f}%：{said}。",
                "合计须为100%，请改正表题下的权重。",
                limit=FULL_SCORE,
                actual=int(total),
            )
            return
        scored = [item for item in self.items if any(row.values.get(item) is not None for row in rows)]
        if not scored:
            return
        known = set(self.weights) or {
            item for weights in self.context.round.weights.values() for item in weights
        }
        unweighted = [item for item in scored if item not in known]
        if not known:
            self._finding(
                ERROR,
                "WEIGHTS_MISSING",
                "表中有成绩，没有写明各项占多少。",
                "请在表题下写一行，例如：笔试35%、面试25%、民主测评25%、工作实绩15%。",
            )
        elif unweighted:
            names = "、".join(self.present[item].text for item in unweighted)
            self._finding(
                ERROR,
                "SCORE_UNWEIGHTED",
                f"“{names}”有成绩，权重中没有这一项。",
                "请在表题下的权重中写上，或删去这一列。",
            )

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        self._write_weights()
        rows = [row for row in rows if row.number in self.person_of and self.posts_of[row.number]]
        if not rows:
            return
        graded = self._write_grades(rows)
        self.sheets = KnownSheets(self.context.round)
        entries = [self._entry(row, place) for place, row in enumerate(rows, 1)]
        result = applications_register(
            round_=self.context.round,
            entries=entries,
            actor=self.context.actor,
            on=self.context.today,
            upload=self.context.upload,
        )
        for row, entry, outcome in zip(rows, entries, result.outcomes, strict=True):
            if outcome == "refused":
                reasons = "；".join(result.reasons[entry.person_id])
                self.error(
                    row, "name", "APPLICATION_REFUSED", f"{reasons}。", "请在系统中办理，或从表中删去这一行。"
                )
                continue
            self.count("changed" if outcome == "unchanged" and row.number in graded else outcome)
            if outcome == "changed":
                self._note_changes(row, entry)

    def _write_grades(self, rows: list[Row]) -> set[int]:
        """年度考核 of those who applied, where the sheet states it."""
        people = Person.objects.in_bulk([self.person_of[row.number].pk for row in rows])
        return self.grades.write((row, people[self.person_of[row.number].pk]) for row in rows)

    def _write_weights(self) -> None:
        """Those of the line go onto the round, for all levels."""
        if not self.weights or self.report.errors:
            return
        try:
            done = round_weights_set(
                round_=self.context.round,
                weights={"*": self.weights},
                actor=self.context.actor,
                upload=self.context.upload,
            )
        except Refused as refusal:
            self._finding(ERROR, "WEIGHTS_REFUSED", str(refusal), "请改成与方案一致，或删去表题下的权重。")
        else:
            self.context.touched = self.context.touched or done

    def _entry(self, row: Row, place: int) -> ApplicationEntry:
        values, person = row.values, self.person_of[row.number]
        said = [position.pk for _, position in sorted(self.posts_of[row.number].items())]
        is_new = person.pk not in self.sheets.forms
        return ApplicationEntry(
            person_id=person.pk,
            name=person.name,
            choices=self.sheets.completed(person.pk, said),
            scores={item: values[item] for item in self.items if values.get(item) is not None},
            accepts_adjustment=values.get("accepts_adjustment"),
            declares_kin=values.get("declares_kin"),
            achievements=values.get("achievements"),
            rewards=values.get("rewards"),
            remark=values.get("remark"),
            sort_no=place if is_new else None,
        )

    def _note_changes(self, row: Row, entry: ApplicationEntry) -> None:
        """Old → new of what the preview shows."""
        old = self.sheets.forms[entry.person_id]
        for name in FORM:
            value = getattr(entry, name)
            if value is not None and value != old[name]:
                self.changed(row, entry.name, name, old[name], value)
        scores = self.sheets.scores.get(entry.person_id, {})
        for item, score in entry.scores.items():
            if scores.get(item) != score:
                self.changed(row, entry.name, item, scores.get(item), score)
        known = self.finders[1].by_id
        before = self.sheets.choices.get(entry.person_id, [])
        for number, (was, now) in enumerate(zip_longest(before, entry.choices), 1):
            if was != now:
                shown = [str(known(one) or "") if one else "" for one in (was, now)]
                self.changed(row, entry.name, f"title_{number}", *shown)

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The round's 报名表 in the order of the sheet that brought them; ID numbers masked without the
        permission."""
        return application_records(self.context, self.index_of_round())

    def index_of_round(self) -> PositionIndex:
        return PositionIndex.of(positions_of(self.context.setup.pk if self.context.setup else 0))
