"""亲属关系表 (layout 12): who of the zone is related to whom, for the rule of avoidance."""

from collections.abc import Iterable
from typing import Any

from reform import codes
from reform.access import sees_id_numbers
from reform.exchange.cells import mask_id
from reform.exchange.sheet import Column, Row, SheetResource
from reform.exchange.vocabulary import ID_NUMBER, words
from reform.exchange.widgets import CodeWidget, IdNumberWidget, NameWidget, TextWidget, YesNoWidget
from reform.fields import keyed_hash
from reform.models import Kinship, Person
from reform.services import KinshipEntry, kinships_register

from .person_finder import PersonFinder, PersonRef

RELATIVE = ("亲属", "家庭成员", "家属", "关系人")


class KinshipSheet(SheetResource):
    """One relation a row: a person of the zone by ID number and name; the relative by ID number, else by
    name."""

    kind = "kinships"
    label = "亲属关系表"
    permission = "reform.add_kinship"
    seen_by = "reform.view_kinship"
    title_words = ("亲属关系", "亲属回避", "任职回避", "回避关系")
    marks = ("亲属", "家庭成员", "家属", "关系代码", "与本人关系", "称谓", "本区人员")
    target = ""

    name = Column(
        "姓名",
        NameWidget(),
        aliases=("干部姓名", "人员姓名", "本人姓名"),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    id_number = Column(
        "身份证号",
        aliases=(*ID_NUMBER, *words(("本人",), ("身份证号", *ID_NUMBER))),
        required=True,
        filled=True,
        blank_code="ID_MISSING",
        width=20,
        help_text="18位，文本格式",
    )
    relative_name = Column(
        "亲属姓名",
        NameWidget(),
        aliases=words(RELATIVE, ("姓名",)),
        required=True,
        filled=True,
        blank_code="NAME_MISSING",
        width=10,
    )
    relative_id = Column(
        "亲属身份证号",
        aliases=words(RELATIVE, ("身份证号", *ID_NUMBER)),
        width=20,
        help_text="亲属是本区人员的必填",
    )
    relation = Column(
        "关系代码",
        CodeWidget(codes.FAMILY_RELATION),
        aliases=("关系", "亲属关系", "与本人关系", "与亲属关系", "称谓", "亲属称谓"),
        required=True,
        filled=True,
        width=14,
        help_text="亲属是本人的什么人：代码或名称，如 12、妻、岳父",
    )
    workplace = Column(
        "亲属单位及职务",
        TextWidget(120),
        aliases=("工作单位及职务", "单位及职务", "亲属工作单位及职务", "亲属单位", "亲属工作单位"),
        width=28,
    )
    is_ours = Column(
        "是否本区人员",
        YesNoWidget(),
        aliases=("是否本区", "是否区内人员", "是否本单位人员"),
        choices=("是", "否"),
        width=14,
    )

    def prepare(self) -> None:
        for name in ("id_number", "relative_id"):
            self.columns[name].widget = IdNumberWidget(self.context.today)

    def load(self) -> None:
        self.persons = PersonFinder(self)
        found = Kinship.objects.filter(person__zone=self.context.zone)
        self.kinships = {(one.person_id, one.relative_name, one.relation): one for one in found}

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.person_of: dict[int, PersonRef] = {}
        self.relative_of: dict[int, PersonRef | None] = {}
        firsts: dict[tuple[int, str, str], Row] = {}
        for row in rows:
            number = row.values.get("id_number")
            person = self.persons.find(row, number) if number else None
            self.relative_of[row.number] = relative = self._relative(row)
            if person is None:
                continue
            self.person_of[row.number] = person
            if relative is not None and relative.pk == person.pk:
                self.error(row, "relative_name", "KINSHIP_SELF", "亲属是本人自己。", "请核对亲属的身份证号。")
            if not row.bad:
                self._check_once(row, firsts)

    def _relative(self, row: Row) -> PersonRef | None:
        """The relative among the zone's people; None for one from elsewhere."""
        values = row.values
        if {"relative_id", "relative_name", "is_ours"} & row.bad_names:
            return None
        if values.get("relative_id"):
            return self._relative_by_number(row)
        if not values.get("is_ours"):
            return None
        found = self.persons.by_name.get(values["relative_name"], [])
        if len(found) == 1:
            return found[0]
        if not found and not self._is_tainted(row):
            self.error(
                row,
                "relative_name",
                "RELATIVE_UNKNOWN",
                f"写的是本区人员，花名册中没有“{values['relative_name']}”。",
                "请核对姓名；不是本区人员的填“否”。",
            )
        elif found:
            self.error(
                row,
                "relative_name",
                "PERSON_AMBIGUOUS",
                f"有{len(found)}个人叫“{values['relative_name']}”，不知道是哪一个。",
                "请填写亲属身份证号。",
            )
        return None

    def _relative_by_number(self, row: Row) -> PersonRef | None:
        values = row.values
        found = self.persons.by_hash.get(keyed_hash(values["relative_id"]))
        if found is None:
            if values.get("is_ours") and not self._is_tainted(row):
                self.error(
                    row,
                    "relative_id",
                    "RELATIVE_UNKNOWN",
                    "写的是本区人员，花名册中没有这个身份证号。",
                    "请核对号码；不是本区人员的填“否”。",
                )
        elif found.name != values["relative_name"]:
            self.error(
                row,
                "relative_name",
                "NAME_MISMATCH",
                f"花名册中该身份证号的姓名是“{found.name}”。",
                "请核对亲属的姓名和身份证号，哪个错改哪个。",
            )
        elif values.get("is_ours") is False:
            self.warning(
                row,
                "is_ours",
                "RELATIVE_IN_ZONE",
                f"花名册中有这个身份证号（{found.name}），按本区人员登记。",
                "确是本区人员的，请改为“是”。",
            )
        return found

    def _is_tainted(self, row: Row) -> bool:
        """Whether the roster itself has a fault that may be about the relative."""
        tainted = self.context.tainted
        values = row.values
        found = (
            values.get("relative_id") in tainted["person"]
            or values.get("relative_name") in tainted["name"]
            or "roster" in tainted["kind"]
        )
        row.bad = row.bad or found
        return found

    def _check_once(self, row: Row, firsts: dict[tuple[int, str, str], Row]) -> None:
        first = firsts.setdefault(self._key(row), row)
        if first is not row:
            self.error(
                row,
                "relative_name",
                "KINSHIP_DUPLICATE",
                f"与第{first.number}行是同一个亲属关系。",
                "请删去一行。",
            )

    def _key(self, row: Row) -> tuple[int, str, str]:
        person = self.person_of[row.number]
        return person.pk, row.values["relative_name"], row.values["relation"]

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        entries = []
        for row in rows:
            entry = self._entry(row)
            present = self.kinships.get(self._key(row))
            if present is None:
                self.count("created")
            elif self._note_changes(row, present, entry):
                self.count("changed")
            else:
                self.count("unchanged")
                continue
            entries.append(entry)
        if entries:
            kinships_register(
                zone=self.context.zone,
                entries=entries,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def _entry(self, row: Row) -> KinshipEntry:
        person_id, relative_name, relation = self._key(row)
        relative = self.relative_of[row.number]
        return KinshipEntry(
            person_id=person_id,
            relative_name=relative_name,
            relation=relation,
            relative_id=relative.pk if relative else None,
            workplace=row.values.get("workplace"),
        )

    def _note_changes(self, row: Row, present: Kinship, entry: KinshipEntry) -> bool:
        """Note old → new of what differs; a blank cell changes nothing."""
        who = self.person_of[row.number].name
        if other_place := entry.workplace is not None and entry.workplace != present.workplace:
            self.changed(row, who, "workplace", present.workplace, entry.workplace)
        if other_person := entry.relative_id is not None and entry.relative_id != present.relative_id:
            self.changed(row, who, "is_ours", present.relative_id is not None, True)
        return other_place or other_person

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """The zone's relations in the order of the roster; ID numbers masked without the permission."""
        clear = sees_id_numbers(self.context.actor)
        found = (
            Kinship.objects.filter(person__zone=self.context.zone)
            .select_related("person", "relative")
            .order_by("person__sort_no", "person_id", "id")
        )
        for one in found:
            yield {
                "name": one.person.name,
                "id_number": _number(one.person, clear),
                "relative_name": one.relative_name,
                "relative_id": _number(one.relative, clear) if one.relative else "",
                "relation": one.relation,
                "workplace": one.workplace,
                "is_ours": one.relative_id is not None,
            }


def _number(person: Person, clear: bool) -> str:
    return person.id_number if clear else mask_id(person.id_number)
