"""How many raters a person has at most, for every policy version that lacks them; from fixtures/policy.json."""

import json

from django.conf import settings
from django.db import migrations


def add(apps, schema_editor):
    facts = json.loads((settings.BASE_DIR / "fixtures" / "policy.json").read_text(encoding="utf-8"))
    wanted = [one for one in facts["parameters"] if one["key"] == "kpi.raters"]
    parameter = apps.get_model("reform", "PolicyParameter")
    for version in apps.get_model("reform", "PolicyVersion").objects.all():
        present = set(version.parameters.values_list("key", flat=True))
        parameter.objects.bulk_create(
            [parameter(version=version, **one) for one in wanted if one["key"] not in present]
        )


class Migration(migrations.Migration):
    dependencies = [("reform", "0011_honours")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
