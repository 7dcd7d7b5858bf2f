"""Who an account is: the person is found by name or full ID number, and nothing more is shown than tells two
apart (§12: the system administrator sees no business data)."""

from collections import Counter
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from reform.access import require_zone
from reform.errors import CellError
from reform.exchange.cells import clean_id_number
from reform.fields import keyed_hash
from reform.models import Membership, Person, Zone
from reform.selectors import primary_tenures_open

LINK = "reform.change_membership"
SHOWN, SHORTEST, TAIL = 20, 2, 4


def account_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below /admin/accounts/."""

    def found(request: HttpRequest) -> JsonResponse:
        if not request.user.has_perm(LINK):  # type: ignore[union-attr]
            raise PermissionDenied
        return people(request)

    return [path("accounts/people/", site.admin_view(found), name="account_people")]


def people(request: HttpRequest) -> JsonResponse:
    """At most twenty persons of one zone, by a part of the name or the full ID number; who has an account
    already cannot be chosen again."""
    zone, term = _zone(request), request.GET.get("term", "").strip()
    found = list(found_people(zone, term)[:SHOWN])
    places = {
        one.person_id: one.position.unit.owner.name
        for one in primary_tenures_open(zone)
        .filter(person__in=found)
        .select_related("position__unit__parent")
    }
    names = Counter(one.name for one in found)
    taken = dict(Membership.objects.filter(person__in=found).values_list("person_id", "user__username"))
    rows = []
    for one in found:
        words = [places.get(one.pk, "无岗位")]
        if names[one.name] > 1:
            words.append(f"身份证尾号{one.id_number[-TAIL:]}")
        if one.pk in taken:
            words.append(f"已对应账号{taken[one.pk]}")
        rows.append(
            {"id": str(one.pk), "text": f"{one.name}（{'，'.join(words)}）", "disabled": one.pk in taken}
        )
    return JsonResponse({"results": rows, "pagination": {"more": False}})


def found_people(zone: Zone, term: str) -> QuerySet[Person]:
    """A part of an ID number finds nobody; neither does a single letter."""
    try:
        number = clean_id_number(term, timezone.localdate())
    except CellError:
        number = ""
    mine = Person.objects.filter(zone=zone).order_by("sort_no", "id")
    if number:
        return mine.filter(id_number_hash=keyed_hash(number))
    return mine.filter(name__contains=term) if len(term) >= SHORTEST else mine.none()


def _zone(request: HttpRequest) -> Zone:
    """The account's zone where the user manages zones, else the user's own."""
    wanted = request.GET.get("zone", "")
    if not request.user.has_perm("reform.add_zone"):  # type: ignore[union-attr]
        return require_zone(request.user)
    zone = Zone.objects.filter(pk=wanted).first() if wanted.isdecimal() else None
    if zone is None:
        raise Http404
    return zone


class PersonOfAccount(AutocompleteSelect):
    """Type and choose; searches in the zone of the account."""

    zone_id: int | None = None

    def get_url(self) -> str:
        return f"{reverse('admin:account_people')}?zone={self.zone_id}"


def place_label(person: Any) -> str:
    """“张三（经济发展局）”."""
    held = primary_tenures_open(person.zone).filter(person=person).select_related("position__unit__parent")
    first = held.first()
    return f"{person.name}（{first.position.unit.owner.name if first else '无岗位'}）"
