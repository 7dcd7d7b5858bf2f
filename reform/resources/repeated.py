"""What may stand only once in the sheets of an upload: an ID number, a staff number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reform.exchange.sheet import Row, SheetReport, SheetResource
from reform.fields import keyed_hash
from reform.models import Person


def check_doubles(sheet: SheetResource, by_id: Mapping[str, Sequence[Row]]) -> None:
    """The same ID number in several rows, or in another sheet of this kind of the upload: all of them are
    errors."""
    seen = sheet.context.seen[sheet.kind]
    for number, same in by_id.items():
        if len(same) > 1:
            who = "、".join(f"{row.values.get('name') or '（空）'}（第{row.number}行）" for row in same)
            for row in same:
                sheet.error(
                    row,
                    "id_number",
                    "ID_DUPLICATE",
                    f"同一身份证号出现{len(same)}次：{who}。",
                    "每人只留一行，号码填错的请改正。",
                )
        elif number in seen:
            first, row = seen[number]
            _elsewhere(sheet, sheet.error, same[0], first.report, row)
            if "id_number" not in row.bad_names:
                _elsewhere(sheet, first.error_later, row, sheet.report, same[0])
        seen.setdefault(number, (sheet, same[0]))


def _elsewhere(
    sheet: SheetResource, error: Callable[..., Any], row: Row, other: SheetReport, there: Row
) -> None:
    error(
        row,
        "id_number",
        "ID_DUPLICATE",
        f"此人在“{other.file}”{other.sheet}第{there.number}行也出现。",
        f"同一次上传中每人只能有一行{sheet.label}。",
    )


def check_staff_numbers(sheet: SheetResource, rows: Iterable[Row], people: Iterable[Person]) -> None:
    """A 人员编号 belongs to one person, in the sheet as in the zone."""
    owners = {person.staff_no: person for person in people if person.staff_no}
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        if row.values.get("staff_no"):
            by_number.setdefault(row.values["staff_no"], []).append(row)
    for number, same in by_number.items():
        places = "、".join(f"第{row.number}行" for row in same)
        owner = owners.get(number)
        for row in same:
            key = keyed_hash(row.values.get("id_number") or "")
            if len(same) > 1:
                message = f"同一人员编号出现{len(same)}次：{places}。"
            elif owner is not None and key and owner.id_number_hash != key:
                message = f"系统中这个人员编号属于{owner.name}。"
            else:
                continue
            sheet.error(row, "staff_no", "STAFF_NO_DUPLICATE", message, "每人一个编号，请核对。")
