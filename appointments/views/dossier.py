"""选任纪实: one page for each proposed appointment, with a bar that shows what is missing."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from appointments.models import Application
from appointments.selectors.applications import qualification_table
from appointments.selectors.dossier import dossier
from appointments.states import ApplicationState
from reform.admin.pages import may, render_page
from reform.models import Zone

from .office import find

VIEW = "appointments.view_application"
# The paper of a person is for those who work on the round as a whole.
SEES_ALL = ("appointments.view_proposalrow", "appointments.view_ruleresult")


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The dossier of an application."""
    rows = Application.objects.select_related(
        "candidacy__person", "candidacy__batch", "candidacy__round", "position__unit__parent"
    )
    application: Application = find(request, rows, pk)
    found = dossier(application)
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
        done=done,
        applying=done + len(found.missing),
        whole=whole,
        conditions=qualification_table(application) if may(request, "appointments.view_ruleresult") else (),
    )
