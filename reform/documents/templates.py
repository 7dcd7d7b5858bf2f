"""The templates of all papers that have one, app by app as settings name them: whose kind it is, what it may
use, and the one that is in use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from reform.errors import Refused
from reform.models import Zone

from .kinds import DocumentKind

TEMPLATES = Path("fixtures") / "documents"


@dataclass(frozen=True)
class TemplateSet:
    """The papers of one app. sample: kind → an invented example of everything that its template may use.
    permission: of the office that edits its templates."""

    kinds: Mapping[str, DocumentKind]
    sample: Callable[[str], dict[str, Any]]
    permission: str


def template_sets() -> list[TemplateSet]:
    return [import_string(dotted) for dotted in settings.DOCUMENT_SETS]


def template_kinds(editor: Any = None) -> list[DocumentKind]:
    """Every kind that has a template; with an editor those that this user may edit."""
    return [
        kind
        for one in template_sets()
        for kind in one.kinds.values()
        if kind.has_template and (editor is None or editor.has_perm(one.permission))
    ]


def template_kind(key: str) -> DocumentKind:
    """The kind of a key; raises Refused where there is none with a template."""
    found = next((kind for kind in template_kinds() if kind.key == key), None)
    if found is None:
        raise Refused([f"没有“{key}”这种文书，或它没有 Word 模板"])
    return found


def sample_of(key: str) -> dict[str, Any]:
    """A whole example context of a kind: replaced templates are tried with it."""
    return _set_of(key).sample(key)


def permission_of(key: str) -> str:
    """Who edits the template of a kind."""
    return _set_of(key).permission


def _set_of(key: str) -> TemplateSet:
    return next(one for one in template_sets() if key in one.kinds)


def placeholders(key: str) -> list[tuple[str, str]]:
    """What a template of a kind may use, each with an example; what is inside a list as 名单.姓名."""
    return list(_walk("", sample_of(key)))


def template_bytes(zone: Zone, key: str) -> bytes:
    """The template in use: the office's own, else the one that comes with the system."""
    own = import_string(settings.OWN_TEMPLATE)(zone, key)
    return bytes(own.content) if own else default_template(key)


@cache
def default_template(key: str) -> bytes:
    """The template that comes with the system."""
    return (settings.BASE_DIR / TEMPLATES / f"{key}.docx").read_bytes()


def _walk(path: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, list) and isinstance(value[0], Mapping):
            yield f"{path}{name}", "（列表，用循环）"
            yield from _walk(f"{path}{name}.", value[0])
        else:
            yield f"{path}{name}", "、".join(value) if isinstance(value, list) else str(value)
