"""考核方案与指标 (domain.md §6): a zone's scheme of a year, its leaves, and the library to copy from."""

from django.db import models
from django.db.models import Q

from kpi.states import SchemeState
from reform.models import Unit, Zone


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "UP", "正向"
    DOWN = "DOWN", "逆向"
    NEUTRAL = "NEUTRAL", "中性"


class Period(models.TextChoices):
    """How often an indicator is asked for, and how long a cycle is."""

    YEAR = "YEAR", "年"
    QUARTER = "QUARTER", "季"
    MONTH = "MONTH", "月"


class Scheme(models.Model):
    """考核方案 of a zone and a year: open until targets are set, then frozen (a change is a new version of an
    indicator)."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("名称", max_length=80)
    document_no = models.CharField("文号", max_length=80, blank=True)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="沿用的方案"
    )
    state = models.CharField("状态", max_length=10, choices=SchemeState.choices(), default=SchemeState.DRAFT)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "考核方案"
        ordering = ("-year",)
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "year"],
                name="scheme_once_a_year",
                violation_error_message="这个年度已有考核方案。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LeafFields(models.Model):
    """What an indicator is, apart from who is assessed by it; shared by schemes and the library."""

    code = models.CharField("编码", max_length=40, blank=True)
    level1 = models.CharField("一级指标", max_length=80)
    level2 = models.CharField("二级指标", max_length=120, blank=True)
    level3 = models.CharField("三级指标", max_length=120, blank=True)
    definition = models.TextField("口径说明", blank=True)
    measure = models.CharField("计量单位", max_length=20, blank=True)
    direction = models.CharField("方向", max_length=8, choices=Direction.choices, default=Direction.UP)
    rule = models.CharField("计分规则", max_length=16, blank=True)
    parameters = models.JSONField("规则参数", default=dict, blank=True)
    data_source = models.CharField("数据来源", max_length=80, blank=True)
    evidence_needed = models.CharField("佐证要求", max_length=200, blank=True)
    period = models.CharField("周期", max_length=8, choices=Period.choices, default=Period.YEAR)
    is_core = models.BooleanField("核心指标", default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The lowest level that has a name: the leaf's own."""
        return self.level3 or self.level2 or self.level1

    @property
    def path(self) -> str:
        return " / ".join(one for one in (self.level1, self.level2, self.level3) if one)


class Indicator(LeafFields):
    """A leaf of a scheme's tree; only leaves are scored. `subject` is who is assessed: a unit, or without one
    the zone itself. An indicator changed after targets were set gets a successor; the old one is kept."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="indicators", verbose_name="考核方案")
    subject = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name="考核对象",
        help_text="空着：考核全区",
    )
    responsible_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responsible_indicators",
        verbose_name="责任单位",
    )
    source_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="source_indicators",
        verbose_name="数据来源单位",
        help_text="区内单位核验数据的才填；区外的只写数据来源",
    )
    supporting_units = models.CharField("协办单位", max_length=120, blank=True)
    full = models.DecimalField(
        "权重（满分）",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="加分、扣分、否决项不填",
    )
    version = models.PositiveSmallIntegerField("版本", default=1)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name="后一版本"
    )
    sort_no = models.PositiveIntegerField("排序", default=0)
    remark = models.CharField("备注", max_length=200, blank=True)

    unit_lookups = ("subject", "responsible_unit", "source_unit")
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ("scheme", "sort_no", "id")
        constraints = [
            # §8: 周期+考核对象+编码; two units' sheets may number their leaves alike.
            models.UniqueConstraint(
                fields=["scheme", "period", "subject", "code"],
                condition=~Q(code="") & Q(replaced_by=None, subject__isnull=False),
                name="indicator_code_once",
                violation_error_message="这个考核对象已有这个编码的指标。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "period", "code"],
                condition=~Q(code="") & Q(replaced_by=None, subject=None),
                name="indicator_code_once_in_zone",
                violation_error_message="全区已有这个编码的指标。",
            ),
            models.CheckConstraint(
                condition=Q(full=None) | Q(full__gte=0),
                name="indicator_weight_not_negative",
                violation_error_message="权重不能是负数。",
            ),
        ]


class LibraryIndicator(LeafFields):
    """指标库: what any scheme may copy. Of those known from print also the value as printed, never
    corrected."""

    class Qualifier(models.TextChoices):
        EQ = "EQ", "等于"
        GE = "GE", "不低于"
        ABOUT = "ABOUT", "约"

    class Quality(models.TextChoices):
        OK = "OK", "可用"
        SUSPECT = "SUSPECT", "存疑"
        AMBIGUOUS = "AMBIGUOUS", "有歧义"

    year = models.PositiveSmallIntegerField("数据年度", null=True, blank=True)
    raw_text = models.CharField("原文", max_length=200, blank=True)
    actual = models.DecimalField("数值", max_digits=18, decimal_places=4, null=True, blank=True)
    target = models.DecimalField("目标值", max_digits=18, decimal_places=4, null=True, blank=True)
    base = models.DecimalField("基期值", max_digits=18, decimal_places=4, null=True, blank=True)
    qualifier = models.CharField("限定", max_length=8, choices=Qualifier.choices, default=Qualifier.EQ)
    quality = models.CharField("数据质量", max_length=12, choices=Quality.choices, default=Quality.OK)
    note = models.CharField("说明", max_length=300, blank=True)
    source = models.CharField("出处", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标库"
        ordering = ("level1", "code", "id")
