"""开发区、机构、岗位设置方案与岗位 (domain.md §1, §2)."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q


class Zone(models.Model):
    """A development zone: every business row belongs to one."""

    code = models.SlugField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    deadline_on = models.DateField("上级规定完成期限", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "开发区"
        ordering = ("code",)
        permissions = [("view_reports", "查看领导报表")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Which zone a user works for; a user without one sees no business data."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="用户", related_name="membership"
    )
    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    unit = models.ForeignKey(
        "Unit",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="所属单位",
        help_text="单位负责人必填：只看本单位及下属单位",
    )
    person = models.OneToOneField(
        "Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="membership",
        verbose_name="本人",
        help_text="账号就是这个人：用于回避；个人登录的账号只看本人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "用户所属开发区"

    def __str__(self) -> str:
        return f"{self.user} · {self.zone}"


class UnitKind(models.TextChoices):
    """Kinds of unit, §1."""

    COMMITTEE = "COMMITTEE", "党工委/管委会"
    DEPT = "DEPT", "内设部门"
    SECTION = "SECTION", "科室"
    PARK = "PARK", "园区"
    SOE = "SOE", "一级国资公司"
    SOE_SUB = "SOE_SUB", "二级公司"
    TOWN = "TOWN", "镇/街道办事处"
    INST = "INST", "所属事业单位"


class Unit(models.Model):
    """A unit of the zone's tree; it is closed with a date, never deleted."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    code = models.CharField("单位编码", max_length=40)
    name = models.CharField("单位名称", max_length=80)
    kind = models.CharField("类型", max_length=12, choices=UnitKind.choices)
    sort_no = models.PositiveIntegerField("排序", default=0)
    staffing_quota = models.PositiveIntegerField(
        "员额核定数", null=True, blank=True, help_text="空着表示未核定"
    )
    head_headcount = models.PositiveIntegerField("正职职数", null=True, blank=True)
    deputy_headcount = models.PositiveIntegerField("副职职数", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)
    starts_on = models.DateField("成立日期", null=True, blank=True)
    ends_before = models.DateField("撤销日期", null=True, blank=True, help_text="从这一天起不再存在")
    is_historical = models.BooleanField(
        "历史单位", default=False, help_text="只在改革前花名册中出现，新的岗位设置中没有"
    )

    unit_lookups = ("",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("sort_no", "code")
        constraints = [
            models.UniqueConstraint(fields=["zone", "code"], name="unit_code_once"),
            models.UniqueConstraint(
                fields=["zone", "parent", "name"],
                condition=Q(ends_before=None, is_historical=False, parent__isnull=False),
                name="unit_name_once_among_siblings",
                violation_error_message="同一上级下已有同名的单位。",
            ),
            models.UniqueConstraint(
                fields=["zone", "name"],
                condition=Q(ends_before=None, is_historical=False, parent=None),
                name="unit_name_once_at_top",
                violation_error_message="已有同名的单位。",
            ),
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(starts_on=None) | Q(ends_before__gt=F("starts_on")),
                name="unit_interval_order",
                violation_error_message="撤销日期须晚于成立日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> "Unit":
        """The unit of the 单位 column: a section's parent, any other unit itself."""
        return self.parent if self.kind == UnitKind.SECTION and self.parent else self


class UnitLineage(models.Model):
    """机构沿革: which unit went into which (merger, split, renaming)."""

    class Kind(models.TextChoices):
        MERGE = "MERGE", "合并"
        SPLIT = "SPLIT", "分设"
        RENAME = "RENAME", "更名"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successors", verbose_name="前身单位")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="predecessors", verbose_name="后续单位")
    kind = models.CharField("沿革", max_length=8, choices=Kind.choices)
    happened_on = models.DateField("日期", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "机构沿革"
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unit_lineage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}（{self.get_kind_display()}）"


class PositionSetup(models.Model):
    """岗位设置方案: the set of positions that one round fills; 职数 limits the appointments of that round
    only."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    code = models.CharField("编号", max_length=40)
    name = models.CharField("名称", max_length=80)
    approved_on = models.DateField(
        "方案批准日", null=True, blank=True, help_text="批准后岗位的增减、单位、层级和职数不再改动"
    )
    starts_on = models.DateField("生效日", null=True, blank=True)
    ends_before = models.DateField("失效日", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "岗位设置方案"
        ordering = ("-code",)
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="position_setup_code_once")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """岗位. Rows of different rounds with the same `lineage` are the same post."""

    class Category(models.TextChoices):
        LEADING = "LEADING", "领导"
        MANAGEMENT = "MANAGEMENT", "管理"
        PROFESSIONAL = "PROFESSIONAL", "专业"
        INVESTMENT = "INVESTMENT", "招商"
        AUXILIARY = "AUXILIARY", "辅助"

    class Method(models.TextChoices):
        SJ = "SJ", "上级任命"
        ZP = "ZP", "直接聘任"
        JP = "JP", "竞岗聘任"
        GX = "GX", "公开选聘"
        SX = "SX", "双向选择"
        ZZ = "ZZ", "组织调配"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    setup = models.ForeignKey(
        PositionSetup,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="岗位设置方案",
        help_text="空着表示历史岗位：只在改革前花名册中出现",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所在单位或科室")
    code = models.CharField("岗位编号", max_length=60)
    lineage = models.CharField("岗位沿革号", max_length=110, db_index=True)
    former_lineages = models.JSONField(
        "并入的岗位沿革号",
        default=list,
        blank=True,
        help_text="合并或分设而来的，写明前身的沿革号：从前身到本岗位是原岗续聘",
    )
    title = models.CharField("岗位名称", max_length=80)
    level = models.CharField("岗位层级", max_length=8)
    category = models.CharField("岗位类别", max_length=12, choices=Category.choices, blank=True)
    headcount = models.PositiveIntegerField("职数", default=1)
    method = models.CharField("任用方式", max_length=2, choices=Method.choices, blank=True)
    coefficient = models.DecimalField("岗位系数", max_digits=6, decimal_places=4, null=True, blank=True)
    sub_level = models.PositiveSmallIntegerField(
        "档次",
        default=0,
        validators=[MaxValueValidator(9)],
        help_text="1是本层级最高的一档，0是不分档；影响薪酬，不改变层级的高低",
    )
    is_key_post = models.BooleanField(
        "重要岗位", default=False, help_text="平级调整到重要岗位的，显示为重用，仍是平级"
    )
    conditions = models.TextField("任职条件", blank=True)
    duties = models.TextField("岗位职责", blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)
    ends_before = models.DateField("撤销日期", null=True, blank=True)

    unit_lookups = ("unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("setup", "sort_no", "code")
        constraints = [
            models.UniqueConstraint(fields=["setup", "code"], name="position_code_once_per_round"),
            models.UniqueConstraint(
                fields=["zone", "code"], condition=Q(setup=None), name="position_historical_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}·{self.title}"

    @property
    def lineages(self) -> set[str]:
        """Its own lineage and those of the posts that were merged into it or that it was split from."""
        return {self.lineage, *self.former_lineages}

    @property
    def place(self) -> str:
        """单位, with the section behind it where there is one."""
        owner = self.unit.owner
        return owner.name if owner == self.unit else f"{owner.name}·{self.unit.name}"
