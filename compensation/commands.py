"""What the pay commands share: figures as arguments."""

import re
from decimal import Decimal
from typing import Any

from reform.commands import JsonCommand

NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?", re.ASCII)
# What the columns hold: money 14 digits with 2 places, scores 7 with 2, coefficients 6 with 4.
MONEY = (12, 2)
SCORE = (5, 2)
COEFFICIENT = (2, 4)


class PayCommand(JsonCommand):
    """Base of the pay commands: figures that do not fit their column end the command with status 2."""

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
