"""规则试算: a rule, some figures, what comes of them and why. Nothing is stored; the address holds it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kpi.rules.codes import Rule
from kpi.rules.parameter_text import EXAMPLES, given_by_text
from kpi.rules.parameters import Grading
from kpi.rules.scoring import (
    Defaults,
    Inputs,
    Parameters,
    Result,
    RuleError,
    needs_actual,
    needs_full,
    needs_target,
    parameters_text,
    parse_inputs,
    parse_parameters,
    score,
)
from kpi.selectors.schemes import policy_for
from reform.admin.pages import render_page
from reform.models import Zone
from reform.selectors import policy_of

from .curve import drawing

WORDS: Mapping[str, str] = {
    "full": "满分",
    "actual": "实际值",
    "target": "目标值",
    "rank": "位次",
    "grade": "等次",
    "tier": "档",
    "done": "已验收节点的百分比",
    "n": "项数",
}
# What each page opens with (domain.md §6, test vectors).
START: Mapping[Rule, Mapping[str, str]] = {
    Rule.PROP: {"full": "10", "actual": "165", "target": "198"},
    Rule.PROP_BONUS: {"full": "10", "actual": "41.5", "target": "34.41"},
    Rule.STEP_DEDUCT: {"full": "10", "actual": "93.1", "target": "100"},
    Rule.BASE80: {"full": "10", "actual": "16.4", "target": "12"},
    Rule.FLOAT: {"full": "10", "actual": "120.6", "target": "100"},
    Rule.TARGET: {"full": "10", "actual": "102", "target": "100"},
    Rule.RANK: {"full": "10", "rank": "4"},
    Rule.MIXED: {"full": "6", "actual": "8.5", "target": "8", "rank": "3"},
    Rule.MINMAX: {"full": "100", "actual": "77"},
    Rule.INTERVAL: {"full": "5", "actual": "42"},
    Rule.LOWER: {"full": "10", "actual": "3.4", "target": "3"},
    Rule.GRADE: {"full": "10", "grade": "优秀", "tier": "2"},
    Rule.MILESTONE: {"full": "10", "done": "30,20"},
    Rule.DEDUCT: {"n": "2"},
    Rule.BONUS: {"n": "3"},
    Rule.VETO: {},
}
OWN: Mapping[Rule, tuple[str, ...]] = {
    Rule.RANK: ("rank",),
    Rule.MIXED: ("rank",),
    Rule.GRADE: ("grade", "tier"),
    Rule.MILESTONE: ("done",),
    Rule.DEDUCT: ("n",),
    Rule.BONUS: ("n",),
}
IN_PLACE = (Rule.GRADE, Rule.MILESTONE, Rule.DEDUCT, Rule.BONUS)  # of the actual stands something else
ASKED = "t"  # set by the form: what is empty was meant to be


@dataclass(frozen=True)
class Trial:
    """What came of the figures, or what was wrong with them."""

    result: Result | None = None
    parameters: Parameters | None = None
    inputs: Inputs | None = None
    fault: str = ""


def names_of(rule: Rule) -> list[str]:
    """The figures that a rule reads."""
    found = ["full"] if needs_full(rule) else []
    if needs_actual(rule) and rule not in IN_PLACE:
        found.append("actual")
    if needs_target(rule):
        found.append("target")
    return [*found, *OWN.get(rule, ())]


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Choose a rule, type figures, see the score."""
    asked = request.GET.get("rule", "")
    rule = Rule(asked) if asked in set(Rule) else Rule.PROP
    policy = policy_for(zone, timezone.localdate())
    defaults = policy_of(policy)["kpi.rule_defaults"]
    typed = ASKED in request.GET
    given = request.GET if typed else START[rule]
    figures = {name: str(given.get(name, "")).strip() for name in names_of(rule)}
    text = request.GET.get("parameters", "").strip() if typed else _text(rule, defaults)
    trial = _try(rule, figures, text, defaults)
    drawn = None
    if trial.inputs is not None and trial.parameters is not None:
        drawn = drawing(rule, trial.inputs, trial.parameters)
    return render_page(
        request,
        site,
        "kpi/try.html",
        "规则试算",
        rule=rule,
        rules=list(Rule),
        fields=[(name, WORDS[name], figures[name]) for name in figures],
        parameters=text,
        example=EXAMPLES[rule],
        has_parameters=rule not in (Rule.TARGET, Rule.LOWER, Rule.VETO),
        readable=parameters_text(rule, trial.parameters) if trial.parameters is not None else "",
        trial=trial,
        drawing=drawn,
        grades=_grades(trial),
        policy=policy,
        asked=ASKED,
    )


def _text(rule: Rule, defaults: Defaults) -> str:
    """The parameters that the page opens with: the policy's, or an example where only an indicator has
    them."""
    if rule in (Rule.MINMAX, Rule.INTERVAL, Rule.MILESTONE, Rule.DEDUCT, Rule.BONUS):
        return EXAMPLES[rule]
    return parameters_text(rule, parse_parameters(rule, {}, defaults))


def _try(rule: Rule, figures: Mapping[str, str], text: str, defaults: Defaults) -> Trial:
    try:
        parameters = parse_parameters(rule, given_by_text(rule, text), defaults)
    except RuleError as fault:
        return Trial(fault=str(fault))
    known = {name: value or None for name, value in figures.items()}
    try:
        inputs = parse_inputs(rule, known, parameters)
        return Trial(score(rule, inputs, parameters), parameters, inputs)
    except RuleError as fault:
        return Trial(parameters=parameters, fault=str(fault))


def _grades(trial: Trial) -> list[dict[str, Any]]:
    """The table of a rule that knows grades."""
    if not isinstance(trial.parameters, Grading):
        return []
    return [{"name": one.name, "points": one.points} for one in trial.parameters.grades]
