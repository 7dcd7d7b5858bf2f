"""评分表 as a scorer sees it: the leaves of rule 等次评价 that are theirs to mark."""

from django.contrib.auth.models import AbstractBaseUser

from kpi.models import Item, Mark, MarkSheet
from kpi.rules.codes import Rule
from kpi.rules.guards import SheetFacts
from reform.selectors import policy_of

from .cycle_facts import cycle_items, item_name
from .places import units_avoided


def sheet_items(sheet: MarkSheet) -> list[Item]:
    """The leaves on a sheet: those of rule 等次评价 whose subject is not the scorer's own unit nor led by a
    relative, as of the cycle's last day. A fixed number of statements."""
    cycle = sheet.cycle
    avoided = units_avoided(sheet.scorer, cycle.zone, policy_of(cycle.policy), cycle.last_day)
    return [
        one
        for one in cycle_items(cycle)
        if one.indicator.rule == Rule.GRADE and one.indicator.subject_id not in avoided
    ]


def marks_of(sheet: MarkSheet) -> dict[int, Mark]:
    """Item → the mark on this sheet."""
    return {one.item_id: one for one in Mark.objects.filter(sheet=sheet)}


def sheet_facts(sheet: MarkSheet, actor: AbstractBaseUser) -> SheetFacts:
    """What the guard of handing a sheet in looks at."""
    marked = marks_of(sheet)
    blank = [item_name(one) for one in sheet_items(sheet) if one.pk not in marked]
    return SheetFacts(blank=blank, mine=sheet.scorer_id == actor.pk)
