"""The roles of pay, and the policy values that it reads, for every version that lacks them."""

import json

from django.conf import settings
from django.db import migrations

from reform.access import load_roles


def read(name):
    return json.loads((settings.BASE_DIR / "fixtures" / name).read_text(encoding="utf-8"))


def add_policy(apps, schema_editor):
    facts = read("policy.json")
    parameter = apps.get_model("reform", "PolicyParameter")
    for version in apps.get_model("reform", "PolicyVersion").objects.all():
        present = set(version.parameters.values_list("key", flat=True))
        parameter.objects.bulk_create(
            [parameter(version=version, **one) for one in facts["parameters"] if one["key"] not in present]
        )


def add_roles(apps, schema_editor):
    load_roles(apps, read("roles.json"))


class Migration(migrations.Migration):
    dependencies = [("compensation", "0001_payroll"), ("kpi", "0002_roles_and_policy")]
    operations = [
        migrations.RunPython(add_policy, migrations.RunPython.noop),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
