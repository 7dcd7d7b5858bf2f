"""What the pages of the appraisal share: the rows that one may see, a leaf's rule in words, figures as they
are shown and read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse

from kpi.models import Cycle, Indicator, Item, Scheme
from kpi.models.schemes import LeafFields
from kpi.rules.codes import SIGNED_RULES, Direction, Rule, direction_problem
from kpi.rules.figures import number, shown
from kpi.rules.scoring import Defaults, Parameters, RuleError, parameters_text, parse_parameters
from kpi.selectors.reporting import items_of
from kpi.selectors.schemes import cycle_by_code, policy_for, span_of
from kpi.states import ItemState
from reform.access import scoped
from reform.admin.actions import find
from reform.ladder import Policy
from reform.models import Zone
from reform.selectors import policy_of

# States in which a leaf asks something of somebody stand out by their word; 官红 for what was returned.
ITEM_TONES: Mapping[str, str] = {
    ItemState.OPEN: "",
    ItemState.SUBMITTED: "",
    ItemState.RETURNED: "accent",
    ItemState.RESUBMITTED: "",
    ItemState.VERIFIED: "good",
}
WHOLE_DIGITS = 14  # before the point: what is measured may be any sum


def the_scheme(request: HttpRequest, pk: int) -> Scheme:
    """A scheme of the user's zone."""
    found: Scheme = find(request, Scheme.objects.select_related("zone", "copied_from"), pk)
    return found


def the_cycle(request: HttpRequest, zone: Zone, code: str) -> Cycle:
    """A cycle of the user's zone by its code."""
    found = cycle_by_code(zone, code)
    if found is None or not scoped(Cycle.objects.filter(pk=found.pk), request.user).exists():
        raise Http404
    return found


def the_item(request: HttpRequest, cycle: Cycle, pk: int) -> Item:
    """A leaf of a cycle that the user may see."""
    found = items_of(cycle, request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def the_indicator(request: HttpRequest, pk: int) -> Indicator:
    """A leaf of a scheme that the user may see, of any version."""
    rows = Indicator.objects.select_related(
        "scheme__zone", "subject__parent", "responsible_unit__parent", "source_unit__parent", "replaced_by"
    )
    found: Indicator = find(request, rows, pk)
    return found


def page_address(name: str, *args: Any) -> str:
    """The address of a page, '' while there is none of this name."""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""


def scheme_policy(scheme: Scheme) -> Policy:
    """The policy by which a scheme's rules are checked: that of the year's last day."""
    span = span_of(str(scheme.year))
    return policy_of(policy_for(scheme.zone, span.ends_before.replace(year=span.year, month=12, day=31)))


@dataclass(frozen=True)
class RuleWords:
    """A leaf's rule as a page shows it: its name, its parameters in words, what is wrong with them."""

    label: str
    text: str
    problem: str


def rule_words(leaf: LeafFields, defaults: Defaults) -> RuleWords:
    """The rule of a leaf in words."""
    if not leaf.rule:
        return RuleWords("", "", "没有选计分规则")
    try:
        rule = Rule(leaf.rule)
        text = parameters_text(rule, parse_parameters(rule, leaf.parameters, defaults))
    except ValueError:
        return RuleWords(leaf.rule, "", f"没有“{leaf.rule}”这种计分规则")
    except RuleError as fault:
        return RuleWords(rule.label, "", str(fault))
    return RuleWords(rule.label, text, direction_problem(rule, Direction(leaf.direction)))


def parameters_of(leaf: LeafFields, defaults: Defaults) -> Parameters | None:
    """The parameters of a leaf's rule; None where there is no rule or they cannot be read."""
    try:
        return parse_parameters(Rule(leaf.rule), leaf.parameters, defaults)
    except (ValueError, RuleError):
        return None


def plain(value: Decimal | None) -> str:
    """A figure without idle zeros, '' for none."""
    return "" if value is None else shown(value)


def figure(text: str, what: str) -> Decimal | None:
    """A figure as it was typed; None for an empty field.  Raises RuleError for what is no number."""
    return number(text, what, WHOLE_DIGITS) if text.strip() else None


def rate_of(item: Item) -> Decimal | None:
    """完成率 in per cent of an indicator that is the better the higher; None where it says nothing, as of
    growth, whose target may be nought or less."""
    leaf = item.indicator
    if leaf.direction != Direction.UP or leaf.rule in SIGNED_RULES:
        return None
    if item.actual is None or item.target is None or item.target <= 0:
        return None
    return item.actual * 100 / item.target


def typed(request: HttpRequest, names: Iterable[str], key: int) -> dict[str, str]:
    """What was typed for one row of a table, by the names of its fields; what was not sent is left out."""
    sent = {name: request.POST.get(f"{name}~{key}") for name in names}
    return {name: one.strip() for name, one in sent.items() if one is not None}
