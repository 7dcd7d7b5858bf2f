"""Addresses; each app's own are included by name."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from reform.views import home

urlpatterns = [
    path("", home, name="home"),
    path(
        "login/",
        LoginView.as_view(template_name="login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("my/appraisal/", include("kpi.views.portal.urls")),
    path("my/pay/", include("compensation.views.portal.urls")),
    path("my/", include("appointments.views.portal.urls")),
    path("public/", include("appointments.views.public.urls")),
    path("admin/", admin.site.urls),
    path("reports/", include("reports.urls")),
]
