"""公开页面的地址."""

from django.urls import path

from . import pages

app_name = "public"
urlpatterns = [
    path("<slug:zone>/", pages.index, name="index"),
    path("<slug:zone>/notices/<int:number>/", pages.notice, name="notice"),
    path("<slug:zone>/publicity/<int:number>/", pages.publicity, name="publicity"),
]
