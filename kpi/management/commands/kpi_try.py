"""manage.py kpi_try: what a scoring rule makes of some figures, with its steps; stores nothing."""

from argparse import ArgumentParser
from typing import Any

from django.utils.timezone import localdate

from kpi.rules.scoring import INPUT_FIELDS, parse_inputs, parse_parameters, rule_by_name, score
from reform.commands import JsonCommand
from reform.errors import PolicyMissing, RuleError
from reform.exchange.findings import UsageError
from reform.exchange.plan import pick_zone
from reform.models import PolicyVersion, Zone
from reform.selectors import policy_of, policy_version_as_of

FIGURES = {"full": "满分", "actual": "实际值", "target": "目标值", "base": "基期值"}


class Command(JsonCommand):
    help = "规则试算：按计分规则和给出的数字计算得分，说明步骤，不保存"
    usage = (
        "manage.py kpi_try 规则 [--full 满分] [--actual 实际值] [--target 目标值] [--base 基期值] "
        "[--param 名称=值 …] [--zone 开发区] [--json]"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("rule", metavar="RULE", help="规则代码或名称，如 PROP、比例法")
        for name, label in FIGURES.items():
            parser.add_argument(f"--{name}", metavar=name[0].upper(), help=label)
        parser.add_argument(
            "--param",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="规则参数，可写多次，如 floor=0.6",
        )
        parser.add_argument("--zone", metavar="CODE", help="用哪个开发区的默认参数；省略时用唯一的或默认政策")

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv(joined(argv))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rule = rule_by_name(options["rule"])
            given = _given(options["param"])
            names = {field.name for field in INPUT_FIELDS.get(rule, ())}
            own = {name: value for name, value in given.items() if name not in names}
            parameters = parse_parameters(rule, own, _defaults(options["zone"]))
            figures = {name: options[name] for name in FIGURES}
            figures |= {name: value for name, value in given.items() if name in names}
            result = score(rule, parse_inputs(rule, figures, parameters), parameters)
        except (RuleError, UsageError) as fault:
            self.fail(options, str(fault))
        if options["json"]:
            self.emit(
                {
                    "rule": rule.value,
                    "score": None if result.score is None else str(result.score),
                    "scorable": result.scorable,
                    "reason": result.reason,
                    "steps": list(result.steps),
                }
            )
            return
        self.stdout.write(f"{rule.label}（{rule.value}）")
        for step in result.steps or (f"不能计分：{result.reason}",):
            self.stdout.write(step)


def joined(words: list[str]) -> list[str]:
    """Command words with each figure joined to its option, so that -1e3 or -Infinity is not taken for an
    option that nobody knows, and is answered in Chinese."""
    done: list[str] = []
    for word in words:
        if done and done[-1] in {f"--{name}" for name in FIGURES} and not word.startswith("--"):
            done[-1] += f"={word}"
        else:
            done.append(word)
    return done


def _given(texts: list[str]) -> dict[str, str]:
    """Parameters by name. Raises RuleError for one without a name, or written twice."""
    given: dict[str, str] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name:
            raise RuleError(f"参数“{text}”须写成 名称=值，如 floor=0.6。")
        if name in given:
            raise RuleError(f"参数 {name} 写了两次。")
        given[name] = value
    return given


def _defaults(code: str | None) -> Any:
    """Default parameters by rule: of the zone named or the only one, else of the default policy."""
    zones = list(Zone.objects.order_by("code"))
    try:
        if code is not None or len(zones) == 1:
            version = policy_version_as_of(pick_zone(zones, code), localdate())
            return policy_of(version)["kpi.rule_defaults"]
    except PolicyMissing:
        if code is not None:
            raise
    default = PolicyVersion.objects.filter(zone=None).order_by("-number").first()
    if default is None:
        raise PolicyMissing("没有默认政策，不知道规则的默认参数。请先执行 migrate。")
    return policy_of(default)["kpi.rule_defaults"]
