"""离开呈批 (domain.md §5): a dismissal as the office prepares it and the leaders decide it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.states import ExitProposalState
from reform.models import Person, Zone

from .appointments import Appointment, Exit
from .placement import Placement


class ExitProposal(models.Model):
    """Somebody is to leave, or an appointment to end, for a cause on which the leaders decide.

    appointment: what is to end; placement: of whom was to be placed; neither: the person leaves with
    everything held. grounds: what the law asks for the cause, as the office has found it.
    """

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="exit_proposals", verbose_name="人员")
    cause = models.CharField("原因", max_length=4, choices=Exit.Cause.choices)
    left_on = models.DateField("离开日期", help_text="从这一天起不在岗")
    document_no = models.CharField("文号", max_length=80)
    reason = models.CharField("说明", max_length=300, blank=True)
    grounds = models.JSONField("依据", default=dict)
    appointment = models.ForeignKey(
        Appointment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exit_proposals",
        verbose_name="拟解聘的聘任",
    )
    placement = models.ForeignKey(
        Placement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exit_proposals",
        verbose_name="落聘安置",
    )
    state = models.CharField(
        "状态",
        max_length=10,
        choices=ExitProposalState.choices(),
        default=ExitProposalState.PROPOSED.value,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="呈批人"
    )
    proposed_on = models.DateField("呈批日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    decided_on = models.DateField("决定日期", null=True, blank=True)
    answer = models.CharField("不同意或撤回的理由", max_length=300, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "离开呈批"
        ordering = ("-proposed_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=ExitProposalState.PROPOSED.value),
                name="exit_proposal_one_open",
                violation_error_message="此人已有一件待决定的离开呈批。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_cause_display()}"
