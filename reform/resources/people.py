"""花名册 (layout 6): the facts of a person. What it says of the post is read by the app that knows rounds."""

from collections.abc import Sequence
from typing import Any

from reform import codes
from reform.exchange.cells import PartialDate, id_birth, id_sex
from reform.exchange.sheet import Column, Row, SheetResource, differing
from reform.exchange.tables import Table
from reform.exchange.vocabulary import BELOW_UNIT, FORMER, ID_NUMBER, LEVEL, POST, SECTION, UNIT, words
from reform.exchange.widgets import (
    CodeWidget,
    DateWidget,
    IdNumberWidget,
    LevelWidget,
    NameWidget,
    PhoneWidget,
    TextWidget,
    TitleWidget,
)
from reform.fields import keyed_hash
from reform.models import ArchivedStatus, Person
from reform.services import Edit, edit, persons_register

from .annual_grades import GradeReader, add_year_columns
from .repeated import check_doubles, check_staff_numbers

DATES = ("birth", "party_joined_on", "work_started_on", "joined_on")
PERSON_FIELD = {
    "staff_no": "staff_no",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "native_place": "native_place",
    "political_status": "political_status",
    "education": "education",
    "degree": "degree",
    "fulltime_education": "fulltime_education",
    "fulltime_degree": "fulltime_degree",
    "fulltime_school": "fulltime_school",
    "onjob_education": "onjob_education",
    "onjob_degree": "onjob_degree",
    "onjob_school": "onjob_school",
    "technical_title": "technical_title",
    "recent_appraisals": "recent_appraisals",
    "phone": "phone",
    "remark": "remark",
}
STATUS_FIELD = {"identity": "identity", "post_rank": "post_rank", "rank": "rank"}


