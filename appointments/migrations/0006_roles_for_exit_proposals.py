"""The roles once more, for the leaders' decisions on who leaves; waivers that were approved say so."""

import json

from django.conf import settings
from django.db import migrations

from reform.access import load_roles


def load(apps, schema_editor):
    roles = json.loads((settings.BASE_DIR / "fixtures" / "roles.json").read_text(encoding="utf-8"))
    load_roles(apps, roles)


def mark_approved(apps, schema_editor):
    apps.get_model("appointments", "Waiver").objects.exclude(approved_by=None).update(state="APPROVED")


class Migration(migrations.Migration):
    dependencies = [("appointments", "0005_ties_waivers_exit_proposals")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(mark_approved, migrations.RunPython.noop),
    ]
