"""档案工资 (sealed, for 社保 and 退休) and 改革前工资, by person (domain.md §7, §11 no. 10)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from compensation.models import FormerPay
from compensation.services import (
    ArchivedPayEntry,
    FormerPayEntry,
    archived_pays_register,
    former_pays_register,
)
from reform.exchange.sheet import Column, Row
from reform.exchange.widgets import DateWidget, LevelWidget, TextWidget
from reform.models import ArchivedStatus

from .pay_sheet import PaySheet, name_column, number_column
from .widgets import MoneyWidget


class ArchivedPaySheet(PaySheet):
    """One line for a person: what is sealed as 档案工资, yuan a month."""

    kind = "archived_pay"
    label = "档案工资表"
    title_words = ("档案工资",)
    marks = ("档案工资", "封存工资", "套改工资")

    number = Column("序号", aliases=("编号",), read=False, text=False, width=6)
    name = name_column()
    id_number = number_column()
    monthly = Column(
        "档案工资",
        MoneyWidget("档案工资"),
        aliases=("档案月工资", "封存工资", "套改工资", "档案工资标准"),
        required=True,
        filled=True,
        text=False,
        width=12,
        help_text="元/月；加密保存，只用于社保、退休基数",
    )

    def load(self) -> None:
        super().load()
        rows = ArchivedStatus.objects.filter(person__zone=self.context.zone, ends_before=None)
        self.known = {
            person: text for person, text in rows.order_by("id").values_list("person_id", "archived_pay")
        }

    def check(self, rows: list[Row]) -> None:
        firsts: dict[Any, Row] = {}
        for row in rows:
            person = self.find(row)
            if person is not None:
                self.once(row, person.pk, firsts, "同一个人")

    def write(self, rows: list[Row]) -> None:
        entries = []
        for row in rows:
            ref, amount = self.person_of[row.number], row.values["monthly"]
            old = self.known.get(ref.pk, "")
            if old == f"{amount:.2f}":
                self.count("unchanged")
                continue
            self.count("changed" if old else "created")
            if old:
                self.changed(row, ref.name, "monthly", old, amount)
            entries.append(ArchivedPayEntry(self.people[ref.pk], amount))
        if entries:
            archived_pays_register(
                zone=self.context.zone,
                entries=entries,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def records(self) -> Iterable[dict[str, Any]]:
        """Who has one, in the order of the roster."""
        rows = ArchivedStatus.objects.filter(person__zone=self.context.zone, ends_before=None)
        number = 0
        for one in rows.select_related("person").order_by("person__sort_no", "person_id", "id"):
            if one.archived_pay:
                number += 1
                yield {
                    "number": number,
                    "name": one.person.name,
                    "id_number": self.shown_number(one.person),
                    "monthly": one.archived_pay,
                }


class FormerPaySheet(PaySheet):
    """One line for a person and a day: monthly pay before the reform."""

    kind = "former_pay"
    label = "改革前工资表"
    title_words = ("改革前工资", "原工资", "改革前月工资")
    marks = ("改革前工资", "改革前月工资", "原月工资", "原工资")

    number = Column("序号", aliases=("编号",), read=False, text=False, width=6)
    name = name_column()
    id_number = number_column()
    level = Column("原层级", aliases=("当时层级", "改革前层级", "层级"), width=12, help_text="空着按任职记录")
    monthly = Column(
        "改革前月工资",
        MoneyWidget("改革前月工资"),
        aliases=("改革前工资", "原月工资", "原工资", "月工资"),
        required=True,
        filled=True,
        text=False,
        width=14,
        help_text="元/月",
    )
    as_of = Column(
        "截至日期",
        DateWidget(),
        aliases=("截止日期", "截止时间", "基准日"),
        required=True,
        filled=True,
        width=14,
        help_text="改革前的一天，如 2021-12-31",
    )
    document_no = Column("依据", TextWidget(80), aliases=("文号", "依据文号", "依据文件"), width=20)

    def prepare(self) -> None:
        super().prepare()
        if self.context.policy is not None:
            self.columns["level"].widget = LevelWidget(self.context.policy.ladder)

    def load(self) -> None:
        super().load()
        rows = FormerPay.objects.filter(person__zone=self.context.zone)
        self.known = {(one.person_id, one.as_of): one for one in rows}

    def check(self, rows: list[Row]) -> None:
        firsts: dict[Any, Row] = {}
        for row in rows:
            person, day = self.find(row), row.values.get("as_of")
            if person is not None and day is not None:
                self.once(row, (person.pk, day.on), firsts, "同一人、同一天")

    def _entry(self, row: Row) -> FormerPayEntry:
        """A blank level or document leaves what is there."""
        person, day = self.people[self.person_of[row.number].pk], row.values["as_of"].on
        known = self.known.get((person.pk, day)) or FormerPay()
        return FormerPayEntry(
            person,
            row.values["monthly"],
            day,
            row.values.get("level") or known.level,
            row.values.get("document_no") or known.document_no,
        )

    def write(self, rows: list[Row]) -> None:
        entries = []
        for row in rows:
            one = self._entry(row)
            old = self.known.get((one.person.pk, one.as_of))
            differing = self._differing(one, old)
            if old is not None and not differing:
                self.count("unchanged")
                continue
            self.count("changed" if old else "created")
            for name, before, after in differing:
                self.changed(row, one.person.name, name, before, after)
            entries.append(one)
        if entries:
            former_pays_register(
                zone=self.context.zone,
                entries=entries,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def _differing(self, one: FormerPayEntry, old: FormerPay | None) -> list[tuple[str, Any, Any]]:
        if old is None:
            return []
        sides: list[tuple[str, Any, Any]] = [
            ("monthly", Decimal(old.monthly), one.monthly),
            ("level", old.level, one.level),
            ("document_no", old.document_no, one.document_no),
        ]
        return [side for side in sides if side[1] != side[2]]

    def records(self) -> Iterable[dict[str, Any]]:
        """All of them, in the order of the roster, the latest day first."""
        rows = FormerPay.objects.filter(person__zone=self.context.zone).select_related("person")
        ordered = rows.order_by("person__sort_no", "person_id", "-as_of")
        for number, one in enumerate(ordered, 1):
            yield {
                "number": number,
                "name": one.person.name,
                "id_number": self.shown_number(one.person),
                "level": one.level,
                "monthly": one.monthly,
                "as_of": one.as_of,
                "document_no": one.document_no,
            }
