"""本人首页."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .own import Person, own_page


@own_page
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """What waits for the person, the present post, and what was handed in."""
    return render(request, "portal/home.html", {"person": person})