class PersonSheet(SheetResource):
    """Persons by ID number; an existing one is updated where the sheet has a value, a blank cell changes
    nothing."""

    kind = "roster"
    label = "人员花名册"
    permission = "reform.change_person"
    seen_by = "reform.view_person"
    title_words = ("名册", "在岗人员", "在职人员", "人员信息", "人员情况")
    marks = (
        "性别",
        "民族",
        "出生",
        "籍贯",
        "政治面貌",
        "参加工作",
        "学历",
        "学位",
        "身份类别",
        "人员身份",
        "原岗位",
        "原层级",
        "任现",
    )
    target = "round"

    number = Column("序号", aliases=("排序",), read=False, text=False, width=6)
    staff_no = Column(
        "人员编号", TextWidget(40), aliases=("工号", "工作证号", "干部工号", "学工号", "职工号")
    )
    name = Column(
        "姓名",
        NameWidget(),
        aliases=("干部姓名", "人员姓名", "名字"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    sex = Column("性别", CodeWidget(codes.SEX), choices=("男", "女"), width=6)
    ethnicity = Column("民族", CodeWidget(codes.ETHNICITY), width=8)
    birth = Column("出生年月", DateWidget("month"), aliases=("出生日期", "出生时间", "出生年月日"), width=10)
    age = Column(
        "年龄",
        aliases=("年龄(周岁)", "周岁"),
        read=False,
        text=False,
        width=6,
        help_text="由系统计算，填写无效",
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
    native_place = Column("籍贯", TextWidget(80))
    political_status = Column("政治面貌", CodeWidget(codes.POLITICAL_STATUS), aliases=("党派", "政治身份"))
    party_joined_on = Column(
        "入党时间", DateWidget("month"), aliases=("加入党组织日期", "党派加入时间", "加入党派时间"), width=10
    )
    work_started_on = Column(
        "参加工作时间", DateWidget("month"), aliases=("工作时间", "参加工作年月"), width=12
    )
    joined_on = Column(
        "进入本单位时间",
        DateWidget("month"),
        aliases=("到本单位时间", "进入本区时间", "调入时间", "到校日期"),
        width=14,
    )
    fulltime_education = Column("全日制学历", CodeWidget(codes.EDUCATION), aliases=("全日制教育学历",))
    fulltime_degree = Column("全日制学位", CodeWidget(codes.DEGREE), aliases=("全日制教育学位",))
    fulltime_school = Column(
        "全日制毕业院校及专业",
        TextWidget(120),
        aliases=(
            *("毕业院校及专业", "毕业院校系及专业", "毕业学校专业", "最高毕业院校及专业"),
            *("毕业学校", "所学专业"),
        ),
        width=24,
    )
    onjob_education = Column("在职学历", CodeWidget(codes.EDUCATION), aliases=("在职教育学历",))
    onjob_degree = Column("在职学位", CodeWidget(codes.DEGREE), aliases=("在职教育学位",))
    onjob_school = Column("在职毕业院校及专业", TextWidget(120), width=24)
    technical_title = Column(
        "专业技术职务", TextWidget(80), aliases=("职称", "专业技术职称", "专业技术职务（职称）"), width=14
    )
    identity = Column(
        "身份类别",
        CodeWidget(codes.IDENTITY),
        aliases=(
            "人员身份",
            "人员类别",
            "个人身份",
            "编制类别",
            "人员类型",
            "身份性质",
            "编制性质",
            "身份",
            "人员结构",
        ),
        choices=tuple(codes.IDENTITY.values()),
        width=12,
    )
    post_rank = Column(
        "档案职务层次", CodeWidget(codes.POST_RANK), aliases=("行政级别", "职务层次"), width=14
    )
    rank = Column("职级", TextWidget(40), aliases=("职员职级", "管理岗位等级"))
    unit = Column("单位", TitleWidget(), aliases=words(FORMER, UNIT), width=22)
    section = Column(
        "科室",
        TitleWidget(),
        aliases=words(FORMER, SECTION),
        otherwise=words(FORMER, BELOW_UNIT),
        width=14,
    )
    title = Column(
        "现任岗位", TitleWidget(), aliases=(*words(FORMER, POST), "现任岗位或职务", "任职岗位"), width=18
    )
    level = Column("岗位层级", aliases=words(FORMER, LEVEL), width=10)
    post_since = Column(
        "任现岗位时间",
        DateWidget("month"),
        aliases=("任现职时间", "任职时间", "当前职务任职时间", "任原岗位时间", "任原职时间"),
        width=14,
    )
    level_since = Column(
        "任现层级时间",
        DateWidget("month"),
        aliases=("现职级始任时间", "任现职级时间", "任现级别时间", "职级提级时间"),
        width=14,
    )
    term_from = Column(
        "聘期起", aliases=("聘任起始时间",), read=False, width=12, help_text="由聘任结果确定，填写无效"
    )
    term_to = Column(
        "聘期止", aliases=("聘任终止时间",), read=False, width=12, help_text="由聘任结果确定，填写无效"
    )
    probation_to = Column("试用期止", read=False, width=12, help_text="由聘任结果确定，填写无效")
    recent_appraisals = Column(
        "近三年考核", TextWidget(120), aliases=("近三年考核结果", "年度考核结果"), width=20
    )
    phone = Column(
        "联系电话", PhoneWidget(), aliases=("手机", "手机号码", "联系方式", "电话", "移动电话"), width=14
    )
    remark = Column("备注", TextWidget(200), aliases=("说明", "补充说明"), width=16)
    # Offices state the highest education without saying how it was taken.
    education = Column(
        "最高学历", CodeWidget(codes.EDUCATION), aliases=("学历", "文化程度", "学历层次"), write=False
    )
    degree = Column("最高学位", CodeWidget(codes.DEGREE), aliases=("学位",), write=False)

    def prepare(self) -> None:
        self.columns["id_number"].widget = IdNumberWidget(self.context.today)
        if self.context.policy:
            self.columns["level"].widget = LevelWidget(self.context.policy.ladder)
            self.columns["level"].choices = [level.name for level in self.context.policy.ladder.levels]

    def load(self) -> None:
        self.people = {
            person.id_number_hash: person for person in Person.objects.filter(zone=self.context.zone)
        }
        self.statuses = {
            status.person_id: status
            for status in ArchivedStatus.objects.filter(person__zone=self.context.zone, ends_before=None)
        }

    def _match(self, table: Table) -> bool:
        """Years as headers become columns of this very sheet."""
        add_year_columns(self, table)
        return super()._match(table)

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        by_id: dict[str, list[Row]] = {}
        for row in rows:
            if row.values.get("id_number"):
                by_id.setdefault(row.values["id_number"], []).append(row)
        check_doubles(self, by_id)
        for number, same in by_id.items():
            if len(same) == 1:  # of a number that stands twice nobody knows whose it is
                self._check_person(same[0], number)
        check_staff_numbers(self, rows, self.people.values())
        self.grades = GradeReader(self, "recent_appraisals")
        for row in rows:
            number = row.values.get("id_number")
            self.grades.check(row, self.people.get(keyed_hash(number)) if number else None)
        for row in rows:
            if row.bad:
                self._taint(row)

    def _taint(self, row: Row) -> None:
        """Remember whom a faulty row was about."""
        for kind, column in (("person", "id_number"), ("name", "name")):
            if row.values.get(column):
                self.context.tainted[kind].add(row.values[column])

    def _check_person(self, row: Row, number: str) -> None:
        sex, birth, name = row.values.get("sex"), row.values.get("birth"), row.values.get("name")
        if sex in ("1", "2") and sex != id_sex(number):
            said, shown = codes.SEX[sex], codes.SEX[id_sex(number)]
            self.error(
                row,
                "sex",
                "SEX_MISMATCH",
                f"填的是{said}，身份证号第17位表示{shown}。",
                "请核对性别和身份证号。",
            )
        if birth is not None and not _agrees(birth, id_birth(number)):
            self.warning(
                row,
                "birth",
                "BIRTH_MISMATCH",
                f"填的是{birth.text}，身份证号中是{id_birth(number):%Y-%m-%d}。",
                "档案年龄可以与身份证不同：按填写的记录，请确认。",
            )
        known = self.people.get(keyed_hash(number))
        if known is not None and name and known.name != name:
            self.error(
                row,
                "name",
                "NAME_MISMATCH",
                f"系统中该身份证号的姓名是“{known.name}”。",
                "请核对姓名和身份证号；确已改名的，请先在人员页修改。",
            )

    # --- writing ---

    def write_people(self, rows: Sequence[Row]) -> set[int]:
        """Write persons and their archived status; returns the numbers of the rows that changed anything.

        `self.people` then holds a person for each row.
        """
        created: list[Person] = []
        edits: list[Edit | None] = []
        statuses: list[ArchivedStatus] = []
        touched: set[int] = set()
        self.new_rows: set[int] = set()
        for row in rows:
            key = keyed_hash(row.values["id_number"])
            person = self.people.get(key)
            if person is None:
                person = self._new(row, key)
                self.people[key] = person
                created.append(person)
                self.new_rows.add(row.number)
            else:
                one = self._changed(row, person)
                edits.append(one)
                if one:
                    touched.add(row.number)
            status = self._status(row, person)
            if status:
                statuses.append(status)
                touched.add(row.number)
        if created or any(edits) or statuses:
            persons_register(
                zone=self.context.zone,
                created=created,
                changed=edits,
                statuses=statuses,
                actor=self.context.actor,
                upload=self.context.upload,
            )
        graded = self.grades.write((row, self.person_of(row)) for row in rows)
        return touched | graded | self.new_rows

    def _facts(self, row: Row, person: Person | None) -> dict[str, Any]:
        """Field values that the row gives; a blank cell gives none."""
        values = {
            field: row.values[name]
            for name, field in PERSON_FIELD.items()
            if row.values.get(name) is not None
        }
        for name in DATES:
            given: PartialDate | None = row.values.get(name)
            field = "birth_on" if name == "birth" else name
            if given is None:
                continue
            old = getattr(person, field) if person else None
            if given.precision == "month" and old and _agrees(given, old):
                continue  # the month agrees: the day that is known stays
            values[field] = given.on
        return values

    def _new(self, row: Row, key: str) -> Person:
        number = row.values["id_number"]
        values = self._facts(row, None)
        values.setdefault("sex", id_sex(number))
        birth: PartialDate | None = row.values.get("birth")
        if birth is None or (birth.precision == "month" and _agrees(birth, id_birth(number))):
            values["birth_on"] = id_birth(number)
        return Person(
            zone=self.context.zone,
            name=row.values["name"],
            id_number=number,
            id_number_hash=key,
            sort_no=row.number,
            **values,
        )

    def _changed(self, row: Row, person: Person) -> Edit | None:
        values = differing(person, self._facts(row, person))
        old = {name: getattr(person, name) for name in values}
        one = edit(person, **values)
        column = {field: name for name, field in PERSON_FIELD.items()} | {"birth_on": "birth"}
        for name, value in values.items():
            self.changed(row, person.name, column.get(name, name), old[name], value)
        return one

    def _status(self, row: Row, person: Person) -> ArchivedStatus | None:
        given = {field: row.values[name] for name, field in STATUS_FIELD.items() if row.values.get(name)}
        if not given:
            return None
        present = self.statuses.get(person.pk) if person.pk else None
        if present is None:
            return ArchivedStatus(person=person, sealed_on=self.sealed_on(), **given)
        for name, value in given.items():
            if getattr(present, name) and getattr(present, name) != value:
                self.warning(
                    row,
                    name,
                    "ARCHIVE_SEALED",
                    "档案身份已封存，与系统中的不同，没有改动。",
                    "确需更正的，请在人员页用“档案调整”并填写文号。",
                )
        return None

    def sealed_on(self) -> Any:
        """The day the archived status is sealed: when the person enters the scheme."""
        return self.context.today

    def person_of(self, row: Row) -> Person:
        return self.people[keyed_hash(row.values["id_number"])]


def _agrees(given: PartialDate, known: Any) -> bool:
    """Whether a date agrees with one known to the day, as far as it is precise."""
    if given.precision == "month":
        return (given.on.year, given.on.month) == (known.year, known.month)
    return bool(given.on == known)
