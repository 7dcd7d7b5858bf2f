"""What a row of a 岗位设置表 may not change once the plan of its round is approved (domain.md §3 T1)."""

from typing import Any

from reform.exchange.sheet import Row, SheetResource
from reform.models import Position
from reform.services import post_settled

REMEDY = "请与批准的方案一致。"


def tell_settled(sheet: SheetResource, row: Row, position: Position | None, *, is_moved: bool) -> bool:
    """Tell what a row adds to the approved posts or changes in one; whether there is any.

    position: None for a new one.  is_moved: its number stands at another place.
    """
    told = post_settled(sheet.context.setup)
    if not told:
        return False
    if position is None:
        sheet.error(row, "title", "PLAN_APPROVED", f"{told}。", REMEDY)
        return True
    names = [
        name for name in ("level", "headcount") if row.values.get(name) not in (None, getattr(position, name))
    ]
    names += ["unit"] if is_moved else []
    for name in names:
        before = _shown(sheet.context, position, name)
        sheet.error(row, name, "PLAN_APPROVED", f"原为“{before}”，{told}。", REMEDY)
    return bool(names)


def _shown(context: Any, position: Position, name: str) -> str:
    if name == "level" and context.policy:
        return str(context.policy.ladder.name_of(position.level))
    return position.place if name == "unit" else str(getattr(position, name))
