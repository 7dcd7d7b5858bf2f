"""工资项目导入表: 社保、公积金、个税 totals, 专项奖励, 津补贴, 年功 by person and month; imported, never
computed (domain.md §7)."""

import re
from collections.abc import Iterable
from typing import Any

from compensation.models import PayInput, PayRun
from compensation.selectors.uploads import LOCKED
from compensation.services import PayInputEntry, pay_inputs_register
from compensation.states import PayRunState
from reform.exchange.recognise import texts_above
from reform.exchange.sheet import Column, Row
from reform.exchange.widgets import TextWidget

from .pay_sheet import PaySheet, name_column, number_column
from .widgets import MoneyWidget, MonthWidget

_Kind = PayInput.Kind
KINDS = {
    "seniority": _Kind.SENIORITY,
    "award": _Kind.AWARD,
    "allowance": _Kind.ALLOWANCE,
    "social": _Kind.SOCIAL,
    "housing": _Kind.HOUSING,
    "tax": _Kind.TAX,
}
_TITLE_MONTH = re.compile(r"(\d{4})年(1[0-2]|0?[1-9])月")


# A month's total is never below zero; what goes back to a person beyond it is paid as a correction.
_BELOW_ZERO = "填当月的合计；要退还或追回的，在“补发扣回”登记。"


def _amount(header: str, *aliases: str) -> Column:
    return Column(header, MoneyWidget(header, _BELOW_ZERO), aliases=aliases, text=False, width=12)


