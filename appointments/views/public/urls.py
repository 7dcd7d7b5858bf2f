"""公开页面的地址."""

from django.urls import URLPattern

app_name = "public"
urlpatterns: list[URLPattern] = []
