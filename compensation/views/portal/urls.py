"""个人工资页面的地址."""

from django.urls import path

from . import slips

app_name = "pay"
urlpatterns = [
    path("", slips.slips, name="slips"),
    path("<str:code>/", slips.slip, name="slip"),
    path("<str:code>/slip.pdf", slips.file, name="file"),
]
