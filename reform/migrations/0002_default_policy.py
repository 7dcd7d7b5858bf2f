"""After migrate alone the system works: the default policy, from fixtures/policy.json."""

import json

from django.conf import settings
from django.db import migrations


def load(apps, schema_editor):
    facts = json.loads((settings.BASE_DIR / "fixtures" / "policy.json").read_text(encoding="utf-8"))
    version = apps.get_model("reform", "PolicyVersion").objects.create(
        zone=None, number=1, starts_on=facts["starts_on"], state="IN_FORCE", source=facts["source"]
    )
    level, parameter = apps.get_model("reform", "LadderLevel"), apps.get_model("reform", "PolicyParameter")
    level.objects.bulk_create([level(version=version, **one) for one in facts["levels"]])
    parameter.objects.bulk_create([parameter(version=version, **one) for one in facts["parameters"]])


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
