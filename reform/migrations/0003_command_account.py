"""The account that commands act as is there from the start: not even a rehearsal has to make it."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import migrations

from reform.access import COMMAND_USER


def make_account(apps, schema_editor):
    model = apps.get_model(settings.AUTH_USER_MODEL)
    model.objects.get_or_create(
        username=COMMAND_USER, defaults={"is_active": False, "password": make_password(None)}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reform", "0002_default_policy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(make_account, migrations.RunPython.noop)]
