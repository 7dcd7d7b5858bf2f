"""Refusals that the guards of every app share: pure, in Chinese."""

from collections.abc import Sequence

from reform.workflow import Call

SHOWN_NAMES = 12


def lacks_reason(call: Call) -> list[str]:
    """A written reason is wanted; a preview has none yet."""
    return [] if call.preview or call.reason.strip() else ["须写明理由"]


def lacks_document(call: Call, what: str = "文号") -> list[str]:
    """A document number is wanted; a preview has none yet."""
    return [] if call.preview or call.document_no.strip() else [f"须填写{what}"]


def written_reason(facts: object, call: Call) -> list[str]:
    """The guard of steps that need nothing but a written reason."""
    return lacks_reason(call)


def listed(names: Sequence[str], counter: str = "人") -> str:
    """Names for a refusal: the first twelve, and how many there are."""
    shown = "、".join(names[:SHOWN_NAMES])
    return shown + (f"等{len(names)}{counter}" if len(names) > SHOWN_NAMES else "")
