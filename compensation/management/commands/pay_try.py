"""manage.py pay_try: a month's full entitlement of one post, with every term; nothing is written."""

from argparse import ArgumentParser
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import DatabaseError

from compensation.commands import COEFFICIENT, MONEY, SCORE, PayCommand
from compensation.rules.entitlement import Entitlement, entitlement
from compensation.rules.figures import number_text
from compensation.rules.policy import policy_faults
from compensation.selectors import default_pay_policy
from reform.errors import RuleError

# A reference may be the mean of the zone, which need not end after two places.
REFERENCE = (5, 4)
PARTS_OF_A_RATIO = 3


class Command(PayCommand):
    help = "试算一个岗位一个月的薪酬：标准、系数、绩效、应发，列出每一步；未给的参数取默认政策"
    usage = (
        "manage.py pay_try --post-coefficient 岗位系数 --unit-score 单位得分 --grade A|B|C|D "
        "[--reference 基准分] [--point 薪点值] [--ratio 3:3:4] [--json]"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        for name, metavar, told in (
            ("--post-coefficient", "K", "岗位系数"),
            ("--unit-score", "U", "单位得分"),
            ("--grade", "GRADE", "个人等次：A、B、C、D"),
            ("--reference", "R", "单位系数的基准分"),
            ("--point", "V", "薪点值，元/月"),
            ("--ratio", "B:P:K", "基础、岗位、绩效之比，如 3:3:4"),
        ):
            parser.add_argument(name, metavar=metavar, nargs="?", const="", help=told)

    def handle(self, *args: Any, **options: Any) -> None:
        coefficient = self.number(
            options, options["post_coefficient"], "岗位系数", COEFFICIENT, is_positive=True
        )
        score = self.number(options, options["unit_score"], "单位得分", SCORE)
        values = self._values(options)
        grade = str(options["grade"] or "").strip()
        if not grade:
            self.fail(options, f"缺少个人等次。用法：{self.usage}")
        try:
            policy = replace(default_pay_policy(), **values)
        except RuleError as fault:
            self.fail(options, str(fault), status=1)
        except DatabaseError:
            self.fail(options, "数据库中还没有政策表。请先运行 manage.py migrate。", status=1)
        faults = policy_faults(policy)
        if faults:
            self.fail(options, "；".join(faults) + "。")
        try:
            found = entitlement(policy, coefficient, score, grade)
        except RuleError as fault:
            self.fail(options, str(fault))
        if options["json"]:
            self.emit(entitlement_json(found))
            return
        for step in found.steps:
            self.stdout.write(step)

    def _values(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the options say in place of the policy's values."""
        values: dict[str, Any] = {}
        if options["reference"] is not None:
            values["reference"] = self.number(
                options, options["reference"], "基准分", REFERENCE, is_positive=True
            )
        if options["point"] is not None:
            values["point_value"] = self.number(options, options["point"], "薪点值", MONEY, is_positive=True)
        if options["ratio"] is not None:
            values["ratio"] = self._ratio(options)
        return values

    def _ratio(self, options: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal]:
        parts = options["ratio"].replace("：", ":").split(":")
        if len(parts) != PARTS_OF_A_RATIO:
            self.fail(options, f"比例须写成 基础:岗位:绩效 三项，如 3:3:4，现为“{options['ratio']}”。")
        base, position, performance = (self.number(options, one, "比例", COEFFICIENT) for one in parts)
        return base, position, performance


def entitlement_json(found: Entitlement) -> dict[str, Any]:
    """The object that --json prints: amounts and coefficients as text."""
    of_post = found.standard
    return {
        "standard": str(of_post.standard),
        "base_pay": str(of_post.base_pay),
        "position_pay": str(of_post.position_pay),
        "performance_base": str(of_post.performance_base),
        "unit_coefficient": str(found.unit_coefficient.value),
        "personal_coefficient": number_text(found.personal_coefficient.value),
        "performance_pay": str(found.performance_pay.value),
        "gross": str(found.gross.value),
        "steps": list(found.steps),
    }
