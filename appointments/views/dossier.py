"""选任纪实: one page for each proposed appointment, with a bar that shows what is missing, and where it
stands."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments.models import Application, DossierRecord
from appointments.paper_states import DossierState
from appointments.selectors.applications import qualification_table
from appointments.selectors.dossier import dossier
from appointments.selectors.dossier_records import KEPT, as_archived
from appointments.services.dossier_states import dossier_archive, dossier_resume, dossier_suspend
from appointments.states import OFFICE, ApplicationState
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    ReasonForm,
    action_of,
    buttons,
    find,
    perform,
    text_field,
)
from reform.admin.pages import may, render_page
from reform.models import Zone

VIEW = "appointments.view_application"
# The paper of a person is for those who work on the round as a whole.
SEES_ALL = ("appointments.view_proposalrow", "appointments.view_ruleresult")
_D = DossierState


class ArchiveForm(ActionForm):
    """Why a dossier that lacks something is archived all the same."""

    reason = text_field("不齐全归档的原因", required=False, longest=300)

    def prepare(self) -> None:
        missing = dossier(self.owner).missing
        if missing:
            self.fields["reason"].help_text = f"还缺{'、'.join(one.name for one in missing)}"
        else:
            self.fields["reason"].widget = forms.HiddenInput()


def _suspend(ask: Ask) -> Done:
    dossier_suspend(application=ask.owner, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return Done("选任纪实已暂停。恢复以前不能研究、公示后也不能聘任。")


def _resume(ask: Ask) -> Done:
    dossier_resume(application=ask.owner, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return Done("选任纪实已恢复。")


def _archive(ask: Ask) -> Done:
    record = dossier_archive(application=ask.owner, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return Done(f"选任纪实已归档，完成{record.percentage}%。")


ACTIONS: tuple[Action, ...] = (
    Action("suspend", "暂停", (OFFICE,), _suspend, ReasonForm, states=frozenset({_D.OPEN})),
    Action("resume", "恢复", (OFFICE,), _resume, ReasonForm, states=frozenset({_D.SUSPENDED})),
    Action(
        "archive",
        "归档",
        (OFFICE,),
        _archive,
        ArchiveForm,
        states=frozenset({_D.OPEN, _D.SUSPENDED}),
        main=True,
        hint="归档后只能查看；内容和任免审批表按现在的样子留存。",
    ),
)


def _rows() -> QuerySet[Application]:
    return Application.objects.select_related(
        "candidacy__person", "candidacy__batch", "candidacy__round__zone", "position__unit__parent"
    )


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The dossier of an application; an archived one as it was archived."""
    application: Application = find(request, _rows(), pk)
    record = DossierRecord.objects.filter(application=application).select_related("acted_by").first()
    state = DossierState(record.state) if record else DossierState.OPEN
    found = dossier(application)
    if record is not None and state is DossierState.ARCHIVED:
        found = as_archived(found, record)
    done = sum(1 for one in found.items if one.standing == "DONE")
    whole = may(request, *SEES_ALL)
    return render_page(
        request,
        site,
        "admin/rounds/dossier.html",
        f"选任纪实：{application.candidacy.person.name}",
        application=application,
        batch=application.candidacy.batch,
        person=application.candidacy.person,
        state=ApplicationState(application.state).label,
        dossier=found,
        record=record,
        standing=state,
        done=done,
        applying=done + len(found.missing),
        whole=whole,
        buttons=_buttons(request, application, state),
        conditions=qualification_table(application) if may(request, "appointments.view_ruleresult") else (),
    )


def _buttons(request: HttpRequest, application: Application, state: DossierState) -> list[Any]:
    """A dossier is suspended while somebody stands for the post, archived once the post is proposed."""
    actions = [one for one in ACTIONS if one.key != "archive" or application.state in KEPT]
    return buttons(
        request,
        actions,
        application,
        lambda key: reverse("admin:dossier_do", args=[application.pk, key]),
        state,
    )


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Suspend, resume or archive."""
    application = find(request, _rows(), pk)
    action = action_of(ACTIONS, key)
    perform(request, action, application)
    return redirect("admin:dossier", pk=pk)
