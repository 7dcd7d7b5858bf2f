"""亲属关系、年度考核、处分、荣誉、限制提拔、函询与核查: facts on a person that a round has to look at
(domain.md §3, §3a, §4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reform import codes
from reform.fields import EncryptedField

from .organization import Zone
from .people import Person


class Kinship(models.Model):
    """One relation as layout 12 has it: `relation` says what the relative is to the person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="kinships", verbose_name="人员")
    relative = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="kinships_of",
        verbose_name="亲属（本区人员）",
    )
    relative_name = models.CharField("亲属姓名", max_length=40)
    relation = models.CharField("关系", max_length=2, choices=codes.FAMILY_RELATION.items())
    workplace = models.CharField("亲属单位及职务", max_length=120, blank=True)
    override_no = models.CharField(
        "省级批准文号", max_length=80, blank=True, help_text="经省级批准可不回避的才填"
    )

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "亲属关系"
        ordering = ("person", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "relative_name", "relation"],
                name="kinship_once",
                violation_error_message="此人的这个亲属关系已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(relative=F("person")),
                name="kinship_not_to_oneself",
                violation_error_message="亲属不能是本人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.relative_name}（{self.get_relation_display()}）"


class AnnualGrade(models.Model):
    """A final annual grade (年度考核等次): written by the appraisal or registered, read by every round."""

    class Grade(models.TextChoices):
        A = "A", "优秀"
        B = "B", "称职（合格）"
        C = "C", "基本称职（基本合格）"
        D = "D", "不称职（不合格）"
        NONE = "N", "不定等次"

    person = models.ForeignKey(Person, models.PROTECT, related_name="annual_grades", verbose_name="人员")
    year = models.PositiveSmallIntegerField("年度")
    grade = models.CharField("等次", max_length=1, choices=Grade.choices)
    document_no = models.CharField("依据", max_length=80, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "年度考核等次"
        ordering = ("-year", "person")
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="annual_grade_once_a_year")]

    def __str__(self) -> str:
        return f"{self.person} {self.year}年 {self.get_grade_display()}"


class Sanction(models.Model):
    """处分, or an investigation that is still open: it blocks promotion, never a placement (§3)."""

    class Kind(models.TextChoices):
        INVESTIGATION = "INVESTIGATION", "立案审查"
        WARNING = "WARNING", "警告"
        DEMERIT = "DEMERIT", "记过"
        GRAVE_DEMERIT = "GRAVE_DEMERIT", "记大过"
        DOWNGRADE = "DOWNGRADE", "降级（降低岗位等级）"
        REMOVAL = "REMOVAL", "撤职"
        EXPULSION = "EXPULSION", "开除"

    person = models.ForeignKey(Person, models.PROTECT, related_name="sanctions", verbose_name="人员")
    kind = models.CharField("种类", max_length=16, choices=Kind.choices)
    decided_on = models.DateField("决定日期")
    ends_before = models.DateField(
        "影响期止", null=True, blank=True, help_text="立案审查结束前空着；处分由政策规定的月数算出"
    )
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "处分与审查"
        ordering = ("-decided_on",)

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


class Honour(models.Model):
    """荣誉: what a person was given, by whom; those of a county and above part people of equal total (§3)."""

    class Level(models.TextChoices):
        NATIONAL = "NATIONAL", "国家级"
        PROVINCE = "PROVINCE", "省级"
        CITY = "CITY", "市级"
        COUNTY = "COUNTY", "县级"
        BELOW = "BELOW", "县级以下"

    person = models.ForeignKey(Person, models.PROTECT, related_name="honours", verbose_name="人员")
    name = models.CharField("荣誉名称", max_length=120)
    level = models.CharField("级别", max_length=8, choices=Level.choices)
    granted_on = models.DateField("授予日期")
    document_no = models.CharField("依据文件", max_length=80, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ("-granted_on", "person")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name", "granted_on"],
                name="honour_once",
                violation_error_message="此人的这项荣誉已经登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.name}（{self.get_level_display()}）"


class PromotionLock(models.Model):
    """限制提拔: no promotion from one day to another, with the reason and the document (§4)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="promotion_locks", verbose_name="人员")
    cause = models.CharField("原因类别", max_length=12, help_text="D1—D6、试用不合格、考核等")
    reason = models.CharField("原因", max_length=200)
    starts_on = models.DateField("起")
    ends_before = models.DateField("止")
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "限制提拔"
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="promotion_lock_interval_order",
                violation_error_message="限制提拔的止日须晚于起日。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.reason}"


class ConductRecord(models.Model):
    """提醒、函询、诫勉, and what the check of 个人有关事项 found; reused while it is valid (§3a)."""

    class Kind(models.TextChoices):
        REMINDER = "REMINDER", "提醒"
        INQUIRY = "INQUIRY", "函询"
        ADMONITION = "ADMONITION", "诫勉"
        VERIFICATION = "VERIFICATION", "个人有关事项核查"

    class Result(models.TextChoices):
        TRUE = "TRUE", "如实"
        OMITTED = "OMITTED", "漏报"
        CONCEALED = "CONCEALED", "瞒报"
        CLEARED = "CLEARED", "予以了结"
        OTHER = "OTHER", "其他"

    person = models.ForeignKey(Person, models.PROTECT, related_name="conduct_records", verbose_name="人员")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    result = models.CharField("结果", max_length=12, choices=Result.choices, blank=True)
    happened_on = models.DateField("日期")
    valid_before = models.DateField("有效期止", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)
    content = models.TextField("内容", blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "提醒函询与核查"
        ordering = ("-happened_on",)

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


class ChangeRequest(models.Model):
    """A person's own request to correct a fact; HR accepts or declines it. One open request per field
    (§3a)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "待处理"
        ACCEPTED = "ACCEPTED", "已采纳"
        DECLINED = "DECLINED", "未采纳"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    person = models.ForeignKey(Person, models.PROTECT, related_name="change_requests", verbose_name="人员")
    field = models.CharField("项目", max_length=40)
    old_value = EncryptedField("现有内容", blank=True, default="")  # it may be a phone number
    new_value = EncryptedField("更正为")
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    asked_on = models.DateField("申请日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )
    decided_on = models.DateField("处理日期", null=True, blank=True)
    answer = models.CharField("处理意见", max_length=300, blank=True)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "信息更正申请"
        ordering = ("-asked_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=Q(state="OPEN"),
                name="change_request_one_open",
                violation_error_message="这一项已有一个待处理的更正申请。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.field_label}"

    @property
    def field_label(self) -> str:
        """The Chinese name of the fact."""
        names = {one.name: str(one.verbose_name) for one in Person._meta.concrete_fields}
        return names.get(self.field, self.field)

    @property
    def zone(self) -> Zone:
        return self.person.zone


class OneTimePassword(models.Model):
    """The password that HR hands to a person for the first login; only its hash is kept, and it works
    once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="one_time_passwords", verbose_name="人员")
    digest = models.CharField("口令摘要", max_length=128)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发放人"
    )
    issued_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "一次性口令"
        ordering = ("-issued_at",)
        permissions = [("issue_password", "发放一次性口令")]

    def __str__(self) -> str:
        return str(self.person)
