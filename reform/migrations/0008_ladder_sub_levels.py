"""档次 within a level (domain.md §2): they touch pay, not what is up and down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reform", "0007_office_sees_accounts")]
    operations = [
        migrations.AddField(
            model_name="ladderlevel",
            name="sub_levels",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="由高到低，最多九个；影响薪酬，不改变层级的高低",
                verbose_name="档次",
            ),
        ),
    ]
