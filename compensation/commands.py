"""What the pay commands share: figures as arguments, and every refusal of an argument in Chinese."""

import re
import sys
from decimal import Decimal
from typing import Any, NoReturn

from django.core.management.base import CommandParser

from reform.commands import JsonCommand

NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?", re.ASCII)
# What the columns hold: money 14 digits with 2 places, scores 7 with 2, coefficients 6 with 4.
MONEY = (12, 2)
SCORE = (5, 2)
COEFFICIENT = (2, 4)
UNRECOGNISED = re.compile(r"unrecognized arguments: (.*)", re.DOTALL)


class PayCommand(JsonCommand):
    """Base of pay_try and pay_split: what is wrong with the arguments ends with status 2 and says so in
    Chinese; argparse would say it in English."""

    usage = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.allow_abbrev = False
        vars(parser)["error"] = self._argument_fault
        # Options may stand between the arguments.
        vars(parser)["parse_args"] = parser.parse_intermixed_args
        return parser

    def _argument_fault(self, message: str) -> NoReturn:
        found = UNRECOGNISED.search(message)
        why = f"不认识的参数：{found[1]}。" if found else "参数的写法不对。"
        self.fail({"json": "--json" in sys.argv}, f"{why}用法：{self.usage}")

    def number(
        self,
        options: dict[str, Any],
        text: str | None,
        name: str,
        size: tuple[int, int],
        *,
        is_positive: bool = False,
    ) -> Decimal:
        """A figure given as text, ≥ 0 or > 0; ends the command where it is none or does not fit its column.

        size: digits before and after the point.
        """
        if not text or not text.strip():
            self.fail(options, f"缺少{name}。用法：{self.usage}")
        plain = text.strip()
        if not NUMBER.fullmatch(plain):
            negative = plain.startswith(("-", "−"))
            remedy = "不能是负数" if negative and NUMBER.fullmatch(plain[1:]) else "须是数字，如 96.40"
            self.fail(options, f"{name}{remedy}，现为“{text}”。")
        before, _, after = plain.replace(",", "").partition(".")
        whole, places = size
        if len(before.lstrip("0")) > whole:
            self.fail(options, f"{name}太大，整数部分最多 {whole} 位，现为“{text}”。")
        if len(after.rstrip("0")) > places:
            self.fail(options, f"{name}最多 {places} 位小数，现为“{text}”。")
        value = Decimal(f"{before}.{after or '0'}")
        if is_positive and not value:
            self.fail(options, f"{name}须大于 0。")
        return value
