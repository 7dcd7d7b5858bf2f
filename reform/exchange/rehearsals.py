"""Rehearsed files wait here, sealed, until confirmed: exactly these bytes are written, or nothing."""

import hashlib
import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from reform.errors import RuleError
from reform.exchange.context import Options
from reform.exchange.plan import SourceFile
from reform.fields import seal, unseal

KEPT_FOR = timedelta(days=2)


@dataclass(frozen=True)
class Rehearsal:
    """Files as rehearsed, by whom, with what options, and what came of it (the outcome's digest)."""

    token: str
    user_id: int
    files: tuple[SourceFile, ...]
    options: Options
    digest: str


def _folder(token: str) -> Path:
    if not token.isalnum():
        raise RuleError("预检编号不正确。请重新上传。")
    return Path(settings.UPLOAD_DIR) / token


def rehearsal_keep(
    *, user: AbstractBaseUser, files: list[SourceFile], options: Options, now: datetime
) -> str:
    """Keep rehearsed files for the confirmation; returns their token. Older ones are cleared away."""
    _clear(now)
    token = secrets.token_hex(16)
    folder = _folder(token)
    folder.mkdir(parents=True)
    facts = {
        "user": user.pk,
        "at": now.isoformat(),
        "digest": "",
        "options": {name: str(value) if value else None for name, value in vars(options).items()},
        "files": [{"name": file.name, "sha256": file.digest} for file in files],
    }
    for number, file in enumerate(files):
        (folder / f"{number}.bin").write_bytes(seal(file.data))
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    return token


def rehearsal_load(*, token: str, user: AbstractBaseUser) -> Rehearsal:
    """The rehearsal of a token, for the user who made it; RuleError where it is gone or not as it was
    kept."""
    folder = _folder(token)
    try:
        facts: dict[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except OSError:
        raise RuleError("这次预检已经过期或已写入。请重新上传。") from None
    if facts["user"] != user.pk:
        raise RuleError("这次预检是别人做的，只能由本人确认写入。")
    files = []
    for number, one in enumerate(facts["files"]):
        data = unseal((folder / f"{number}.bin").read_bytes())
        if hashlib.sha256(data).hexdigest() != one["sha256"]:
            raise RuleError(f"“{one['name']}”与预检时不是同一个文件，没有写入。请重新上传。")
        files.append(SourceFile(one["name"], data))
    given = facts["options"]
    options = Options(
        zone=given["zone"],
        round=given["round"],
        cycle=given["cycle"],
        kickoff=_day(given["kickoff"]),
        effective=_day(given["effective"]),
    )
    return Rehearsal(token, facts["user"], tuple(files), options, facts["digest"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def rehearsal_note(token: str, digest: str) -> None:
    """Note what the rehearsal came to, as it was shown: the confirmation must come to the same."""
    path = _folder(token) / "facts.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(facts | {"digest": digest}, ensure_ascii=False), encoding="utf-8")


def rehearsal_drop(token: str) -> None:
    """Forget rehearsed files: they are personal data and stay no longer than needed."""
    shutil.rmtree(_folder(token), ignore_errors=True)


def _clear(now: datetime) -> None:
    root = Path(settings.UPLOAD_DIR)
    for folder in root.iterdir() if root.exists() else ():
        try:
            at = datetime.fromisoformat(json.loads((folder / "facts.json").read_text(encoding="utf-8"))["at"])
        except (OSError, ValueError, KeyError):
            at = now - KEPT_FOR
        if now - at >= KEPT_FOR:
            shutil.rmtree(folder, ignore_errors=True)
