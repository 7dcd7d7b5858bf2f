"""文件 that take effect, with the counts they declare; and the templates of what is printed (domain.md §3a,
§8)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reform.models import Zone

from .appointments import Appointment
from .batches import Batch
from .rounds import Round


class Document(models.Model):
    """A paper with a number that is unique by kind and year; complete when its lines match what it
    declares."""

    class Kind(models.TextChoices):
        PLAN = "PLAN", "实施方案"
        NOTICE = "NOTICE", "竞聘公告"
        MINUTES = "MINUTES", "会议纪要"
        PUBLICITY = "PUBLICITY", "拟聘公示"
        APPOINTMENT = "APPOINTMENT", "聘任文件"
        DISMISSAL = "DISMISSAL", "免职解聘文件"
        OTHER = "OTHER", "其他"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="轮次"
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="批次"
    )
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveIntegerField("序号")
    document_no = models.CharField("文号", max_length=80)
    title = models.CharField("标题", max_length=120)
    met_on = models.DateField("会议日期", null=True, blank=True)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    effective_on = models.DateField("任免日期", null=True, blank=True)
    declared_appointments = models.PositiveIntegerField("聘任人数", default=0)
    declared_dismissals = models.PositiveIntegerField("免职（解聘）人数", default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟稿人"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    reviewed_digest = models.CharField("复核时的摘要", max_length=64, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ("-year", "kind", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "kind", "year", "number"],
                name="document_number_once",
                violation_error_message="同一种文件同一年已有这个序号。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}".strip()


class DocumentLine(models.Model):
    """One appointment or one dismissal that a document announces."""

    class Kind(models.TextChoices):
        APPOINT = "APPOINT", "聘任"
        DISMISS = "DISMISS", "免去（解聘）"

    document = models.ForeignKey(Document, models.PROTECT, related_name="lines", verbose_name="文件")
    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="聘任"
    )
    person_name = models.CharField("姓名", max_length=40)
    post = models.CharField("岗位", max_length=200)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "文件内容"
        ordering = ("document", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_name} {self.post}"


class DocumentTemplate(models.Model):
    """A Word template that the office has put in place of the one that comes with the system."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    kind = models.CharField("文书", max_length=40)
    name = models.CharField("文件名", max_length=120)
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间")
    is_current = models.BooleanField("使用中", default=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        ordering = ("kind", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "kind"], condition=Q(is_current=True), name="document_template_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PersonDossierFile(models.Model):
    """The .lrmx of a person as it came in, so that what this system does not know goes out again
    unchanged."""

    person = models.OneToOneField(
        "reform.Person", models.PROTECT, related_name="lrmx_file", verbose_name="人员"
    )
    content = models.BinaryField("内容")
    name = models.CharField("文件名", max_length=120)
    received_at = models.DateTimeField("收到时间")

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "任免审批表电子文件"

    def __str__(self) -> str:
        return self.name
