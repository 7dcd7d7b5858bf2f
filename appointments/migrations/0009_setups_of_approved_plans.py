"""The posts of rounds whose plan was approved before are settled too."""

from django.db import migrations


def settle(apps, schema_editor):
    for round_ in apps.get_model("appointments", "Round").objects.exclude(approved_on=None):
        apps.get_model("reform", "PositionSetup").objects.filter(pk=round_.setup_id).update(
            approved_on=round_.approved_on
        )


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0008_roles_for_papers"),
        ("reform", "0016_setup_approved_on"),
    ]
    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
