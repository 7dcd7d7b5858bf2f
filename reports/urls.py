"""领导看板的地址."""

from django.urls import path

app_name = "reports"
urlpatterns: list = []
