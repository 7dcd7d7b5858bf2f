"""How amounts and months stand in cells."""

from decimal import Decimal
from typing import Any

from import_export.widgets import Widget

from reform.errors import CellError
from reform.exchange.cells import clean_date, clean_decimal, quoted

LARGEST = Decimal(10) ** 9  # a month's amount of one person; beyond it a number of another column slipped in
FEN = Decimal("0.01")


class MoneyWidget(Widget):
    """Yuan, at least 0, two decimal places."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = clean_decimal(value, self.what)
        if number < 0:
            raise CellError("NUMBER_NEGATIVE", f"{self.what}不能是负数：{quoted(value)}。", "请核对。")
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
