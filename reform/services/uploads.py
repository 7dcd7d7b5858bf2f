"""An upload is recorded as a whole, and taken back as a whole from its RowChanges."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import ForeignObjectRel, Model, Q
from django.utils.module_loading import import_string
from django.utils.timezone import localtime

from reform.access import account_name, is_command
from reform.errors import RuleError
from reform.models import AuditEvent, Position, RowChange, Upload, Zone

from .organization import SETTLED, post_settled
from .records import BATCH, audit_record, edit, save_all


def upload_create(
    *, zone: Zone, actor: AbstractBaseUser, at: datetime, target: str, digest: str, files: list[Any]
) -> Upload:
    """The row that all events of an import point to; made first, kept only if the import is."""
    return Upload.objects.create(zone=zone, by_id=actor.pk, at=at, target=target, digest=digest, files=files)


def _changes(upload: Upload) -> list[RowChange]:
    return list(RowChange.objects.filter(event__upload=upload).order_by("id"))


def upload_obstacle(upload: Upload) -> str:
    """Why an upload cannot be undone, in Chinese; '' where it can.

    Later changes to the same rows stand in the way, later rows that refer to those that the upload made, and
    what the apps above say (BEFORE_UNDO); what an upload that is itself undone did does not count.
    """
    if upload.undone_at:
        return "这次上传已经撤销。"
    if not RowChange.objects.filter(event__upload=upload).exists():
        return "这次上传没有写入任何数据。"
    for path in settings.BEFORE_UNDO:
        why: str = import_string(path)(upload)
        if why:
            return why
    changes = _changes(upload)
    return _settled_posts(changes) or _later_change(upload, changes) or _later_reference(changes)


def _settled_posts(changes: Sequence[RowChange]) -> str:
    """Posts that an approved plan has settled stay as the upload left them."""
    keys = {
        change.key
        for change in changes
        if change.model == Position._meta.label and (change.before is None or SETTLED & change.before.keys())
    }
    posts = Position.objects.filter(pk__in=keys, setup__approved_on__isnull=False)
    post = posts.select_related("setup").first()
    return f"上传的岗位已在批准的方案中：{post_settled(post.setup)}。" if post else ""


def _later_change(upload: Upload, changes: Sequence[RowChange]) -> str:
    rows = {(change.model, change.key) for change in changes}
    later = (
        RowChange.objects.filter(id__gt=changes[0].id)
        .exclude(event__upload=upload)
        .filter(Q(event__upload=None) | Q(event__upload__undone_at=None))
        .select_related("event", "event__upload", "event__actor")
        .order_by("id")
    )
    for change in later.iterator(chunk_size=BATCH):
        if (change.model, change.key) in rows:
            return f"后来的{_name(change.event)}改动了同一批数据。请先撤销或改回后来的操作。"
    return ""


def _name(event: AuditEvent) -> str:
    if event.upload is not None:
        return f"第{event.upload_id}号上传（{account_name(event.upload.by)}，{_minute(event.at)}）"
    return f"操作“{event}”（{account_name(event.actor)}，{_minute(event.at)}）"


def _minute(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def _later_reference(changes: Sequence[RowChange]) -> str:
    made: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        if change.before is None:
            made[change.model].append(change.key)
    own = {label: set(keys) for label, keys in made.items()}
    for label, keys in made.items():
        model = apps.get_model(label)
        for relation in model._meta.related_objects:
            related: Any = relation.related_model
            if _refers(relation, keys, own.get(related._meta.label, set())):
                name = related._meta.verbose_name
                return f"后来登记的{name}要用到这次上传建立的{model._meta.verbose_name}。请先撤销后来的登记。"
    return ""


def _refers(relation: ForeignObjectRel, keys: Sequence[int], own: set[int]) -> bool:
    name = relation.field.name
    for start in range(0, len(keys), BATCH):
        related: Any = relation.related_model
        found = related._default_manager.filter(**{f"{name}__in": keys[start : start + BATCH]}).values_list(
            "pk", flat=True
        )
        if any(pk not in own for pk in found):
            return True
    return False


@transaction.atomic
def upload_undo(
    *, upload: Upload, actor: AbstractBaseUser, at: datetime, reason: str = ""
) -> tuple[int, int]:
    """Take an upload back: what it created goes, what it changed is restored. Returns (removed, restored)
    rows.

    Raises RuleError with the reason where something later stands on it. The events stay, and the undoing is
    one more.
    """
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if not upload_is_of(upload, actor):
        raise RuleError(f"这次上传是{account_name(upload.by)}办的，请由本人或同一角色的人撤销。")
    obstacle = upload_obstacle(upload)
    if obstacle:
        raise RuleError(obstacle)
    event = audit_record(
        actor=actor, action="撤销上传", zone=upload.zone, subject=str(upload), reason=reason, upload=upload
    )
    changes = [change for change in _changes(upload) if change.event_id != event.pk]
    made = {(change.model, change.key) for change in changes if change.before is None}
    removed = restored = 0
    for run in _runs(reversed(changes)):
        if run[0].before is None:
            removed += _remove(event, run)
        else:
            restored += _restore(event, [change for change in run if (change.model, change.key) not in made])
    upload.undone_at, upload.undone_by_id = at, actor.pk
    upload.save(update_fields=["undone_at", "undone_by"])
    for path in settings.AFTER_UNDO:
        import_string(path)(upload=upload, actor=actor)
    return removed, restored


def upload_is_of(upload: Upload, actor: AbstractBaseUser) -> bool:
    """Whether an upload is of this user or of one with the same role; what a command brought in, and what a
    command takes back, is of nobody."""
    user: Any = actor
    return (
        upload.by_id == actor.pk
        or is_command(actor)
        or is_command(upload.by)
        or bool(user.is_superuser)
        or user.groups.filter(pk__in=upload.by.groups.values("pk")).exists()
    )


def _runs(changes: Iterable[RowChange]) -> Iterable[list[RowChange]]:
    """Neighbours of one model and one kind together: the order of writing, backwards, in few statements."""
    run: list[RowChange] = []
    for change in changes:
        if run and (run[0].model, run[0].before is None) != (change.model, change.before is None):
            yield run
            run = []
        run.append(change)
    if run:
        yield run


def _load(model: type[Model], keys: Sequence[int]) -> dict[int, Model]:
    found: dict[int, Model] = {}
    for start in range(0, len(keys), BATCH):
        found |= model._default_manager.in_bulk(keys[start : start + BATCH])
    return found


def _remove(event: AuditEvent, run: Sequence[RowChange]) -> int:
    model = apps.get_model(run[0].model)
    rows = _load(model, [change.key for change in run])
    save_all(event, removed=rows.values())
    return len(rows)


def _restore(event: AuditEvent, run: Sequence[RowChange]) -> int:
    if not run:
        return 0
    model = apps.get_model(run[0].model)
    rows = _load(model, [change.key for change in run])
    fields = {field.attname: field for field in model._meta.concrete_fields}
    edits = []
    for change in run:
        before: dict[str, Any] = change.before or {}
        values = {name: fields[name].to_python(value) for name, value in before.items()}
        edits.append(edit(rows[change.key], **values))
    save_all(event, changed=edits)
    return sum(1 for one in edits if one)