class PayInputSheet(PaySheet):
    """One line for a person and a month. A blank cell changes nothing; 0 takes an amount back."""

    kind = "pay_inputs"
    label = "工资项目导入表"
    title_words = ("工资项目", "社保公积金", "扣款", "代扣", "专项奖励", "津补贴")
    marks = ("社保", "公积金", "个税", "所得税", "专项奖励", "津补贴", "津贴补贴", "年功")

    number = Column("序号", aliases=("编号",), read=False, text=False, width=6)
    name = name_column()
    id_number = number_column()
    month = Column(
        "月份",
        MonthWidget(),
        aliases=("发放月份", "所属月份", "工资月份", "年月", "所属期"),
        filled=True,
        help_text="写成 2022-03；表题写明“2022年3月”的可以没有这一列",
    )
    seniority = _amount("年功", "年功工资", "工龄工资")
    award = _amount("专项奖励", "招商奖励", "项目奖励", "单项奖励")
    allowance = _amount("津补贴", "津贴补贴", "津贴", "补贴")
    social = _amount("社保", "社会保险", "社保个人", "社保合计", "社会保险个人缴费", "五险")
    housing = _amount("公积金", "住房公积金", "公积金个人")
    tax = _amount("个税", "个人所得税", "代扣个税", "所得税")
    item = Column(
        "项目",
        TextWidget(120),
        aliases=("奖励项目", "项目名称"),
        width=18,
        help_text="同一人同一月有几笔同类的，用项目分开",
    )
    document_no = Column("依据", TextWidget(80), aliases=("文号", "依据文号", "依据文件"), width=20)

    def columns_needed(self, present: set[str]) -> Iterable[str]:
        needed = [name for name, column in self.columns.items() if column.required]
        if not (set(KINDS) & present):
            needed.append("social")
        if "month" not in present and not self._title_month():
            needed.append("month")
        return needed

    def _title_month(self) -> str:
        """The month that the title or a line under it names."""
        for text in texts_above(self.table) if self.table is not None else ():
            found = _TITLE_MONTH.search(text or "")
            if found:
                return f"{found[1]}-{int(found[2]):02d}"
        return ""

    def load(self) -> None:
        super().load()
        runs = PayRun.objects.filter(zone=self.context.zone, kind=PayRun.Kind.MONTH, state__in=LOCKED)
        self.locked = dict(runs.values_list("code", "state"))
        rows = PayInput.objects.filter(zone=self.context.zone)
        self.known = {(one.person_id, one.month, one.kind, one.note): one for one in rows}
        self.titled = self._title_month()

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        firsts: dict[Any, Row] = {}
        for row in rows:
            person = self.find(row)
            month = self._month(row)
            if person is None or not month:
                continue
            if self.once(row, (person.pk, month, self._note(row)), firsts, "同一人、同一月、同一项目"):
                self._check_lock(row, month)

    def _check_lock(self, row: Row, month: str) -> None:
        """What an upload changes of a month that is checked is a fault; what is there already is none."""
        if month in self.locked and self._differing(row):
            state = PayRunState(self.locked[month]).label
            self.error(
                row,
                "month" if "month" in self.present else "name",
                "PAY_MONTH_LOCKED",
                f"{month}的工资已是“{state}”。",
                "请登记到以后的月份，或用补发扣回更正。",
            )

    def _month(self, row: Row) -> str:
        return (row.values.get("month") if "month" in self.present else self.titled) or ""

    def _note(self, row: Row) -> str:
        return row.values.get("item") or ""

    def _entries(self, row: Row) -> list[tuple[str, PayInputEntry]]:
        person = self.people[self.person_of[row.number].pk]
        values = [(name, kind, row.values.get(name)) for name, kind in KINDS.items()]
        document_no = row.values.get("document_no") or ""
        return [
            (
                name,
                PayInputEntry(
                    person,
                    self._month(row),
                    kind.value,
                    amount,
                    self._kept(row, kind, document_no),
                    self._note(row),
                ),
            )
            for name, kind, amount in values
            if amount is not None
        ]

    def _kept(self, row: Row, kind: Any, document_no: str) -> str:
        """The document of an entry; a blank cell leaves what is there."""
        present = self.known.get(
            (self.person_of[row.number].pk, self._month(row), kind.value, self._note(row))
        )
        return document_no or (present.document_no if present else "")

    def _differing(self, row: Row) -> list[tuple[str, PayInputEntry]]:
        """The entries that are new or have another amount or document."""
        found = []
        for name, one in self._entries(row):
            present = self.known.get((one.person.pk, one.month, one.kind, one.note))
            if present is None or (present.amount, present.document_no) != (one.amount, one.document_no):
                found.append((name, one))
        return found

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        entries: list[PayInputEntry] = []
        for row in rows:
            differing = self._differing(row)
            entries += [one for _, one in differing]
            self._count(row, differing)
        if entries:
            pay_inputs_register(
                zone=self.context.zone,
                entries=entries,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def _count(self, row: Row, differing: list[tuple[str, PayInputEntry]]) -> None:
        if not differing:
            self.count("unchanged")
            return
        present = [
            (name, one, self.known.get((one.person.pk, one.month, one.kind, one.note)))
            for name, one in differing
        ]
        self.count("changed" if any(old for _, _, old in present) else "created")
        for name, one, old in present:
            if old and old.amount != one.amount:
                self.changed(row, one.person.name, name, old.amount, one.amount)
            if old and old.document_no != one.document_no:
                self.changed(row, one.person.name, "document_no", old.document_no, one.document_no)

    # --- export ---

    def records(self) -> Iterable[dict[str, Any]]:
        """What is registered, a line for a person, a month and an item, the latest month first."""
        rows = PayInput.objects.filter(zone=self.context.zone).select_related("person")
        names = {kind.value: name for name, kind in KINDS.items()}
        lines: dict[Any, dict[str, Any]] = {}
        for one in rows.order_by("-month", "person__sort_no", "person_id", "note", "id"):
            line = lines.setdefault(
                (one.month, one.person_id, one.note),
                {
                    "number": len(lines) + 1,
                    "name": one.person.name,
                    "id_number": self.shown_number(one.person),
                    "month": one.month,
                    "item": one.note,
                    "document_no": one.document_no,
                },
            )
            line[names[one.kind]] = one.amount
        return lines.values()
