"""The working calendar of 2018–2026, from fixtures/calendar.json; a day that is there already stays as it is."""

import json

from django.conf import settings
from django.db import migrations


def load(apps, schema_editor):
    days = json.loads((settings.BASE_DIR / "fixtures" / "calendar.json").read_text(encoding="utf-8"))
    calendar_day = apps.get_model("reform", "CalendarDay")
    present = {f"{on:%Y-%m-%d}" for on in calendar_day.objects.values_list("on", flat=True)}
    calendar_day.objects.bulk_create([calendar_day(**one) for one in days if one["on"] not in present])


class Migration(migrations.Migration):
    dependencies = [("reform", "0005_policy_for_running")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
