"""公告 and 公示 for everybody: no login, no ID number, birth by year and month; made to be printed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.selectors.public import notice_of, notices_of, publicities_begun
from appointments.selectors.publicity import public_list
from reform.models import Zone


def _zone(code: str) -> Zone:
    return get_object_or_404(Zone, code=code)


@require_safe
def index(request: HttpRequest, zone: str) -> HttpResponse:
    """What is before the public now, and before it."""
    on, found = timezone.localdate(), _zone(zone)
    publicities = list(publicities_begun(found, on))
    return render(
        request,
        "public/index.html",
        {
            "zone": found,
            "running": [one for one in publicities if on < one.ends_before],
            "over": [one for one in publicities if on >= one.ends_before],
            "notices": notices_of(found, on),
        },
    )


@require_safe
def notice(request: HttpRequest, zone: str, number: int) -> HttpResponse:
    """竞聘公告 and 岗位一览表 of one batch; nothing before it is published."""
    found = _zone(zone)
    batch = next((one for one in notices_of(found, timezone.localdate()) if one.pk == number), None)
    if batch is None:
        raise Http404("没有这个公告。")
    return render(request, "public/notice.html", {"zone": found, "notice": notice_of(batch)})


@require_safe
def publicity(request: HttpRequest, zone: str, number: int) -> HttpResponse:
    """拟聘公示 (layout 3); nothing before its first day."""
    found, on = _zone(zone), timezone.localdate()
    one = get_object_or_404(publicities_begun(found, on), pk=number)
    return render(
        request,
        "public/publicity.html",
        {
            "zone": found,
            "publicity": one,
            "rows": public_list(one),
            "batch": one.proposal.batch,
            "is_over": on >= one.ends_before,
        },
    )
