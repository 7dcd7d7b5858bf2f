"""How one column's cells are read (`clean`) and written (`render`): one widget for both, so that they
agree."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from import_export.widgets import Widget

from reform.codes import CodeTable, code_of
from reform.errors import CellError
from reform.exchange import cells
from reform.ladder import Ladder
from reform.text import clean_text, clean_title, quoted, title_key

FULL_SCORE = 100
MOST = 99_999  # of a count of posts or people: beyond it a number has slipped in from another column


class TextWidget(Widget):
    """A line of text, at most as long as its column in the database."""

    def __init__(self, limit: int = 200) -> None:
        super().__init__()
        self.limit = limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return self._within(clean_text(value))

    def _within(self, text: str) -> str:
        if len(text) > self.limit:
            raise CellError("TEXT_TOO_LONG", f"共{len(text)}个字，最多{self.limit}个字。", "请缩短后再上传。")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value or ""


class TitleWidget(TextWidget):
    """The name of a unit, section or post: blanks inside (专  职) go."""

    def __init__(self, limit: int = 80) -> None:
        super().__init__(limit)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return self._within(clean_title(value))


class NameWidget(TextWidget):
    """姓名."""

    def __init__(self, limit: int = 40) -> None:
        super().__init__(limit)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return self._within(cells.clean_name(value))


class IdNumberWidget(Widget):
    """身份证号: 18 characters, checked; `today` bounds the birth date."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return cells.clean_id_number(value, self.today)


class CodeWidget(Widget):
    """A value of a national code table: the code inside, the label in the sheet."""

    def __init__(self, table: CodeTable) -> None:
        super().__init__()
        self.table = table

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return code_of(self.table, value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.table.get(value, value or "")


class ChoiceWidget(Widget):
    """One of a few words of our own."""

    def __init__(self, choices: Mapping[str, str], aliases: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.choices = dict(choices)
        words = {label: code for code, label in choices.items()} | {code: code for code in choices}
        self.words = {title_key(word): code for word, code in (words | dict(aliases or {})).items()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = clean_title(value)
        key = title_key(text)
        if key not in self.words:
            raise CellError(
                "CHOICE_INVALID", f"没有{quoted(text)}这一项。", f"可填：{'、'.join(self.choices.values())}。"
            )
        return self.words[key]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.choices.get(value, "")


class LevelWidget(Widget):
    """层级: a level of the ladder in force, by its name or an alias."""

    def __init__(self, ladder: Ladder) -> None:
        super().__init__()
        self.ladder = ladder

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = clean_title(value)
        level = self.ladder.by_word.get(text)
        if level is None:
            names = "、".join(level.name for level in self.ladder.levels)
            near = cells.nearest(text, list(self.ladder.by_word))
            hint = f"是否为“{near}”？" if near else ""
            raise CellError("LEVEL_UNKNOWN", f"层级表中没有{quoted(text)}。", f"{hint}可填：{names}。")
        return level.code

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.ladder.name_of(value)


class SubLevelWidget(Widget):
    """档次: its number, 1 the highest and 0 for none, or its name on the ladder, which only the row's level
    can tell."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | str:
        text = clean_title(value)
        try:
            return cells.clean_integer(value, "档次")
        except CellError:
            if text.lstrip("-").isdecimal():
                raise
            return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value) if value else ""


class DateWidget(Widget):
    """A date, read in every spelling; written to the month (YYYY.MM) or the day. epoch1904: of the sheet that
    is read."""

    epoch1904 = False

    def __init__(self, precision: str = "day") -> None:
        super().__init__()
        self.format = cells.format_month if precision == "month" else cells.format_day

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> cells.PartialDate:
        return cells.clean_date(value, epoch1904=self.epoch1904)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.format(value) if value else ""


class LastDayWidget(DateWidget):
    """The last day of an interval: inclusive in the sheet, the day after inside (half-open)."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return super().clean(value).on + timedelta(days=1)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.format(value - timedelta(days=1)) if value else ""


class IntegerWidget(Widget):
    """A count ≥ 0; `what` names it in messages."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        number = cells.clean_integer(value, self.what)
        if number > MOST:
            raise CellError(
                "NUMBER_TOO_LARGE", f"{self.what}{quoted(value)}过大。", f"最多{MOST}，请核对是否填错列。"
            )
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class DecimalWidget(Widget):
    """A coefficient; `places` decimal places."""

    def __init__(self, what: str, places: int) -> None:
        super().__init__()
        self.what, self.places, self.quantum = what, places, Decimal(1).scaleb(-places)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = cells.clean_decimal(value, self.what)
        # The size first: a figure of thirty digits cannot be quantized.
        if not 0 <= number < 100 or number != number.quantize(self.quantum):
            raise CellError(
                "NUMBER_INVALID",
                f"{self.what}须在0到100之间，最多{self.places}位小数。",
            )
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class TermWidget(Widget):
    """聘期(年): whole years, as 3 or 3年."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        return cells.clean_term(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class PhoneWidget(Widget):
    """联系电话."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return cells.clean_phone(value)


class ScoreWidget(Widget):
    """A score from 0 to 100, both included; two decimal places."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal:
        number = cells.clean_decimal(value, self.what)
        if not 0 <= number <= FULL_SCORE:
            raise CellError("SCORE_INVALID", f"{self.what}{quoted(value)}不在0到100之间。", "请核对成绩。")
        if number != (exact := number.quantize(Decimal("0.01"))):
            raise CellError(
                "SCORE_INVALID", f"{self.what}{quoted(value)}的小数多于两位。", "请四舍五入到两位小数。"
            )
        return exact

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class YesNoWidget(Widget):
    """是 or 否, or the pair of words that a column has for them; nothing else is taken for either."""

    def __init__(self, yes: str = "是", no: str = "否", more: Mapping[str, bool] | None = None) -> None:
        super().__init__()
        self.yes, self.no = yes, no
        self.words = {"是": True, "否": False, yes: True, no: False} | dict(more or {})

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = clean_title(value)
        if text not in self.words:
            raise CellError(
                "CHOICE_INVALID", f"没有{quoted(value)}这一项。", f"可填：{self.yes}、{self.no}。"
            )
        return self.words[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else self.yes if value else self.no
