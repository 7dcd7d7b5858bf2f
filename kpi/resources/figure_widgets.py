"""How figures of an appraisal stand in cells: weights, targets, scores."""

from decimal import Decimal
from typing import Any

from import_export.widgets import Widget

from reform.errors import CellError
from reform.exchange.cells import clean_decimal, quoted
from reform.text import HALF_WIDTH, clean_text

LARGEST = Decimal(10) ** 14  # what the database holds of a target or an actual
MOST_POINTS = Decimal(100_000)


class FigureWidget(Widget):
    """A number with so many decimal places, at least `least`; a % behind it is what the header means
    anyway."""

    def __init__(
        self, what: str, places: int, least: Decimal | None = None, below: Decimal = LARGEST
    ) -> None:
        super().__init__()
        self.what, self.places, self.least, self.below = what, places, least, below
        self.quantum = Decimal(1).scaleb(-places)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = clean_decimal(_without_percent(value), self.what)
        if self.least is not None and number < self.least:
            raise CellError(
                "NUMBER_NEGATIVE", f"{self.what}不能小于{self.least}：{quoted(value)}。", "请核对。"
            )
        # The size first: a figure of thirty digits cannot be quantized.
        if abs(number) >= self.below:
            raise CellError("NUMBER_TOO_LARGE", f"{self.what}{quoted(value)}过大。", "请核对是否填错列。")
        if number != number.quantize(self.quantum):
            raise CellError(
                "NUMBER_INVALID",
                f"{self.what}{quoted(value)}的小数多于{self.places}位。",
                f"请四舍五入到{self.places}位小数。",
            )
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return plain(value)


class PointsWidget(FigureWidget):
    """Points of a score: at least 0, two decimal places, at most `most`."""

    def __init__(self, what: str, most: Decimal | None = None) -> None:
        super().__init__(what, 2, Decimal(0), MOST_POINTS)
        self.most = most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = super().clean(value)
        if self.most is not None and number > self.most:
            raise CellError(
                "SCORE_INVALID", f"{self.what}{quoted(value)}超过{plain(self.most)}分。", "请核对得分。"
            )
        return number.quantize(self.quantum)


def plain(value: Any) -> Any:
    """A figure without idle zeros: 15.00 → 15, 34.4100 → 34.41."""
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _without_percent(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return clean_text(value).translate(HALF_WIDTH).rstrip().removesuffix("%")
