"""How long a 处分 counts (domain.md §3)."""

from collections.abc import Mapping
from datetime import date

from reform.dated import add_months
from reform.errors import RuleError

# Neither has an end of its own: an investigation ends when it is closed, and who is expelled has left.
ENDLESS = ("INVESTIGATION", "EXPULSION")


def sanction_end(kind: str, decided_on: date, months: Mapping[str, int]) -> date | None:
    """The first day after the 影响期 of a 处分; None for an investigation and for 开除.

    months: policy round.sanction_months.  Raises RuleError for a kind without months.
    Source: 公务员法第六十四条; 事业单位人事管理条例第二十九条.
    """
    if kind in ENDLESS:
        return None
    if kind not in months:
        raise RuleError(f"政策参数“处分影响期”没有处分种类“{kind}”。")
    return add_months(decided_on, months[kind])
