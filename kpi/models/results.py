"""考核得分、等次、申诉与结果运用 (domain.md §6): results are versions; an older one stays readable."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from kpi.states import AppealState, ConsequenceState
from reform import codes
from reform.models import Person, Unit, Zone

from .cycles import Cycle


def _score(label: str) -> Any:
    """A score of up to 999,999.99 that may be missing."""
    return models.DecimalField(label, max_digits=8, decimal_places=2, null=True, blank=True)


class UnitEntry(models.Model):
    """A unit's score as handed in by workbook (sample 07), instead of leaves collected here."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="unit_entries", verbose_name="考核周期")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    indicators = _score("指标得分")
    bonus = _score("加分")
    deduction = _score("扣分")
    remark = models.CharField("备注", max_length=200, blank=True)

    unit_lookups = ("unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "单位得分（报送）"
        ordering = ("cycle", "unit__sort_no", "id")
        constraints = [models.UniqueConstraint(fields=["cycle", "unit"], name="unit_entry_once")]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit}"


class PersonEntry(models.Model):
    """What a person's score is made of in a cycle: the columns of the sheet's formula (sample 05), or the
    points that leaders give at the end of the year.

    values: column word → score as text.  unit: the unit named in the sheet, read for checking only.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="person_entries", verbose_name="考核周期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appraisal_entries", verbose_name="人员")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    values = models.JSONField("各项得分", default=dict, blank=True)
    bonus = _score("加分")
    deduction = _score("扣分")
    leader_points = _score("领导小组加分")
    remark = models.CharField("备注", max_length=200, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "个人得分（报送）"
        ordering = ("cycle", "person__sort_no", "id")
        constraints = [models.UniqueConstraint(fields=["cycle", "person"], name="person_entry_once")]

    def __str__(self) -> str:
        return f"{self.cycle} {self.person}"


class UnitResult(models.Model):
    """A unit's score and grade; `current` marks the version that counts, `made_by_appeal` why there is a
    newer one."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="unit_results", verbose_name="考核周期")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appraisal_results", verbose_name="单位")
    version = models.PositiveSmallIntegerField("版本", default=1)
    current = models.BooleanField("现行", default=True)
    indicators = _score("指标得分")
    bonus = _score("加分")
    deduction = _score("扣分")
    late = _score("逾期扣分")
    adjustment = _score("校准")
    quarters = _score("季度平均分")
    total = _score("总分")
    vetoed = models.BooleanField("否决", default=False)
    rank = models.PositiveSmallIntegerField("排名", null=True, blank=True)
    grade = models.CharField("等次", max_length=4, blank=True)
    steps = models.JSONField("计算过程", default=list, blank=True)
    cause = models.CharField("本版本由来", max_length=120, blank=True)

    unit_lookups = ("unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "单位考核结果"
        ordering = ("cycle", "rank", "unit__sort_no", "id")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit", "version"], name="unit_result_version_once"),
            models.UniqueConstraint(
                fields=["cycle", "unit"], condition=Q(current=True), name="unit_result_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit}"


class PersonResult(models.Model):
    """A person's scores, grade and coefficient, with the unit, level and identity of the cycle's last day."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="person_results", verbose_name="考核周期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appraisal_results", verbose_name="人员")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    post = models.CharField("岗位", max_length=120, blank=True)
    level = models.CharField("层级", max_length=8, blank=True)
    identity = models.CharField("身份类别", max_length=2, choices=codes.IDENTITY.items(), blank=True)
    version = models.PositiveSmallIntegerField("版本", default=1)
    current = models.BooleanField("现行", default=True)
    personal = _score("个人得分")
    unit_score = _score("单位得分")
    adjustment = _score("校准")
    combined = _score("综合得分")
    rank = models.PositiveSmallIntegerField("单位内排名", null=True, blank=True)
    group = models.CharField("名额组", max_length=130, blank=True)  # a unit's name with its code
    suggested = models.CharField("建议等次", max_length=1, blank=True)
    grade = models.CharField("确定等次", max_length=1, blank=True, help_text="A–D；空着：不定等次")
    coefficient = models.DecimalField("绩效系数", max_digits=6, decimal_places=4, null=True, blank=True)
    vetoed = models.BooleanField("否决", default=False)
    why = models.CharField("等次说明", max_length=300, blank=True)
    steps = models.JSONField("计算过程", default=list, blank=True)
    cause = models.CharField("本版本由来", max_length=120, blank=True)

    unit_lookups = ("unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "个人考核结果"
        ordering = ("cycle", "unit__sort_no", "rank", "id")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "person", "version"], name="person_result_version_once"),
            models.UniqueConstraint(
                fields=["cycle", "person"], condition=Q(current=True), name="person_result_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.person}"


class ResultAppeal(models.Model):
    """考核申诉 (zone level): within five working days of publication, answered in ten. Upheld: the scores are
    computed again and a new version of every result that differs is made."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="appeals", verbose_name="考核周期")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="result_appeals", verbose_name="人员"
    )
    claim = models.TextField("申诉内容")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申诉人"
    )
    submitted_on = models.DateField("申诉日期")
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=10, choices=AppealState.choices(), default=AppealState.OPEN)
    answer = models.TextField("答复", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    decided_on = models.DateField("答复日期", null=True, blank=True)
    correction = models.JSONField("更正", default=dict, blank=True)

    unit_lookups = ("unit", "person__tenures__position__unit")
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "考核申诉"
        ordering = ("cycle", "-submitted_on", "id")

    def __str__(self) -> str:
        return f"{self.cycle} {self.unit or self.person}"

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class Consequence(models.Model):
    """结果运用: what a final result calls for; a person carries it out, nothing happens by itself."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="consequences", verbose_name="考核周期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="consequences", verbose_name="人员")
    code = models.CharField("类别", max_length=20)
    text = models.CharField("内容", max_length=200)
    clause = models.CharField("依据", max_length=120, blank=True)
    starts_on = models.DateField("限制提拔起", null=True, blank=True)
    ends_before = models.DateField("限制提拔止", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=ConsequenceState.choices(), default=ConsequenceState.LISTED
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    done_on = models.DateField("办理日期", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "结果运用"
        ordering = ("cycle", "code", "person")
        constraints = [models.UniqueConstraint(fields=["cycle", "person", "code"], name="consequence_once")]

    def __str__(self) -> str:
        return f"{self.person}：{self.text}"

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class Notice(models.Model):
    """考核结果通知书 to a person (mandatory in writing), and whether it has been received."""

    result = models.OneToOneField(
        PersonResult, models.PROTECT, related_name="notice", verbose_name="考核结果"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发出人"
    )
    issued_on = models.DateField("发出日期")
    document_no = models.CharField("编号", max_length=80, blank=True)
    received_on = models.DateField("本人签收日期", null=True, blank=True)

    unit_lookups = ("result__unit",)
    person_lookup = "result__person"

    class Meta:
        verbose_name = verbose_name_plural = "考核结果通知书"
        ordering = ("-issued_on", "id")

    def __str__(self) -> str:
        return str(self.result)
