"""发放批次、工资明细与补发扣回 (domain.md §7): what was paid to whom, and from which figures."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compensation.states import PayRunState
from reform.models import Person, PolicyVersion, Unit, Upload, Zone

# Who reads the amounts of these rows, in their history, too.
SEE = "compensation.see_pay"


def _money(label: str, **options: Any) -> Any:
    """An amount in yuan, to the fen."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **{"default": 0, **options})


def _coefficient(label: str) -> Any:
    return models.DecimalField(label, max_digits=8, decimal_places=4, null=True, blank=True)


class PayRun(models.Model):
    """One payment: a month (2022-03), a quarter's performance pay (2022Q1), or a year's settlement (2022).

    policy: the version in force on the first day; past runs keep theirs.  digest: of the inputs that the
    lines were computed from; another digest later means that something has changed since.
    """

    class Kind(models.TextChoices):
        MONTH = "MONTH", "月度"
        QUARTER = "QUARTER", "季度"
        SETTLEMENT = "SETTLEMENT", "年终清算"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    code = models.CharField("期间", max_length=8)
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    starts_on = models.DateField("起")
    ends_before = models.DateField("止")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name="政策版本")
    state = models.CharField("状态", max_length=12, choices=PayRunState.choices(), default=PayRunState.DRAFT)
    digest = models.CharField("计算依据摘要", max_length=64, blank=True)
    people = models.PositiveIntegerField("人数", default=0)
    gross = _money("应发合计")
    net = _money("实发合计")
    calculated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="计算人",
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核对人",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批准人",
    )
    included = models.JSONField(
        "随本批发放的补发扣回", default=list, blank=True, help_text="计算时计入的补发扣回编号"
    )
    document_no = models.CharField("文号", max_length=80, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "发放批次"
        ordering = ("-starts_on", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "code"],
                name="pay_run_once",
                violation_error_message="这个期间已有发放批次。",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="pay_run_interval_order"
            ),
        ]
        permissions = [
            ("run_pay", "计算工资（薪酬专员）"),
            ("check_pay", "核对和发放工资（财务）"),
            ("decide_pay", "批准工资（领导小组）"),
            ("see_pay", "查看他人薪酬明细"),
        ]

    def __str__(self) -> str:
        match self.kind:
            case PayRun.Kind.QUARTER:
                return f"{self.code[:4]}年第{self.code[-1]}季度绩效工资"
            case PayRun.Kind.SETTLEMENT:
                return f"{self.code}年度绩效清算"
        return f"{self.code[:4]}年{int(self.code[-2:])}月工资"

    @property
    def last_day(self) -> date:
        return self.ends_before - timedelta(days=1)


class PayLine(models.Model):
    """One person's pay in a run: the components, each rounded once, and the terms that they came from.

    performance_due: the entitlement where grade and unit score are known (settlement); performance_pay: what
    this run pays of it (the prepayment in a month, the rest at settlement).  gross: the sum of the
    components; net: gross less the imported deductions.
    """

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="lines", verbose_name="发放批次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="pay_lines", verbose_name="人员")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    post = models.CharField("岗位", max_length=120, blank=True)
    level = models.CharField("层级", max_length=8, blank=True)
    post_coefficient = _coefficient("岗位系数")
    unit_coefficient = _coefficient("单位系数")
    personal_coefficient = _coefficient("个人系数")
    standard = _money("薪酬标准")
    base_pay = _money("基础工资")
    position_pay = _money("岗位工资")
    performance_base = _money("绩效基数")
    performance_due = _money("应发绩效")
    prepaid = _money("已预发")
    performance_pay = _money("本次绩效")
    seniority_pay = _money("年功")
    special_award = _money("专项奖励")
    allowance = _money("津补贴")
    protection = _money("过渡补差")
    back_pay = _money("补发扣回")
    gross = _money("应发合计")
    social_insurance = _money("社保")
    housing_fund = _money("公积金")
    income_tax = _money("个税")
    net = _money("实发")
    why = models.CharField("说明", max_length=400, blank=True)
    terms = models.JSONField("计算过程", default=list, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)

    unit_lookups = ("unit",)
    person_lookup = "person"
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "工资明细"
        ordering = ("run", "sort_no", "id")
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="pay_line_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.person}"

    @property
    def zone(self) -> Zone:
        return self.run.zone


