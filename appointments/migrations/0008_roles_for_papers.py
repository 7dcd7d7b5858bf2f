"""The roles see honours, sets of posts, dossiers and 责任书; from fixtures/roles.json."""

import json

from django.conf import settings
from django.db import migrations

from reform.access import load_roles


def load(apps, schema_editor):
    roles = json.loads((settings.BASE_DIR / "fixtures" / "roles.json").read_text(encoding="utf-8"))
    load_roles(apps, roles)


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0007_groups_dossiers_duties"),
        ("reform", "0011_honours"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
