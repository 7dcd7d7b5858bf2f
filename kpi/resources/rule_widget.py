"""计分规则: by its name, a synonym or its code."""

from typing import Any

from import_export.widgets import Widget

from kpi.rules.codes import Rule
from kpi.rules.scoring import rule_by_name
from reform.errors import CellError, RuleError
from reform.exchange.cells import clean_title, nearest, quoted


class RuleWidget(Widget):
    """The code inside, the name in the sheet."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Rule:
        text = clean_title(value)
        try:
            return rule_by_name(text)
        except RuleError:
            labels = [rule.label for rule in Rule]
            near = nearest(text, labels)
            hint = f"是否为“{near}”？" if near else ""
            raise CellError(
                "RULE_UNKNOWN", f"没有{quoted(text)}这种计分规则。", f"{hint}可填：{'、'.join(labels)}。"
            ) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return Rule(value).label if value else ""
