"""银行账号表: the accounts that pay goes to, by person (layout 10 of domain.md §8)."""

from collections.abc import Iterable
from typing import Any

from compensation.services import BankAccountEntry, bank_accounts_register
from reform.admin.display import mask_account
from reform.exchange.sheet import Column, Row
from reform.models import Person

from .pay_sheet import PaySheet, name_column, number_column
from .widgets import AccountWidget


class BankAccountSheet(PaySheet):
    """One line for a person."""

    kind = "bank_accounts"
    label = "银行账号表"
    title_words = ("银行账号", "银行卡号", "代发账号", "工资账号")
    marks = ("银行账号", "银行卡号", "工资卡号", "代发账号")

    number = Column("序号", aliases=("编号",), read=False, text=False, width=6)
    name = name_column()
    id_number = number_column()
    account = Column(
        "银行账号",
        AccountWidget(),
        aliases=("银行卡号", "工资卡号", "账号", "卡号", "银行帐号", "代发账号", "工资账号", "收款账号"),
        required=True,
        filled=True,
        width=26,
        help_text="文本格式，只填数字；加密保存",
    )

    def prepare(self) -> None:
        super().prepare()
        self.columns["name"].aliases = (*self.columns["name"].aliases, "户名")

    def load(self) -> None:
        super().load()
        rows = Person.objects.filter(zone=self.context.zone).only("id", "name", "bank_account")
        self.known = {one.pk: one.bank_account for one in rows}
        self.holder = {one.bank_account: one for one in rows if one.bank_account}

    def check(self, rows: list[Row]) -> None:
        firsts: dict[Any, Row] = {}
        named = {self.person_of[row.number].pk for row in rows if self.find(row) is not None}
        accounts: dict[str, Row] = {}
        for row in rows:
            person, account = self.person_of.get(row.number), row.values.get("account")
            if person is None or not self.once(row, person.pk, firsts, "同一个人") or not account:
                continue
            first = accounts.setdefault(account, row)
            holder = self.holder.get(account)
            if first is not row:
                self._shared(row, f"与第{first.number}行是同一个账号。")
            elif holder is not None and holder.pk != person.pk and holder.pk not in named:
                self._shared(row, f"已登记为{holder.name}的账号。")

    def _shared(self, row: Row, message: str) -> None:
        self.error(row, "account", "ACCOUNT_SHARED", message, "工资只能发到本人的账号，请核对。")

    def write(self, rows: list[Row]) -> None:
        entries = []
        for row in rows:
            ref, account = self.person_of[row.number], row.values["account"]
            old = self.known.get(ref.pk, "")
            if old == account:
                self.count("unchanged")
                continue
            self.count("changed" if old else "created")
            if old:
                self.changed(row, ref.name, "account", mask_account(old), mask_account(account))
            entries.append(BankAccountEntry(self.people[ref.pk], account))
        if entries:
            bank_accounts_register(
                zone=self.context.zone,
                entries=entries,
                actor=self.context.actor,
                upload=self.context.upload,
            )

    def records(self) -> Iterable[dict[str, Any]]:
        """Who has one, in the order of the roster."""
        rows = Person.objects.filter(zone=self.context.zone).order_by("sort_no", "id")
        number = 0
        for one in rows:
            if one.bank_account:
                number += 1
                yield {
                    "number": number,
                    "name": one.name,
                    "id_number": self.shown_number(one),
                    "account": one.bank_account,
                }
