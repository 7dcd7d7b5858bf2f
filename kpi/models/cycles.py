"""考核周期、完成情况与佐证 (domain.md §6): one cycle asks for the leaves of its scheme, unit by unit."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kpi.states import CycleState, ItemState, SheetState
from reform.models import PolicyVersion, Unit, Zone

from .schemes import Indicator, Period, Scheme


def cycle_name(code: str) -> str:
    """A cycle by its code, as people say it: 2021年度考核, 2022年第1季度考核, 2022年3月考核."""
    if "Q" in code:
        return f"{code[:4]}年第{code[-1]}季度考核"
    if "-" in code:
        return f"{code[:4]}年{int(code[-2:])}月考核"
    return f"{code}年度考核"


class Cycle(models.Model):
    """考核周期: a year, a quarter or a month. `code` is 2021, 2021Q1 or 2021-03. `registered`: its scores
    came by workbook, so nothing was collected."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="cycles", verbose_name="考核方案")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name="政策版本")
    code = models.CharField("编号", max_length=10)
    period = models.CharField("周期", max_length=8, choices=Period.choices)
    starts_on = models.DateField("起")
    ends_before = models.DateField("止")
    state = models.CharField("状态", max_length=12, choices=CycleState.choices(), default=CycleState.DRAFT)
    registered = models.BooleanField("登记的周期", default=False)
    formula = models.CharField("个人得分公式", max_length=200, blank=True)
    report_by = models.DateField("填报截止日", null=True, blank=True)
    verify_by = models.DateField("核验截止日", null=True, blank=True)
    results_by = models.DateField("结果报送日", null=True, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)
    publicity_starts_on = models.DateField("公示起", null=True, blank=True)
    publicity_ends_before = models.DateField("公示止", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "考核周期"
        ordering = ("-starts_on", "period")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "code"],
                name="cycle_code_once",
                violation_error_message="已有这个编号的考核周期。",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="cycle_interval_order",
                violation_error_message="考核周期的止日须晚于起日。",
            ),
        ]
        permissions = [
            ("run_appraisal", "办理考核（考核办）"),
            ("report_actuals", "填报完成情况（责任单位）"),
            ("verify_actuals", "核验数据（数据来源单位）"),
            ("score_indicators", "定性指标评分"),
            ("decide_appraisal", "审定考核结果（领导小组）"),
            ("supervise_appraisal", "监督考核"),
            ("take_part", "参加考核（本人）"),
        ]

    def __str__(self) -> str:
        return cycle_name(self.code)

    @property
    def last_day(self) -> date:
        """The cycle's last day: whose unit and level count (§6)."""
        return self.ends_before - timedelta(days=1)


