"""The sets of posts of which one person may apply for at most n, and what a person has chosen of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from appointments.models import Application, Batch, PostGroup, PostGroupMember, Round
from appointments.rules.post_groups import PostSet, set_reasons
from appointments.states import LIVE, ApplicationState

_COUNTED = (*LIVE, ApplicationState.APPOINTED)


def post_sets(round_: Round, batch: Batch | None = None) -> list[PostSet]:
    """The sets that hold for applications of a batch: its own and those of the whole round; without a batch
    all of the round's. Two statements."""
    groups = PostGroup.objects.filter(round=round_, is_active=True)
    if batch is not None:
        groups = groups.filter(Q(batch=None) | Q(batch=batch))
    posts: dict[int, dict[int, str]] = defaultdict(dict)
    members = PostGroupMember.objects.filter(group__in=groups).select_related("position__unit__parent")
    for one in members.order_by("position__sort_no", "id"):
        posts[one.group_id][one.position_id] = str(one.position)
    return [PostSet(one.name, one.maximum, posts[one.pk]) for one in groups.order_by("name")]


def chosen_elsewhere(
    round_: Round, people: Collection[int], *, batch: Batch | None
) -> Mapping[int, Sequence[int]]:
    """Person id → posts that the person stands for in other batches of the round; without a batch none, as a
    sheet outside the batches names all of a person's choices. One statement."""
    if batch is None:
        return {}
    found: dict[int, list[int]] = defaultdict(list)
    rows = Application.objects.filter(
        candidacy__round=round_, candidacy__person__in=people, state__in=_COUNTED
    ).exclude(candidacy__batch=batch)
    for person, position in rows.order_by("choice_no", "id").values_list("candidacy__person", "position"):
        found[person].append(position)
    return found


def group_reasons(batch: Batch, person_id: int, positions: Iterable[int]) -> list[str]:
    """What the sets say against one person's choice in a batch, choices in other batches counted."""
    sets = post_sets(batch.round, batch)
    if not sets:
        return []
    before = chosen_elsewhere(batch.round, [person_id], batch=batch).get(person_id, ())
    return set_reasons(sets, [*before, *positions])


def groups_told(round_: Round, batch: Batch) -> list[str]:
    """The sets of a batch in words, for the notice and the person who applies."""
    return [
        f"“{one.name}”最多报{one.maximum}个：{'、'.join(one.posts.values())}"
        for one in post_sets(round_, batch)
        if one.posts
    ]
