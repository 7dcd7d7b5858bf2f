"""One paper as a file: the one door to everything that is printed."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

from django.contrib.auth.models import AbstractBaseUser

from appointments.models import Batch, Round
from reform.access import Bounds, bounds_of, scoped, sees_id_numbers
from reform.documents.kinds import CONTENT_TYPES, DocumentKind
from reform.documents.paper import Paper, file_stem
from reform.documents.sheets import write_paper
from reform.documents.templates import template_bytes
from reform.documents.word import render
from reform.errors import Refused
from reform.models import Person

from . import appointment_paper, approval_form, batch_papers, person_papers
from .kinds import DOCUMENT_KINDS
from .paper import Occasion
from .sheets import FIELDS, NOTES, WORDS

BUILDERS: Mapping[str, Callable[[Occasion], Paper]] = {
    "notice": batch_papers.notice,
    "screening": batch_papers.screening,
    "scores": batch_papers.scores,
    "publicity": batch_papers.publicity,
    "appointment": appointment_paper.appointment,
    "letter": person_papers.letter,
    "duties": person_papers.duties,
    "approval_form": approval_form.approval_form,
    "rejection": person_papers.rejection,
    "not_selected": person_papers.not_selected,
    "offer": person_papers.offer,
    "placements": person_papers.placements,
}


def document_file(
    kind: str,
    *,
    round_: Round,
    actor: AbstractBaseUser,
    on: date,
    batch: Batch | None = None,
    people: Collection[Person | int] | None = None,
    fmt: str = "docx",
    later: bool = False,
) -> tuple[str, bytes, str]:
    """File name, bytes and content type of a paper, for one person or for all that it concerns (people None).

    fmt: one of the kind's formats; lrmx gives a zip for more than one person.  An ID number is shown to who
    may see it.  later: of the appointments that follow on the round's (续聘, 变更).  Raises Refused: no such
    paper or format, a batch is needed, or there is nothing to print.
    """
    known = kind_of(kind)
    if fmt not in known.formats:
        raise Refused([f"{known.label}没有 {fmt} 格式，可选：{'、'.join(known.formats)}"])
    if known.needs_batch and batch is None:
        raise Refused([f"{known.label}按批次出，请先选批次"])
    occasion = Occasion(
        round=round_,
        on=on,
        batch=batch,
        people=_people(people, actor),
        sees_id_numbers=sees_id_numbers(actor),
        sees_sanctions=bool(getattr(actor, "has_perm", lambda _: False)("reform.view_sanction")),
        maker=str(getattr(actor, "get_full_name", str)() or actor),
        later=later,
    )
    if fmt == "lrmx":
        name, data, packed = approval_form.lrmx_export(occasion)
        return name, data, CONTENT_TYPES[packed]
    paper = BUILDERS[kind](occasion)
    if not paper.rows:
        raise Refused([f"没有可以打印的内容：{known.label}里还没有人或岗位"])
    data = (
        write_paper(paper, FIELDS[kind], notes=NOTES, words=WORDS)
        if fmt == "xlsx"
        else render(template_bytes(round_.zone, kind), paper.values)
    )
    return f"{file_stem(paper, for_people=known.for_people)}.{fmt}", data, CONTENT_TYPES[fmt]


def kind_of(kind: str) -> DocumentKind:
    """The kind of a key; raises Refused."""
    if kind not in DOCUMENT_KINDS:
        raise Refused([f"没有“{kind}”这种文书"])
    return DOCUMENT_KINDS[kind]


def _people(people: Collection[Person | int] | None, actor: AbstractBaseUser) -> frozenset[int] | None:
    """The people asked for; who is bound to a unit or a person gets no others than those."""
    asked = None if people is None else frozenset(map(_key, people))
    if bounds_of(actor) == Bounds():
        return asked
    own = frozenset(scoped(Person.objects.order_by(), actor).values_list("pk", flat=True))
    return own if asked is None else own & asked


def _key(person: Person | int) -> int:
    return person if isinstance(person, int) else person.pk
