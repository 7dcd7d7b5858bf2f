"""领导看板的地址."""

from django.urls import URLPattern, path

from reports import kpi_views, pay_views, process_views, views

app_name = "reports"


def _kpi(page: str) -> list[URLPattern]:
    """A page on the appraisal and its workbook."""
    named = {"page": page}
    return [
        path(f"kpi/<str:code>/{page}/", kpi_views.page, named, name=f"kpi_{page}"),
        path(f"kpi/<str:code>/{page}.xlsx", kpi_views.workbook, named, name=f"kpi_{page}_xlsx"),
    ]


urlpatterns = [
    path("", views.latest, name="latest"),
    path("kpi/", kpi_views.latest, name="kpi_latest"),
    path("kpi/board/<int:pk>/", kpi_views.board, name="board"),
    *(pattern for page in kpi_views.PAGES for pattern in _kpi(page)),
    path("pay/", pay_views.latest, name="pay_latest"),
    path("pay/<str:code>/gap/", pay_views.gap, name="pay_gap"),
    path("pay/<str:code>/gap.xlsx", pay_views.gap_xlsx, name="pay_gap_xlsx"),
    path("pay/<str:code>/people/", pay_views.people, name="pay_people"),
    path("pay/<str:code>/people.xlsx", pay_views.people_xlsx, name="pay_people_xlsx"),
    path("<str:code>/", views.overview, name="overview"),
    path("<str:code>/overview.xlsx", views.overview_xlsx, name="overview_xlsx"),
    path("<str:code>/units/", views.units, name="units"),
    path("<str:code>/units.xlsx", views.units_xlsx, name="units_xlsx"),
    path("<str:code>/people/", views.people, name="people"),
    path("<str:code>/people.xlsx", views.people_xlsx, name="people_xlsx"),
    path("<str:code>/progress/", process_views.progress, name="progress"),
    path("<str:code>/progress.xlsx", process_views.progress_xlsx, name="progress_xlsx"),
    path("<str:code>/applicants/", process_views.applicants, name="applicants"),
    path("<str:code>/applicants.xlsx", process_views.applicants_xlsx, name="applicants_xlsx"),
    path("<str:code>/due/", process_views.due, name="due"),
    path("<str:code>/due.xlsx", process_views.due_xlsx, name="due_xlsx"),
    path("<str:code>/constraints/", process_views.constraints, name="constraints"),
    path("<str:code>/constraints.xlsx", process_views.constraints_xlsx, name="constraints_xlsx"),
    path("<str:code>/ledger/", process_views.ledger, name="ledger"),
    path("<str:code>/ledger.xlsx", process_views.ledger_xlsx, name="ledger_xlsx"),
    path("<str:code>/checks/<str:check>/", views.check, name="check"),
]