class BackPay(models.Model):
    """补发 (positive) or 扣回 (negative) for a locked month, paid with a later run; made by one, approved by
    another."""

    class Cause(models.TextChoices):
        APPEAL = "APPEAL", "考核申诉成立"
        LATE_RESULT = "LATE_RESULT", "考核结果晚到"
        LATE_CHANGE = "LATE_CHANGE", "任职变动晚到"
        CORRECTION = "CORRECTION", "更正"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="back_pays", verbose_name="人员")
    for_run = models.ForeignKey(PayRun, models.PROTECT, related_name="corrections", verbose_name="更正的批次")
    paid_with = models.ForeignKey(
        PayRun, models.PROTECT, null=True, blank=True, related_name="back_pays", verbose_name="随哪一批发放"
    )
    amount = _money("金额")
    cause = models.CharField("原因类别", max_length=12, choices=Cause.choices)
    reason = models.CharField("原因", max_length=300)
    terms = models.JSONField("计算过程", default=list, blank=True)
    components = models.JSONField(
        "各项差额", default=dict, blank=True, help_text="项目 → 差额；绩效基数的差额不计入金额，供清算使用"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_on = models.DateField("提出日期")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审定人",
    )

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "补发扣回"
        ordering = ("-made_on", "id")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="back_pay_not_zero")]

    def __str__(self) -> str:
        return f"{self.person}的补发扣回"


class PayPool(models.Model):
    """薪酬总额 of a year: typed with its 批复文号, or computed from the incomes of comparable civil servants
    (§7 presets A–C). A newer one closes the older."""

    class Preset(models.TextChoices):
        MULTIPLE = "A", "对应公务员年度总收入的倍数"
        OWN = "B", "自定绩效总量"
        TYPED = "C", "批复总额"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    year = models.PositiveSmallIntegerField("年度")
    preset = models.CharField("核定方式", max_length=1, choices=Preset.choices, default=Preset.TYPED)
    amount = _money("总额")
    basis = models.JSONField("测算依据", default=list, blank=True)
    document_no = models.CharField("批复文号", max_length=80)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    made_on = models.DateField("登记日期")
    replaced_on = models.DateField("被替代日期", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "薪酬总额"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "year"], condition=Q(replaced_on=None), name="pay_pool_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年薪酬总额"


class PayInput(models.Model):
    """What comes from outside for a person and a month (社保、公积金、个税 totals; 专项奖励; 津补贴; 年功):
    imported, never computed."""

    class Kind(models.TextChoices):
        SOCIAL = "SOCIAL", "社保"
        HOUSING = "HOUSING", "公积金"
        TAX = "TAX", "个税"
        AWARD = "AWARD", "专项奖励"
        ALLOWANCE = "ALLOWANCE", "津补贴"
        SENIORITY = "SENIORITY", "年功"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="pay_inputs", verbose_name="人员")
    month = models.CharField("月份", max_length=7)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    amount = _money("金额")
    document_no = models.CharField("依据", max_length=80, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)
    upload = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传"
    )

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "导入的工资项目"
        ordering = ("month", "person", "kind")
        constraints = [
            models.UniqueConstraint(fields=["person", "month", "kind", "note"], name="pay_input_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.month} {self.get_kind_display()}"


class FormerPay(models.Model):
    """改革前工资: monthly pay before the reform, as uploaded; the sealed 档案工资 stands in where there is
    none (§11 no. 10)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="former_pays", verbose_name="人员")
    monthly = _money("月工资")
    level = models.CharField("当时层级", max_length=8, blank=True)
    as_of = models.DateField("截至日期")
    document_no = models.CharField("依据", max_length=80, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"
    read_permission = SEE

    class Meta:
        verbose_name = verbose_name_plural = "改革前工资"
        ordering = ("person", "-as_of")
        constraints = [models.UniqueConstraint(fields=["person", "as_of"], name="former_pay_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.as_of:%Y-%m}"
