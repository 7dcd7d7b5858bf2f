"""manage.py pay_split: a pool split to units by C × K_u, to the fen; nothing is written."""

from argparse import ArgumentParser
from typing import Any

from compensation.commands import COEFFICIENT, MONEY, PayCommand
from compensation.rules.pools import PoolUnit, split_units
from reform.errors import RuleError

# The sum of K_post of a unit's staff.
TOTAL_COEFFICIENT = (6, 4)


class Command(PayCommand):
    help = "试算总额分配：各单位按 岗位系数合计 × 单位系数 分，分到分，合计等于总额"
    usage = "manage.py pay_split 总额 名称=岗位系数合计:单位系数 …… [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("pool", metavar="POOL", nargs="?", help="总额，元")
        parser.add_argument("units", metavar="NAME=C:K", nargs="*", help="单位=岗位系数合计:单位系数")

    def handle(self, *args: Any, **options: Any) -> None:
        pool = self.number(options, options["pool"], "总额", MONEY)
        if not options["units"]:
            self.fail(options, f"没有参加分配的单位。用法：{self.usage}")
        units = [self._unit(options, text) for text in options["units"]]
        try:
            if not any(one.total_coefficient * one.unit_coefficient for one in units):
                self.fail(options, "各单位的权重合计为 0，无法分配。")
            split = split_units(pool, units)
        except RuleError as fault:
            self.fail(options, str(fault))
        shares = {code: str(share) for code, share in split.shares.items()}
        if options["json"]:
            self.emit({"shares": shares, "sum": str(split.total)})
            return
        for term in split.terms:
            self.stdout.write(term)
        self.stdout.write(f"合计 = {split.total:,.2f}")

    def _unit(self, options: dict[str, Any], text: str) -> PoolUnit:
        name, is_named, figures = text.replace("：", ":").rpartition("=")
        total, is_pair, unit = figures.partition(":")
        name = name.strip()
        if not (is_named and is_pair and name):
            self.fail(options, f"“{text}”须写成 名称=岗位系数合计:单位系数，如 A=14.20:1.0711。")
        return PoolUnit(
            name,
            self.number(options, total, f"{name}的岗位系数合计", TOTAL_COEFFICIENT),
            self.number(options, unit, f"{name}的单位系数", COEFFICIENT),
        )
