"""Levels outside the ladder (domain.md §3a): their posts take seats and stand neither above nor below."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reform", "0014_post_sub_levels_and_key_posts")]
    operations = [
        migrations.AddField(
            model_name="ladderlevel",
            name="is_outside",
            field=models.BooleanField(
                default=False,
                help_text="占职数和员额，不分高低：到岗、离岗都不算提拔或降职",
                verbose_name="无级别",
            ),
        ),
    ]
