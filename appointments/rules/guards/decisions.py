"""Guards of what one person asks for and another decides: 破格, 离开呈批."""

from collections.abc import Sequence
from dataclasses import dataclass

from reform.guards import lacks_reason
from reform.workflow import Call


@dataclass(frozen=True)
class DecisionFacts:
    """is_maker: whether the actor is who asked; blocks: everything else that stands against it."""

    is_maker: bool = False
    blocks: Sequence[str] = ()


def nothing_against(facts: DecisionFacts, call: Call) -> list[str]:
    """Somebody else than the maker decides, and what has been looked into allows it."""
    reasons = ["提出的人不能决定，须由另一人办理"] if facts.is_maker else []
    return [*reasons, *facts.blocks]


def declined_in_writing(facts: DecisionFacts, call: Call) -> list[str]:
    """As for allowing it; why not has to be said."""
    return nothing_against(facts, call) + lacks_reason(call)


def taken_back_by_maker(facts: DecisionFacts, call: Call) -> list[str]:
    """Only who asked takes it back, and says why."""
    reasons = [] if facts.is_maker or call.preview else ["只有提出的人可以撤回"]
    return [*reasons, *lacks_reason(call), *facts.blocks]
