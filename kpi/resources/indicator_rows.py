"""What a row of a 指标表 says: whose leaf it means, by which rule, and what the cycle knows of it."""

from kpi.models import Indicator
from kpi.rules.codes import Rule
from kpi.selectors.reporting import hands_of
from kpi.states import CycleState
from reform.exchange.sheet import Row
from reform.models import Unit
from reform.selectors import policy_of

from .indicator_columns import IndicatorColumns
from .known_leaves import KnownLeaves


class IndicatorRows(IndicatorColumns):
    """The columns, with what is known of the cycle before a row is checked."""

    subject_column = "level2"

    @property
    def takes_new(self) -> bool:
        """Whether leaves and targets may come by sheet: drafted, or registered and not yet calibrated."""
        cycle = self.cycle
        return cycle.state == CycleState.DRAFT or (cycle.registered and cycle.state == CycleState.SCORING)

    def may_bring(self) -> bool:
        """While figures are collected, whoever answers for a leaf reports it: each row is asked."""
        return (self.context.cycle is not None and not self.takes_new) or super().may_bring()

    def load(self) -> None:
        self.load_units()
        self.load_vetoes()
        self.known = KnownLeaves(self.cycle)
        self.defaults = policy_of(self.cycle.policy)["kpi.rule_defaults"]
        self.hands = hands_of(self.context.actor, self.context.today)
        self.responsible_of: dict[int, Unit] = {}
        self.has_bad_units = False
        self.leaf_of: dict[int, Indicator | None] = {}

    # --- what a row says ---

    def key_of(self, row: Row) -> tuple[str, tuple[str, str, str]]:
        """(code, names): what a leaf is known by."""
        values = row.values
        names = (values.get("level1") or "", values.get("level2") or "", values.get("level3") or "")
        return values.get("code") or "", names

    def name_column(self, row: Row) -> str:
        """The column of the leaf's own name."""
        return next(
            (one for one in ("level3", "level2", "level1") if row.values.get(one)),
            "level1",
        )

    def rule_of(self, row: Row) -> Rule | None:
        """The row's rule, else the stored leaf's."""
        if row.values.get("rule"):
            rule: Rule = row.values["rule"]
            return rule
        leaf = self.leaf_of.get(row.number)
        return Rule(leaf.rule) if leaf and leaf.rule else None

    def unknown(self, row: Row) -> None:
        self.error(
            row,
            self.name_column(row),
            "INDICATOR_UNKNOWN",
            f"{self.cycle}没有这个指标。",
            f"周期已是“{CycleState(self.cycle.state).label}”，不能再加指标；请核对名称和编码。",
        )
