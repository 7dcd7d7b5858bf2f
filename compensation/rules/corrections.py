"""补发 and 扣回: what a paid month should have been, as a line of a later one (domain.md §7 Payroll
states)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .figures import plain_text, signed_text, total_of


@dataclass(frozen=True, slots=True)
class Correction:
    """What is still owed for a month (amount > 0, 补发) or to be taken back (< 0, 扣回), by component."""

    month: date
    amount: Decimal
    components: Mapping[str, Decimal]
    terms: tuple[str, ...]

    @property
    def name(self) -> str:
        return "补发" if self.amount > 0 else "扣回"


def correct_month(
    month: date,
    due: Mapping[str, Decimal],
    paid: Mapping[str, Decimal],
    corrections: Sequence[Correction] = (),
    *,
    reason: str,
) -> Correction | None:
    """The line that makes up for a month which is locked; None where the whole is right already.

    due, paid: component → yuan, as computed now and as paid then.  corrections: of the same month, made
    since. reason: why it is computed anew, such as 申诉结果.  Components that cancel out are shown and owe
    nothing. Source: domain.md §7 (correction only by lines of a later month).
    """
    terms, owed = [], {}
    for name in dict.fromkeys([*due, *paid, *(one for made in corrections for one in made.components)]):
        should, was = due.get(name, Decimal("0.00")), paid.get(name, Decimal("0.00"))
        made = total_of([one.components.get(name, Decimal(0)) for one in corrections])
        difference = should - was - made
        if difference:
            owed[name] = difference
            since = f"，已更正 {signed_text(made)}" if made else ""
            terms.append(
                f"{month:%Y-%m} {name}：应为 {plain_text(should)}，已发 {plain_text(was)}{since}，"
                f"相差 {signed_text(difference)}（{reason}）"
            )
    amount = total_of([*owed.values()])
    return Correction(month, amount, owed, tuple(terms)) if amount else None
