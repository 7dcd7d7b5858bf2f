"""The indicators of the article of 2022 in the library, as printed: a doubtful value is marked, never
corrected."""

import json

from django.conf import settings
from django.db import migrations


def add_indicators(apps, schema_editor):
    rows = json.loads((settings.BASE_DIR / "fixtures" / "article_indicators.json").read_text("utf-8"))
    model = apps.get_model("kpi", "LibraryIndicator")
    present = set(model.objects.values_list("source", "code"))
    model.objects.bulk_create([model(**one) for one in rows if (one["source"], one["code"]) not in present])


class Migration(migrations.Migration):
    dependencies = [("kpi", "0004_indicator_code_by_subject")]
    operations = [migrations.RunPython(add_indicators, migrations.RunPython.noop)]
