"""政策版本、参数与层级 (domain.md §12): every number that a zone may set."""

from django.conf import settings
from django.db import models

from .organization import Zone


class PolicyVersion(models.Model):
    """One version of a zone's policy; without a zone it is the default from which a new zone gets its
    copy."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "起草"
        SUBMITTED = "SUBMITTED", "待批准"
        IN_FORCE = "IN_FORCE", "已生效"

    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="policies", verbose_name="开发区"
    )
    number = models.PositiveIntegerField("版本号", default=1)
    starts_on = models.DateField("起用日期", help_text="这一天起有效，直到下一个版本")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    source = models.CharField("依据文件", max_length=200, blank=True)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "政策版本"
        ordering = ("zone", "-number")
        constraints = [models.UniqueConstraint(fields=["zone", "number"], name="policy_number_once")]
        permissions = [("approve_policy", "批准政策版本")]

    def __str__(self) -> str:
        return f"{self.zone.name if self.zone else '默认'}政策 第{self.number}版"


class PolicyParameter(models.Model):
    """One value of a policy version, with the clause that it comes from."""

    version = models.ForeignKey(
        PolicyVersion, models.CASCADE, related_name="parameters", verbose_name="政策版本"
    )
    key = models.CharField("参数", max_length=60)
    label = models.CharField("名称", max_length=120)
    value = models.JSONField("值")
    unit = models.CharField("单位", max_length=20, blank=True)
    clause = models.CharField("依据条款", max_length=200, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "政策参数"
        ordering = ("key",)
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="policy_key_once")]

    def __str__(self) -> str:
        return self.label


class LadderLevel(models.Model):
    """One level (层级) of a policy version's ladder; only `rank_order` decides what is up and down (§2)."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="levels", verbose_name="政策版本")
    code = models.CharField("编码", max_length=8)
    rank_order = models.PositiveIntegerField("高低次序", help_text="大的层级高")
    name = models.CharField("层级", max_length=40)
    aliases = models.JSONField("别名", default=list, blank=True)
    titles = models.JSONField("各类单位的对应岗位名称", default=dict, blank=True)
    method = models.CharField("默认任用方式", max_length=2, blank=True)
    sub_levels = models.JSONField(
        "档次", default=list, blank=True, help_text="由高到低，最多九个；影响薪酬，不改变层级的高低"
    )
    is_outside = models.BooleanField(
        "无级别", default=False, help_text="占职数和员额，不分高低：到岗、离岗都不算提拔或降职"
    )
    clause = models.CharField("依据条款", max_length=200, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "层级"
        ordering = ("version", "-rank_order")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="level_code_once"),
            models.UniqueConstraint(fields=["version", "rank_order"], name="level_rank_once"),
        ]

    def __str__(self) -> str:
        return self.name
