"""A run beside the one before it, person by person with the reason of each difference; and what looks
unusual (before approval, domain.md §7)."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from compensation.models import PayLine, PayRun
from compensation.rules.differences import PaidLine, Reason, explain, find_outliers
from compensation.rules.figures import money_text, number_text, percent_text
from compensation.rules.policy import PayPolicy
from reform.access import scoped
from reform.selectors import policy_of

from .outcome import COMPONENTS, NOTHING
from .policy import pay_policy
from .runs import month_before

_POST = ("岗位", "岗位系数", "薪点值", "各部分比例", "计薪情况")
# Component → the inputs that it is computed from.
DEPENDS_ON = {
    "基础工资": _POST,
    "岗位工资": _POST,
    "绩效工资": (*_POST, "预发比例", "单位系数", "个人系数"),
    "过渡补差": ("岗位系数", "计薪情况"),
    "补发扣回": ("计薪情况",),
}


@dataclass(frozen=True)
class ComparedLine:
    """One person in both runs; None: no line there. outlier: why the line looks unusual."""

    person_id: int
    name: str
    unit: str
    post: str
    level: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal
    reasons: tuple[Reason, ...]
    outlier: tuple[str, ...]


@dataclass(frozen=True)
class RunComparison:
    """A run and the one before it. lines: everybody of either, in the order of the sheet."""

    run: PayRun
    previous: PayRun | None
    before: Decimal
    after: Decimal
    lines: tuple[ComparedLine, ...]

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def changed(self) -> tuple[ComparedLine, ...]:
        return tuple(one for one in self.lines if one.reasons)

    @property
    def outliers(self) -> tuple[ComparedLine, ...]:
        return tuple(one for one in self.lines if one.outlier)


def run_comparison(run: PayRun, user: AbstractBaseUser | AnonymousUser | None = None) -> RunComparison:
    """A run against the latest earlier one of its kind; a fixed number of statements.

    user: whose view it is; the lines, and the sums over them, are then those that the user may see.
    """
    previous = month_before(run)
    now, policy = _lines(run, user), _policy(run)
    was = _lines(previous, user) if previous else {}
    then = _policy(previous) if previous else policy
    after = {key: paid_line(line, policy) for key, line in now.items()}
    before = {key: paid_line(line, then) for key, line in was.items()}
    found = find_outliers(
        {f"{key:010d}": (before.get(key), line) for key, line in after.items()}, policy.outlier
    )
    outliers = {int(one.key): one.reasons for one in found}
    lines = []
    for key in dict.fromkeys([*now, *was]):
        line = now.get(key) or was[key]
        old, new = before.get(key), after.get(key)
        old_gross, new_gross = old.gross if old else NOTHING, new.gross if new else NOTHING
        lines.append(
            ComparedLine(
                person_id=key,
                name=line.person.name,
                unit=line.unit.owner.name if line.unit else "",
                post=line.post,
                level=line.level,
                before=old_gross if old else None,
                after=new_gross if new else None,
                difference=new_gross - old_gross,
                reasons=explain(old, new, depends_on=DEPENDS_ON) if previous else (),
                outlier=outliers.get(key, ()),
            )
        )
    return RunComparison(
        run=run,
        previous=previous,
        before=sum((one.gross for one in before.values()), NOTHING),
        after=sum((one.gross for one in after.values()), NOTHING),
        lines=tuple(lines),
    )


def _lines(run: PayRun, user: AbstractBaseUser | AnonymousUser | None) -> dict[int, PayLine]:
    rows = PayLine.objects.filter(run=run)
    if user is not None:
        rows = scoped(rows, user)
    rows = rows.select_related("person", "unit__parent").defer("terms")
    return {one.person_id: one for one in rows.order_by("sort_no", "id")}


def _policy(run: PayRun) -> PayPolicy:
    return pay_policy(policy_of(run.policy))


def paid_line(line: PayLine, policy: PayPolicy) -> PaidLine:
    """A line as the comparison takes it: words of the sheet, and the inputs behind the figures."""
    inputs = {
        "岗位": line.post,
        "岗位系数": _number(line.post_coefficient),
        "薪点值": money_text(policy.point_value),
        "各部分比例": ":".join(number_text(one).removesuffix(".0") for one in policy.ratio),
        "预发比例": percent_text(policy.prepay_share),
        "单位系数": _number(line.unit_coefficient),
        "个人系数": _number(line.personal_coefficient),
        "计薪情况": line.why or "全月",
    }
    components = {word: getattr(line, name) for name, word in COMPONENTS.items()}
    return PaidLine({word: amount for word, amount in components.items() if amount}, inputs, line.level)


def _number(value: Decimal | None) -> str:
    return "" if value is None else number_text(value)
