"""Cells of layout 17: year, weight and time limit as units write them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from import_export.widgets import Widget

from reform.errors import CellError
from reform.exchange.cells import clean_decimal, clean_text, quoted

_YEAR = re.compile(r"(20\d{2})年?(?:度)?").fullmatch
_LONGEST = 40


class YearWidget(Widget):
    """年度: 2022, 2022年, 2022年度."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        text = str(int(value)) if isinstance(value, float) and value == int(value) else clean_text(value)
        match = _YEAR(text)
        if match is None:
            raise CellError("YEAR_INVALID", f"{quoted(value)}不是年度。", "请写成 2022。")
        return int(match.group(1))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class WeightWidget(Widget):
    """权重 in per cent: 20, 20%, 12.5; above 0, at most 100."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        try:
            weight = clean_decimal(clean_text(value).rstrip("%％分"), "权重")
        except CellError:
            raise CellError("WEIGHT_INVALID", f"{quoted(value)}不是权重。", "请写成 20 或 20%。") from None
        if not 0 < weight <= 100 or weight != round(weight, 2):
            raise CellError("WEIGHT_INVALID", f"权重{quoted(value)}须大于0、不超过100。", "最多两位小数。")
        return round(weight, 2)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value


class DueWidget(Widget):
    """完成时限: a day, or words such as 全年, 每季度末."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = f"{value:%Y-%m-%d}" if isinstance(value, date) else clean_text(value)
        if len(text) > _LONGEST:
            raise CellError("TEXT_TOO_LONG", f"共{len(text)}个字，最多{_LONGEST}个字。", "请缩短后再上传。")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value or ""


def term_words(starts_on: date, ends_before: date) -> str:
    """聘期 with the inclusive last day."""
    return f"{starts_on:%Y-%m-%d}至{date.fromordinal(ends_before.toordinal() - 1):%Y-%m-%d}"
