"""佐证材料: files below UPLOAD_DIR, outside everything that is served, known by what is in them."""

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import EvidenceFile, Item
from kpi.selectors.cycle_facts import item_name
from kpi.selectors.reporting import EDITABLE, REPORTING, hands_of
from kpi.states import ItemState
from reform.errors import Refused, RuleError
from reform.exchange.file_kind import Kind, kind_of
from reform.exchange.raw import FileUnreadable
from reform.services import audit_record, edit, save_all

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
LONGEST_NAME = 120
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS = {
    ".pdf": (b"%PDF",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".doc": (_OLE,),
    ".xls": (_OLE,),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
_PACKAGES = {".docx": Kind.WORD, ".xlsx": Kind.XLSX}


@transaction.atomic
def evidence_add(*, item: Item, name: str, data: bytes, actor: AbstractBaseUser, on: date) -> EvidenceFile:
    """Keep a file with a leaf that is being reported; its kind is what its content says. Refused: too large,
    of another kind, not one's own leaf, handed in already."""
    reasons = _closed(item, actor, on) + _file_faults(name, data)
    digest = hashlib.sha256(data).hexdigest()
    if EvidenceFile.objects.filter(item=item, digest=digest, withdrawn_on=None).exists():
        reasons.append("这个文件已经上传过")
    if reasons:
        raise Refused(reasons)
    file = EvidenceFile(
        item=item,
        name=_short(name),
        digest=digest,
        size=len(data),
        uploaded_by_id=actor.pk,
        uploaded_on=on,
    )
    file.full_clean()
    _keep(digest, data)
    event = audit_record(
        actor=actor,
        action="上传佐证材料",
        zone=item.zone,
        subject=f"{item_name(item)}：{file.name}",
        details={"sha256": digest, "size": len(data)},
    )
    save_all(event, created=[file])
    return file


@transaction.atomic
def evidence_withdraw(*, file: EvidenceFile, actor: AbstractBaseUser, on: date) -> None:
    """Take a file back while its leaf is with the unit; it stays readable for whoever asks what was there."""
    reasons = _closed(file.item, actor, on)
    if file.withdrawn_on is not None:
        reasons.append("这个文件已经撤下")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="撤下佐证材料",
        zone=file.item.zone,
        subject=f"{item_name(file.item)}：{file.name}",
    )
    save_all(event, changed=[edit(file, withdrawn_on=on)])


def evidence_read(file: EvidenceFile) -> bytes:
    """What is in a file; raises RuleError where it is gone or is no longer what was uploaded."""
    try:
        data = _path(file.digest).read_bytes()
    except FileNotFoundError:
        raise RuleError(f"佐证材料“{file.name}”的文件不在了，请从备份恢复。") from None
    if hashlib.sha256(data).hexdigest() != file.digest:
        raise RuleError(f"佐证材料“{file.name}”与上传时不一致，请从备份恢复。")
    return data


def _closed(item: Item, actor: AbstractBaseUser, on: date) -> list[str]:
    """Why this actor may not touch the files of a leaf now."""
    reasons = []
    if item.cycle.state not in REPORTING:
        reasons.append("本周期不在填报或核验阶段")
    if item.state not in EDITABLE:
        reasons.append(f"指标“{ItemState(item.state).label}”，退回后才能改佐证材料")
    if not hands_of(actor, on).may_report(item):
        reasons.append("只能上传本单位负责的指标的佐证材料")
    return reasons


def _file_faults(name: str, data: bytes) -> list[str]:
    kind = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if kind not in _STARTS:
        known = "、".join(one.removeprefix(".") for one in _STARTS)
        return [f"不收“{kind or '没有扩展名'}”的文件；可以上传：{known}"]
    if not data:
        return ["文件是空的（0 字节）"]
    if len(data) > MOST_BYTES:
        return [f"文件有{len(data) / MEGABYTE:.1f} MB，超出上限{MOST_BYTES // MEGABYTE} MB"]
    if not data.startswith(_STARTS[kind]) or not _is_package(kind, data):
        return [f"文件的内容不是扩展名“{kind}”所说的类型，请用原来的程序重新保存"]
    return []


def _is_package(kind: str, data: bytes) -> bool:
    if kind not in _PACKAGES:
        return True
    try:
        return kind_of(data) is _PACKAGES[kind]
    except FileUnreadable:
        return False


def _short(name: str) -> str:
    """The name alone, without folders, its end kept."""
    return PurePosixPath(name.replace("\\", "/")).name[-LONGEST_NAME:]


def _path(digest: str) -> Path:
    return Path(settings.UPLOAD_DIR) / "evidence" / digest


def _keep(digest: str, data: bytes) -> None:
    """Written under another name first, so that nobody reads half a file; the same content is kept once."""
    path = _path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(temporary, path)
