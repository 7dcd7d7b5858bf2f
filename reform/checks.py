"""System checks: a policy version in force has every parameter."""

import json
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection


@register(Tags.database)
def check_policy_keys(**kwargs: Any) -> list[CheckMessage]:
    """Names every parameter that a version in force lacks: it would be missed only when a rule asks for
    it."""
    from reform.models import PolicyVersion

    if (
        not kwargs.get("databases")
        or PolicyVersion._meta.db_table not in connection.introspection.table_names()
    ):
        return []
    default = json.loads((settings.BASE_DIR / "fixtures" / "policy.json").read_text(encoding="utf-8"))
    wanted = {one["key"]: one["label"] for one in default["parameters"]}
    messages: list[CheckMessage] = []
    for version in PolicyVersion.objects.filter(state=PolicyVersion.State.IN_FORCE).select_related("zone"):
        present = set(version.parameters.values_list("key", flat=True))
        messages += [
            Error(f"{version}缺少参数 {key}（{label}）。", hint="请在政策版本中补上。", id="reform.E001")
            for key, label in wanted.items()
            if key not in present
        ]
    return messages
