"""How amounts, months and accounts stand in cells."""

from decimal import Decimal
from typing import Any

from import_export.widgets import Widget

from compensation.services.inputs import ACCOUNT, LONGEST_ACCOUNT, SHORTEST_ACCOUNT
from reform.errors import CellError
from reform.exchange.cells import clean_date, clean_decimal, clean_text, quoted

LARGEST = Decimal(10) ** 9  # a month's amount of one person; beyond it a number of another column slipped in
FEN = Decimal("0.01")


class MoneyWidget(Widget):
    """Yuan, at least 0, two decimal places. below_zero: what to do with less."""

    def __init__(self, what: str, below_zero: str = "请核对。") -> None:
        super().__init__()
        self.what, self.below_zero = what, below_zero

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = clean_decimal(value, self.what)
        if number < 0:
            raise CellError("NUMBER_NEGATIVE", f"{self.what}不能是负数：{quoted(value)}。", self.below_zero)
        # The size first: a figure of thirty digits cannot be quantized.
        if number >= LARGEST:
            raise CellError("NUMBER_TOO_LARGE", f"{self.what}{quoted(value)}过大。", "请核对是否填错列。")
        if number != number.quantize(FEN):
            raise CellError(
                "NUMBER_INVALID", f"{self.what}{quoted(value)}的小数多于2位。", "请四舍五入到分。"
            )
        return number.quantize(FEN)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class MonthWidget(Widget):
    """A month, in every spelling of a date; 2022-03 inside and in the sheet."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return f"{clean_date(value).on:%Y-%m}"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value or ""


class AccountWidget(Widget):
    """An account: digits; blanks and dashes between groups of them go. Messages never repeat it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, int | float | Decimal):
            raise CellError(
                "ACCOUNT_AS_NUMBER",
                "银行账号被存为数字，开头的 0 和第 15 位以后的数字已丢失。",
                "把该列设为“文本”格式后重新录入。",
            )
        text = "".join(clean_text(value).split()).replace("-", "").strip("'")
        if "*" in text:
            raise CellError("ACCOUNT_MASKED", "银行账号已脱敏（含 * 号）。", "请填写完整的账号。")
        if not ACCOUNT.fullmatch(text):
            raise CellError(
                "ACCOUNT_INVALID",
                f"银行账号须为{SHORTEST_ACCOUNT}至{LONGEST_ACCOUNT}位数字，现为{len(text)}个字符。",
                "请对照银行卡或存折重新录入。",
            )
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value or ""