class TargetSignature(models.Model):
    """年度目标责任书 signed: by the office for the zone, by the head for the unit; without a unit the zone's
    own leaves."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="signatures", verbose_name="考核周期")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    by_unit = models.BooleanField("责任单位签字", default=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签字人"
    )
    signed_on = models.DateField("签字日期")

    unit_lookups = ("unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "目标责任书签字"
        ordering = ("cycle", "unit", "by_unit")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit", "by_unit"], name="target_signed_once"),
            models.UniqueConstraint(
                fields=["cycle", "by_unit"], condition=Q(unit=None), name="target_signed_once_for_the_zone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit or '全区'}（{'责任单位' if self.by_unit else '考核办'}）"


class Item(models.Model):
    """One leaf in one cycle: target, what came of it, its evidence state and its score.

    `inputs` holds what a rule reads beside the actual value, as the workbook or the form gave it: rank, grade
    and tier, number of cases, weights of accepted nodes. `auto_score` is the rule's (or the sheets'), `score`
    with the calibration; both null where not scorable, and `reason` says why.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="items", verbose_name="考核周期")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="items", verbose_name="指标")
    full = models.DecimalField("满分", max_digits=7, decimal_places=2, null=True, blank=True)
    base = models.DecimalField("基期值", max_digits=18, decimal_places=4, null=True, blank=True)
    target = models.DecimalField("目标值", max_digits=18, decimal_places=4, null=True, blank=True)
    challenge = models.DecimalField("挑战值", max_digits=18, decimal_places=4, null=True, blank=True)
    actual = models.DecimalField("完成值", max_digits=18, decimal_places=4, null=True, blank=True)
    inputs = models.JSONField("其他计分依据", default=dict, blank=True)
    raw_text = models.CharField("填报原文", max_length=200, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=ItemState.choices(), default=ItemState.OPEN)
    unreported = models.BooleanField("未报", default=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="填报人",
    )
    submitted_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报单位"
    )
    submitted_on = models.DateField("首次填报日期", null=True, blank=True)
    source_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="数据来源单位核对人",
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核验人",
    )
    verified_on = models.DateField("核验日期", null=True, blank=True)
    returned_reason = models.CharField("退回原因", max_length=300, blank=True)
    auto_score = models.DecimalField("自动得分", max_digits=8, decimal_places=2, null=True, blank=True)
    score = models.DecimalField("得分", max_digits=8, decimal_places=2, null=True, blank=True)
    reason = models.CharField("不能计分的原因", max_length=200, blank=True)

    unit_lookups = ("indicator__subject", "indicator__responsible_unit", "indicator__source_unit")
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "指标完成情况"
        ordering = ("cycle", "indicator__sort_no", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "indicator"],
                name="item_once_a_cycle",
                violation_error_message="本周期已有这个指标。",
            )
        ]

    def __str__(self) -> str:
        return str(self.indicator)

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class EvidenceFile(models.Model):
    """佐证材料: kept below UPLOAD_DIR, outside everything that is served; known by its hash."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence", verbose_name="指标")
    name = models.CharField("文件名", max_length=120)
    digest = models.CharField("摘要", max_length=64)
    size = models.PositiveIntegerField("大小")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_on = models.DateField("上传日期")
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)

    unit_lookups = (
        "item__indicator__subject",
        "item__indicator__responsible_unit",
        "item__indicator__source_unit",
    )
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ("item", "id")

    def __str__(self) -> str:
        return self.name


class MarkSheet(models.Model):
    """定性指标评分表 of one scorer in one cycle; locked when handed in."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="mark_sheets", verbose_name="考核周期")
    scorer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评分人"
    )
    state = models.CharField("状态", max_length=8, choices=SheetState.choices(), default=SheetState.OPEN)
    locked_on = models.DateField("提交日期", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "定性指标评分表"
        ordering = ("cycle", "id")
        constraints = [models.UniqueConstraint(fields=["cycle", "scorer"], name="mark_sheet_once")]

    def __str__(self) -> str:
        return f"{self.cycle} {self.scorer}"

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class Mark(models.Model):
    """One scorer's grade (等次 and 档) for one leaf of rule GRADE."""

    sheet = models.ForeignKey(MarkSheet, models.PROTECT, related_name="marks", verbose_name="评分表")
    item = models.ForeignKey(Item, models.PROTECT, related_name="marks", verbose_name="指标")
    grade = models.CharField("等次", max_length=8)
    tier = models.PositiveSmallIntegerField("档", default=1)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "定性指标评分"
        ordering = ("sheet", "item")
        constraints = [models.UniqueConstraint(fields=["sheet", "item"], name="mark_once")]

    def __str__(self) -> str:
        return f"{self.item}：{self.grade}"


class Competition(models.Model):
    """夺标赛（学比争）: a leader board of units over chosen indicators of a cycle."""

    class Measure(models.TextChoices):
        RATE = "RATE", "完成率"
        SCORE = "SCORE", "得分"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="competitions", verbose_name="考核周期")
    name = models.CharField("名称", max_length=80)
    measure = models.CharField("比什么", max_length=8, choices=Measure.choices, default=Measure.RATE)
    refresh_seconds = models.PositiveSmallIntegerField("刷新间隔（秒）", default=60)
    closed_on = models.DateField("结束日期", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "夺标赛"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class CompetitionIndicator(models.Model):
    """An indicator that a 夺标赛 counts."""

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="chosen", verbose_name="夺标赛")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "夺标赛指标"
        constraints = [
            models.UniqueConstraint(fields=["competition", "indicator"], name="competition_indicator_once")
        ]

    def __str__(self) -> str:
        return str(self.indicator)
