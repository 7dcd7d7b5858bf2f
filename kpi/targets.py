"""The cycle that the sheets of an import go into: found or made before any row is read, one for each sheet;
registered and computed after all of them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from kpi.claimed_scores import tell_differing
from kpi.models import Cycle, Item
from kpi.rules.codes import OUTSIDE_RULES, Rule
from kpi.selectors.cycle_facts import item_name
from kpi.selectors.schemes import cycle_by_code, cycles_of, span_of
from kpi.services import cycle_create, cycle_register
from kpi.services.results import results_compute
from kpi.services.scores import cycle_score
from kpi.sheet_periods import Said, said_cycle
from kpi.states import CycleState
from reform.errors import RuleError
from reform.exchange.context import Context
from reform.exchange.findings import ERROR, WARNING, Finding, UsageError
from reform.exchange.plan import Part
from reform.exchange.sheet import SheetReport
from reform.models import Zone
from reform.selectors import policy_of

LISTED = 10  # leaves named in a finding about many
_COMPUTED = (CycleState.SCORING, CycleState.CALIBRATING)


class CycleTarget:
    """Resolves a cycle for each sheet on construction; `enter` puts it into the context before the sheet is
    read, `finish` registers and computes what the sheets have brought."""

    label = "考核周期"

    def __init__(self, context: Context, parts: Sequence[Part]) -> None:
        self.context = context
        self.changed = False
        self.made: dict[str, Cycle] = {}
        self.cycles = {id(part): self._cycle(part) for part in parts}

    @staticmethod
    def choices(zone: Zone) -> list[tuple[str, str]]:
        """(code, name) of the cycles that a sheet can go into, latest first."""
        return [(one.code, str(one)) for one in cycles_of(zone)]

    @staticmethod
    def choose(context: Context, code: str) -> bool:
        """Put a cycle into the context of an export; False for an unknown one."""
        found = cycle_by_code(context.zone, code)
        if found is None:
            return False
        context.cycle, context.policy = found, policy_of(found.policy)
        return True

    def enter(self, part: Part) -> str:
        """The sheet that is read next: its cycle counts; the code, '' where it has none."""
        cycle = self.cycles[id(part)]
        self.context.cycle = cycle
        return cycle.code if cycle else ""

    # --- which cycle ---

    def _cycle(self, part: Part) -> Cycle | None:
        """The cycle named in the call, else what the sheet says; made where the zone has none of it."""
        assert part.table is not None
        said = said_cycle(part.table.title, part.table.preface)
        wanted = self.context.options.cycle
        if wanted:
            code = self._checked(wanted)
            if said and said.code and said.code != code:
                self._find(
                    part,
                    WARNING,
                    "CYCLE_DIFFERS",
                    f"表中写的是“{said.text}”，按指明的考核周期{code}导入。",
                    "属于另一个周期的，请分开上传。",
                )
        elif said is None or not said.code:
            self._unknown(part, said)
            return None
        else:
            code = said.code
            self._check_title(part, said)
        return self._found_or_made(code, bool(part.table.rows))

    def _check_title(self, part: Part, said: Said) -> None:
        """A title of another year than the line 考核周期: one of them is wrong, the line counts."""
        assert part.table is not None
        title = said_cycle(part.table.title, ())
        if title and title.code and title.code[:4] != said.code[:4]:
            self._find(
                part,
                WARNING,
                "CYCLE_DIFFERS",
                f"表题写的是“{title.text}”，按表题下的“{said.text}”导入到考核周期{said.code}。",
                "请核对年份；写错的，撤销这次上传，改正后再导入。",
            )

    def _checked(self, wanted: str) -> str:
        try:
            return span_of(wanted).code
        except RuleError as fault:
            raise UsageError(str(fault)) from fault

    def _unknown(self, part: Part, said: Said | None) -> None:
        where = self.context.options.where_to_say("--cycle", self.label)
        hint = f"请在表题下写明（如 考核周期:2021年度），或{where}指明（2021、2021Q1、2021-03）。"
        what = f"“{said.text}”不是一个年度、季度或月份" if said else "表题和表题下都没有写考核周期"
        self._find(part, ERROR, "CYCLE_UNKNOWN", f"不知道属于哪个考核周期：{what}。", hint)

    def _find(self, part: Part, level: str, code: str, message: str, hint: str) -> None:
        self.context.findings.append(Finding(level, code, message, hint, part.file, part.sheet))

    def _found_or_made(self, code: str, has_rows: bool) -> Cycle:
        """Several sheets of one cycle share it, and see what the others wrote."""
        cycle = self.made.get(code) or cycle_by_code(self.context.zone, code)
        if cycle is None:
            cycle = cycle_create(
                zone=self.context.zone, code=code, actor=self.context.actor, upload=self.context.upload
            )
            self.changed = self.changed or has_rows
        self.made[code] = cycle
        return cycle

    # --- the cycles as a whole ---

    def finish(self, reports: Sequence[SheetReport]) -> None:
        """A drafted cycle into which scores came is registered; scores and results are computed where
        something has changed. Nothing of it where there are errors: nothing will be kept."""
        if self.context.findings_are_bad(reports):
            return
        for cycle in self.made.values():
            self._conclude(cycle)
            tell_differing(self.context, cycle)

    def _conclude(self, cycle: Cycle) -> None:
        """Register and compute one cycle."""
        brought = self.context.seen["cycle"].get(cycle.pk, set())
        if not brought:
            return
        if cycle.state == CycleState.DRAFT or (cycle.registered and cycle.state == CycleState.SCORING):
            if cycle.state == CycleState.DRAFT and "scores" not in brought:
                return
            if not self._may_score(cycle):
                return
            cycle_register(cycle=cycle, actor=self.context.actor, upload=self.context.upload)
        if cycle.state in _COMPUTED:
            self._compute(cycle)

    def _may_score(self, cycle: Cycle) -> bool:
        """Every leaf has a rule: without one there is no score."""
        bare = [
            one.indicator.path
            for one in Item.objects.filter(cycle=cycle, indicator__rule="").select_related("indicator")
        ]
        if bare:
            more = f"等{len(bare)}个" if len(bare) > LISTED else ""
            self.context.error(
                "RULE_MISSING",
                f"{cycle}有指标没有计分规则，不能计分：{'、'.join(bare[:LISTED])}{more}。",
                "请在指标表中补上“计分规则”。",
            )
        return not bare

    def _compute(self, cycle: Cycle) -> None:
        actor: Any = self.context.actor
        if cycle.state == CycleState.SCORING:
            cycle_score(cycle=cycle, actor=actor)
        results_compute(cycle=cycle, actor=actor, upload=self.context.upload)
        if cycle.registered and "scores" in self.context.seen["cycle"].get(cycle.pk, set()):
            self._tell_unscored(cycle)

    def _tell_unscored(self, cycle: Cycle) -> None:
        """Leaves that count 0 for want of an actual, or that cannot be scored at all. An empty 加分项 or
        扣分项 means that there was none."""
        found = Item.objects.filter(cycle=cycle).exclude(indicator__rule=Rule.VETO)
        rows = found.filter(Q(score=None) | Q(unreported=True)).select_related("indicator__subject")
        rows = rows.order_by("indicator__sort_no", "id")
        missing = [
            item_name(one) for one in rows if one.unreported and one.indicator.rule not in OUTSIDE_RULES
        ]
        if missing:
            self.context.warning(
                "ACTUAL_MISSING",
                f"{cycle}有{len(missing)}项指标没有实际值，按未报计0分：{_listed(missing)}。",
                "请在指标表中补上“实际值”后再导入。",
            )
        unscored = [f"{item_name(one)}（{one.reason.rstrip('。')}）" for one in rows if not one.unreported]
        if unscored:
            self.context.warning(
                "NOT_SCORABLE",
                f"{cycle}有{len(unscored)}项指标不能计分，没有计入：{_listed(unscored)}。",
                "请核对目标值、计分规则和参数。",
            )


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:LISTED]) + ("等" if len(names) > LISTED else "")
