"""领导看板的地址."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("<str:code>/", views.overview, name="overview"),
    path("<str:code>/overview.xlsx", views.overview_xlsx, name="overview_xlsx"),
    path("<str:code>/units/", views.units, name="units"),
    path("<str:code>/units.xlsx", views.units_xlsx, name="units_xlsx"),
    path("<str:code>/people/", views.people, name="people"),
    path("<str:code>/people.xlsx", views.people_xlsx, name="people_xlsx"),
    path("<str:code>/checks/<str:check>/", views.check, name="check"),
]
