"""档次 of a post within its level, and posts with more weight than others of their level (domain.md §2)."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reform", "0013_policy_for_year_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="position",
            name="is_key_post",
            field=models.BooleanField(
                default=False, help_text="平级调整到重要岗位的，显示为重用，仍是平级", verbose_name="重要岗位"
            ),
        ),
        migrations.AddField(
            model_name="position",
            name="sub_level",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="1是本层级最高的一档，0是不分档；影响薪酬，不改变层级的高低",
                validators=[django.core.validators.MaxValueValidator(9)],
                verbose_name="档次",
            ),
        ),
    ]
