"""The other way to a person's score of the year, for every policy version that lacks it; from
fixtures/policy.json."""

import json

from django.conf import settings
from django.db import migrations

KEYS = ("kpi.personal_preset", "kpi.year_end_weights", "kpi.year_end_factors")


def add(apps, schema_editor):
    facts = json.loads((settings.BASE_DIR / "fixtures" / "policy.json").read_text(encoding="utf-8"))
    wanted = [one for one in facts["parameters"] if one["key"] in KEYS]
    parameter = apps.get_model("reform", "PolicyParameter")
    for version in apps.get_model("reform", "PolicyVersion").objects.all():
        present = set(version.parameters.values_list("key", flat=True))
        parameter.objects.bulk_create(
            [parameter(version=version, **one) for one in wanted if one["key"] not in present]
        )


class Migration(migrations.Migration):
    dependencies = [("reform", "0012_policy_for_raters")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
