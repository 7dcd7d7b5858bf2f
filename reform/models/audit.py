"""审计事件、行变更与上传: who did what, what it did to each row, and how to take it back."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from .organization import Zone


class Upload(models.Model):
    """One set of workbooks that went in as a unit."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    target = models.CharField("轮次或周期", max_length=40, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人")
    digest = models.CharField("文件摘要", max_length=64)
    files = models.JSONField("文件", default=list)
    counts = models.JSONField("行数", default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="撤销人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "上传"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"第{self.pk}号上传"


class AuditEvent(models.Model):
    """One service call: who, when, from where, what, why. The rows of a zone are chained by hash, so a gap
    shows."""

    zone = models.ForeignKey(Zone, models.PROTECT, null=True, verbose_name="开发区")
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="操作人")
    action = models.CharField("动作", max_length=40)
    subject = models.CharField("对象", max_length=200, blank=True)
    reason = models.CharField("原因", max_length=300, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)
    details = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="events", verbose_name="上传")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}".strip()


class RowChange(models.Model):
    """What an event did to one row: `before` null for a new row, `after` null for a removed one, else only
    the
    changed columns. Values are those of the database; encrypted ones stay encrypted."""

    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="changes", verbose_name="事件")
    model = models.CharField("表", max_length=60)
    key = models.BigIntegerField("主键")
    before = models.JSONField("改前", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改后", null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = verbose_name_plural = "行变更"
        indexes = [models.Index(fields=["model", "key"], name="row_change_of_row")]

    def __str__(self) -> str:
        return f"{self.model}#{self.key}"
