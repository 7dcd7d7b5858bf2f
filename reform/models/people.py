"""人员、档案身份与任职记录 (domain.md §1, §3a, §5)."""

from django.db import models
from django.db.models import F, Q

from reform import codes
from reform.fields import EncryptedField, keyed_hash

from .organization import Position, Zone


class Person(models.Model):
    """One person of a zone, known by the ID number; never by the name (同名同姓)."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    staff_no = models.CharField("人员编号", max_length=40, blank=True)
    name = models.CharField("姓名", max_length=40, db_index=True)
    id_number = EncryptedField("身份证号")
    id_number_hash = models.CharField(max_length=64, editable=False)
    sex = models.CharField("性别", max_length=1, choices=codes.SEX.items(), blank=True)
    ethnicity = models.CharField("民族", max_length=2, choices=codes.ETHNICITY.items(), blank=True)
    birth_on = models.DateField("出生日期（档案）", null=True, blank=True)
    native_place = models.CharField("籍贯", max_length=80, blank=True)
    political_status = models.CharField(
        "政治面貌", max_length=2, choices=codes.POLITICAL_STATUS.items(), blank=True
    )
    party_joined_on = models.DateField("入党时间", null=True, blank=True)
    work_started_on = models.DateField("参加工作时间", null=True, blank=True)
    joined_on = models.DateField("进入本单位时间", null=True, blank=True)
    education = models.CharField("最高学历", max_length=2, choices=codes.EDUCATION.items(), blank=True)
    degree = models.CharField("最高学位", max_length=3, choices=codes.DEGREE.items(), blank=True)
    fulltime_education = models.CharField(
        "全日制学历", max_length=2, choices=codes.EDUCATION.items(), blank=True
    )
    fulltime_degree = models.CharField("全日制学位", max_length=3, choices=codes.DEGREE.items(), blank=True)
    fulltime_school = models.CharField("全日制毕业院校及专业", max_length=120, blank=True)
    onjob_education = models.CharField("在职学历", max_length=2, choices=codes.EDUCATION.items(), blank=True)
    onjob_degree = models.CharField("在职学位", max_length=3, choices=codes.DEGREE.items(), blank=True)
    onjob_school = models.CharField("在职毕业院校及专业", max_length=120, blank=True)
    technical_title = models.CharField("专业技术职务", max_length=80, blank=True)
    recent_appraisals = models.CharField("近三年考核", max_length=120, blank=True)
    phone = EncryptedField("联系电话", blank=True, default="")
    bank_account = EncryptedField("银行账号", blank=True, default="")
    remark = models.CharField("备注", max_length=200, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)

    unit_lookups = ("tenures__position__unit",)
    person_lookup = "pk"

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ("sort_no", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "id_number_hash"],
                name="person_id_number_once",
                violation_error_message="本开发区已有这个身份证号的人员。",
            ),
            models.UniqueConstraint(
                fields=["zone", "staff_no"], condition=~Q(staff_no=""), name="person_staff_no_once"
            ),
        ]
        permissions = [("see_id_number", "查看身份证号、电话和银行账号明文")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.id_number_hash = keyed_hash(self.id_number)


class ArchivedStatus(models.Model):
    """档案身份: sealed when the person enters the scheme; it decides nothing about post, pay or appraisal
    (§1)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="archived_statuses", verbose_name="人员")
    identity = models.CharField("身份类别", max_length=2, choices=codes.IDENTITY.items(), blank=True)
    post_rank = models.CharField("档案职务层次", max_length=3, choices=codes.POST_RANK.items(), blank=True)
    rank = models.CharField("职级", max_length=40, blank=True)
    archived_pay = EncryptedField("档案工资", blank=True, default="")
    sealed_on = models.DateField("封存日期", null=True, blank=True)
    document_no = models.CharField("档案调整文号", max_length=80, blank=True)
    ends_before = models.DateField("止", null=True, blank=True)

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "档案身份"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_before=None), name="archived_status_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.get_identity_display() or "未填"


class TenureKind(models.TextChoices):
    """任职类型 (§5)."""

    PRIMARY = "PRIMARY", "主任职"
    CONCURRENT = "CONCURRENT", "兼任"
    ACTING = "ACTING", "主持工作"
    SECOND_OUT = "SECOND_OUT", "挂职派出"
    SECOND_IN = "SECOND_IN", "挂职接收"


class Tenure(models.Model):
    """任职记录: who held which post from when to when. Closed with an end date, never overwritten."""

    class Source(models.TextChoices):
        ROSTER = "ROSTER", "花名册"
        APPOINTMENT = "APPOINTMENT", "聘任"
        ADMIN = "ADMIN", "人工登记"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures", verbose_name="人员")
    position = models.ForeignKey(Position, models.PROTECT, related_name="tenures", verbose_name="岗位")
    held_level = models.CharField("任职层级", max_length=8)
    held_level_reason = models.CharField("层级与岗位不同的原因", max_length=200, blank=True)
    kind = models.CharField("任职类型", max_length=12, choices=TenureKind.choices, default=TenureKind.PRIMARY)
    starts_on = models.DateField("任职日期", null=True, blank=True, help_text="空着表示花名册未填")
    ends_before = models.DateField("止", null=True, blank=True)
    first_held_on = models.DateField("任现岗位始任日期", null=True, blank=True)
    level_first_held_on = models.DateField("任现层级始任日期", null=True, blank=True)
    occupies_headcount = models.BooleanField("占职数", default=True)
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.APPOINTMENT)
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ("position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "任职记录"
        ordering = ("person", F("starts_on").desc(nulls_last=True))
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before=None) | Q(starts_on=None) | Q(ends_before__gt=F("starts_on")),
                name="tenure_interval_order",
                violation_error_message="任职止日须晚于起日。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ends_before=None, kind="PRIMARY"),
                name="tenure_one_open_primary",
                violation_error_message="此人已有一个未结束的主任职。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.position}"
