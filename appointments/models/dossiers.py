"""选任纪实 as a record: where it stands, and what it held when it was archived (domain.md §3a)."""

from django.conf import settings
from django.db import models

from appointments.paper_states import DossierState
from reform.models import Zone

from .applications import Application


class DossierRecord(models.Model):
    """The state of the dossier of one application; without a row it is open. What is archived is kept here as
    it stood, the .lrmx included, so that nothing later can change it."""

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="dossier_record", verbose_name="志愿"
    )
    state = models.CharField(
        "状态", max_length=10, choices=DossierState.choices(), default=DossierState.OPEN.value
    )
    reason = models.CharField("暂停、恢复或归档的原因", max_length=300, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    acted_on = models.DateField("办理日期", null=True, blank=True)
    percentage = models.PositiveSmallIntegerField("归档时完成（%）", null=True, blank=True)
    contents = models.JSONField("归档内容", default=list, blank=True)
    file_name = models.CharField("归档的任免审批表", max_length=120, blank=True)
    file_content = models.BinaryField("归档的任免审批表内容", null=True, blank=True)

    unit_lookups = ("application__position__unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "选任纪实"
        ordering = ("application",)

    def __str__(self) -> str:
        return f"{self.application}的选任纪实"

    @property
    def zone(self) -> Zone:
        return self.application.zone
