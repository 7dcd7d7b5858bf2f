"""The upload page: choose, rehearse, confirm, undo; and the workbooks that go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from reform.admin.pages import actor_of, page_at, render_page
from reform.errors import CellError, RuleError
from reform.exchange import rehearsals
from reform.exchange.context import Context, Options
from reform.exchange.copies import annotated_copies
from reform.exchange.dates import clean_day
from reform.exchange.findings import Finding, UsageError
from reform.exchange.plan import Outcome, SourceFile, import_files, target_class, targets_in_words
from reform.exchange.reading import MAX_FILE_BYTES
from reform.exchange.recognise import sheet_class, sheet_classes
from reform.exchange.rehearsals import Rehearsal
from reform.exchange.sheet import SheetResource
from reform.exchange.writing import write_workbook
from reform.models import Upload, Zone
from reform.selectors import policy_of, policy_version_as_of, uploads_of
from reform.services import audit_record, upload_is_of, upload_obstacle, upload_undo

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_FILES = 20
MAX_TOTAL_BYTES = 2 * MAX_FILE_BYTES  # of one upload: they are all in memory at once
SHOWN_CHANGES = 200


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one input, each checked as one would be."""

    widget = _FilesInput(attrs={"multiple": True, "accept": ".xlsx,.xls"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        one = super().clean
        return [one(each, initial) for each in data] if data else [one(None, initial)]


class DayField(forms.CharField):
    """A day in any spelling that a workbook may have, within the years that one may have."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return clean_day(text) if text else None
        except CellError as fault:
            raise ValidationError(f"{fault.message}{fault.hint}") from None


class UploadForm(forms.Form):
    """Files, and what the operator knows beside them."""

    workbooks = FilesField(
        label="工作簿",
        error_messages={"required": "请选择一个或几个工作簿。", "empty": "文件是空的：里面没有任何内容。"},
    )
    round = forms.CharField(label="轮次", required=False, max_length=40)
    cycle = forms.CharField(label="考核周期", required=False, max_length=10)
    kickoff = DayField(label="动员日", required=False, max_length=40)
    effective = DayField(label="生效日", required=False, max_length=40)


@dataclass(frozen=True)
class Group:
    """Findings of the same fault in the same column: shown once, opened to all its rows."""

    first: Finding
    findings: Sequence[Finding]

    @property
    def rows(self) -> str:
        numbers = [str(one.row) for one in self.findings if one.row]
        return "、".join(numbers[:6]) + (f" 等{len(numbers)}" if len(numbers) > 6 else "")


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Findings by place of the column and kind, in the order of their first row."""
    groups: dict[Any, list[Finding]] = {}
    for one in findings:
        # A fault of the whole stands alone: each names its own post and persons.
        key = (one.file, one.sheet, one.column, one.code) if one.row else id(one)
        groups.setdefault(key, []).append(one)
    return [Group(found[0], found) for found in groups.values()]


def upload_urls(site: AdminSite) -> list[URLPattern]:
    """The addresses below /admin/uploads/."""

    def at(route: str, view: Any, name: str, permission: str = "reform.add_upload") -> URLPattern:
        return page_at(site, f"uploads/{route}", view, name, permission)

    return [
        at("", choose, "uploads"),
        at("rehearsal/<str:token>/", rehearse, "upload_rehearsal"),
        at("rehearsal/<str:token>/confirm/", require_POST(confirm), "upload_confirm"),
        at("rehearsal/<str:token>/annotated/<int:number>/", annotated, "upload_annotated"),
        at("template/<str:kind>.xlsx", template, "upload_template"),
        at("export/<str:kind>.xlsx", export, "upload_export", "reform.view_upload"),
        at("<int:number>/", detail, "upload_detail", "reform.view_upload"),
        at("<int:number>/undo/", require_POST(undo), "upload_undo", "reform.change_upload"),
    ]


def _page(request: HttpRequest, site: AdminSite, name: str, title: str, **context: Any) -> TemplateResponse:
    return render_page(request, site, f"admin/uploads/{name}.html", title, **context)


def choose(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Choose files; they are kept, and rehearsed on the next page."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["workbooks"]
        problem = _too_much(given)
        if problem:
            form.add_error("workbooks", problem)
        else:
            files = [SourceFile(file.name or "工作簿", file.read()) for file in given]
            data = form.cleaned_data
            options = Options(
                zone=zone.code,
                round=data["round"] or None,
                cycle=data["cycle"] or None,
                kickoff=data["kickoff"],
                effective=data["effective"],
            )
            token = rehearsals.rehearsal_keep(
                user=actor_of(request), files=files, options=options, now=timezone.now()
            )
            return redirect("admin:upload_rehearsal", token=token)
    uploads = [(upload, targets_in_words(upload), upload_obstacle(upload)) for upload in uploads_of(zone)[:5]]
    return _page(
        request,
        site,
        "choose",
        "上传工作簿",
        form=form,
        uploads=uploads,
        sheets=[(one.kind, one.label) for one in sheet_classes() if _may(request, one)],
        targets=[_target(request, name, zone) for name in settings.WORKBOOK_TARGETS],
        megabytes=MAX_FILE_BYTES // 2**20,
    )


@dataclass(frozen=True)
class TargetChoice:
    """What sheets go into, with those there are of it and the sheets that come out of each."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    sheets: Sequence[tuple[str, str]]


def _target(request: HttpRequest, name: str, zone: Zone) -> TargetChoice:
    """Sheets that go into nothing come out with the first target, whichever of it is chosen."""
    found = target_class(name)
    first = next(iter(settings.WORKBOOK_TARGETS))
    own = {name, ""} if name == first else {name}
    sheets = [(one.kind, one.label) for one in sheet_classes() if one.target in own and _sees(request, one)]
    return TargetChoice(name, found.label, found.choices(zone), sheets)


def _too_much(files: Sequence[Any]) -> str:
    if len(files) > MAX_FILES:
        return f"一次最多{MAX_FILES}个文件。"
    if sum(file.size for file in files) > MAX_TOTAL_BYTES:
        return f"合计不能超过{MAX_TOTAL_BYTES // 2**20}MB，请分几次上传。"
    big = [file.name for file in files if file.size > MAX_FILE_BYTES]
    return f"“{'、'.join(big)}”超过{MAX_FILE_BYTES // 2**20}MB。" if big else ""


def _import(request: HttpRequest, kept: Rehearsal, **how: Any) -> Outcome:
    return import_files(kept.files, actor=actor_of(request), now=timezone.now(), options=kept.options, **how)


def rehearse(request: HttpRequest, site: AdminSite, zone: Zone, token: str) -> HttpResponse:
    """The rehearsal's result: the real writes, rolled back."""
    try:
        kept = rehearsals.rehearsal_load(token=token, user=actor_of(request))
        outcome = _import(request, kept, check=True)
    except (RuleError, UsageError) as fault:
        messages.error(request, str(fault))
        return redirect("admin:uploads")
    rehearsals.rehearsal_note(token, outcome.digest)
    changes = [
        (report, report.changes[:SHOWN_CHANGES], len(report.changes))
        for report in outcome.files
        if report.changes
    ]
    return _page(
        request,
        site,
        "rehearsal",
        "预检结果",
        token=token,
        outcome=outcome,
        errors=grouped(outcome.errors),
        warnings=grouped(outcome.warnings),
        changes=changes,
        good_rows=sum(report.rows - report.bad_rows for report in outcome.files if report.kind != "other"),
        something=any(outcome.counts[name] for name in ("created", "changed")) or outcome.would_write,
        marked=[] if outcome.unusable else _marked(kept.files, outcome),
        names=[file.name for file in kept.files],
    )


def _marked(files: Sequence[SourceFile], outcome: Outcome) -> list[tuple[int, str]]:
    named = {one.file for one in outcome.all_findings if one.file}
    if any(one.file is None for one in outcome.all_findings):
        named |= {report.file for report in outcome.files if report.kind == "appointments"}
    return [(number, file.name) for number, file in enumerate(files) if file.name in named]


def confirm(request: HttpRequest, site: AdminSite, zone: Zone, token: str) -> HttpResponse:
    """Write exactly what was rehearsed, or say why not."""
    try:
        kept = rehearsals.rehearsal_load(token=token, user=actor_of(request))
        outcome = _import(request, kept, expected_digest=kept.digest)
    except (RuleError, UsageError) as fault:
        messages.error(request, str(fault))
        return redirect("admin:upload_rehearsal", token=token)
    if not outcome.written:
        messages.error(request, "没有写入任何数据，请看预检结果。")
        return redirect("admin:upload_rehearsal", token=token)
    rehearsals.rehearsal_drop(token)
    counts = outcome.counts
    messages.success(
        request, f"已写入：新增{counts['created']}行，变更{counts['changed']}行。可以在这里撤销。"
    )
    return redirect("admin:upload_detail", number=outcome.upload_id)


def annotated(request: HttpRequest, site: AdminSite, zone: Zone, token: str, number: int) -> HttpResponse:
    """The user's own file, marked up."""
    try:
        kept = rehearsals.rehearsal_load(token=token, user=actor_of(request))
    except RuleError as fault:
        messages.error(request, str(fault))
        return redirect("admin:uploads")
    outcome = _import(request, kept, check=True)
    wanted = kept.files[number].name if number < len(kept.files) else None
    for file, name, data in annotated_copies(kept.files, outcome):
        if file.name == wanted:
            return download(data, name)
    raise Http404


def download(data: bytes, name: str) -> HttpResponse:
    """A workbook to save, under its Chinese name."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = (
        f"attachment; filename=\"workbook.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    return response


def detail(request: HttpRequest, site: AdminSite, zone: Zone, number: int) -> HttpResponse:
    """One upload: its files, what it did, and whether it can be taken back."""
    upload = _upload(zone, number)
    return _page(
        request,
        site,
        "detail",
        f"第{upload.pk}号上传",
        upload=upload,
        into=targets_in_words(upload),
        obstacle=upload_obstacle(upload),
        events=upload.events.select_related("actor").order_by("id"),
        may_undo=request.user.has_perm("reform.change_upload")  # type: ignore[union-attr]
        and upload_is_of(upload, actor_of(request)),
    )


def _upload(zone: Zone, number: int) -> Upload:
    upload = uploads_of(zone).filter(pk=number).first()
    if upload is None:
        raise Http404
    return upload


def undo(request: HttpRequest, site: AdminSite, zone: Zone, number: int) -> HttpResponse:
    """Take an upload back, or say why not."""
    upload = _upload(zone, number)
    try:
        removed, restored = upload_undo(
            upload=upload,
            actor=actor_of(request),
            at=timezone.now(),
            reason=request.POST.get("reason", "")[:300],
        )
    except RuleError as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, f"已撤销：删除{removed}行，恢复{restored}行。")
    return redirect(reverse("admin:upload_detail", kwargs={"number": number}))


def _may(request: HttpRequest, resource: type[SheetResource]) -> bool:
    """Whether the user brings in sheets of a kind."""
    return not resource.permission or request.user.has_perm(resource.permission)  # type: ignore[union-attr]


def _sees(request: HttpRequest, resource: type[SheetResource]) -> bool:
    """Whether the user takes out sheets of a kind."""
    wanted = resource.seen_by or resource.permission
    return not wanted or request.user.has_perm(wanted)  # type: ignore[union-attr]


def _sheet(
    request: HttpRequest,
    zone: Zone,
    kind: str,
    allowed: Callable[[HttpRequest, type[SheetResource]], bool],
) -> Any:
    try:
        resource = sheet_class(kind)
    except KeyError:
        raise Http404 from None
    if not allowed(request, resource):
        raise PermissionDenied
    now = timezone.now()
    context = Context(
        zone=zone,
        actor=actor_of(request),
        now=now,
        today=timezone.localdate(now),
        options=Options(zone=zone.code),
    )
    context.policy = policy_of(policy_version_as_of(zone, context.today))
    return context, resource


def _code(request: HttpRequest, target: str) -> str:
    """The round or cycle that an address names."""
    return request.GET.get(target or "round", "")


def template(request: HttpRequest, site: AdminSite, zone: Zone, kind: str) -> HttpResponse:
    """The empty template, with dropdowns and 填写说明; the download leaves an event."""
    context, resource = _sheet(request, zone, kind, _may)
    year = _code(request, resource.target) or str(context.today.year)
    title = f"{zone.name}{year}年{resource.label}" if year.isdigit() else f"{zone.name}{resource.label}"
    data = write_workbook(resource(context), title, ())
    audit_record(actor=actor_of(request), action="下载模板", zone=zone, subject=f"{resource.label}空白模板")
    return download(data, f"{resource.label}-模板.xlsx")


def export(request: HttpRequest, site: AdminSite, zone: Zone, kind: str) -> HttpResponse:
    """The data in the layout that goes back in; the export leaves an event."""
    context, resource = _sheet(request, zone, kind, _sees)
    code = _code(request, resource.target)
    if resource.target and not target_class(resource.target).choose(context, code):
        raise Http404
    name = f"{code}年" if code.isdigit() else code
    title = f"{zone.name}{name}{resource.label}"
    data = write_workbook(resource(context), title, resource(context).records())
    action = resource.export_action
    audit_record(actor=actor_of(request), action=action, zone=zone, subject=title)
    return download(data, f"{title}.xlsx")
