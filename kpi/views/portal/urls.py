"""个人考核页面的地址."""

from django.urls import path

from . import results, sheet

app_name = "appraisal"
urlpatterns = [
    path("", results.results, name="results"),
    path("<str:code>/", results.result, name="result"),
    path("<str:code>/appeal/", results.appeal, name="appeal"),
    path("<str:code>/paper/", results.paper, name="paper"),
    path("<str:code>/rating/", sheet.sheet, name="sheet"),
    path("notices/<int:number>/receive/", results.receive, name="receive"),
    path("appeals/<int:number>/withdraw/", results.withdraw, name="withdraw"),
]
