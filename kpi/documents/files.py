"""One paper of a cycle as a file."""

from collections.abc import Collection
from datetime import date

from kpi.models import Cycle
from kpi.selectors.papers import results_printed
from kpi.selectors.unit_inputs import PUBLIC
from kpi.states import CycleState
from reform.documents.kinds import CONTENT_TYPES
from reform.documents.paper import file_stem
from reform.documents.sheets import write_paper
from reform.documents.templates import template_bytes
from reform.documents.word import render
from reform.errors import Refused
from reform.selectors import policy_of

from .kinds import FIELDS, NOTES, PAPERS, WORDS
from .papers import BUILDERS, Occasion


def paper_file(
    kind: str,
    *,
    cycle: Cycle,
    on: date,
    people: Collection[int] | None = None,
    until: date | None = None,
    fmt: str = "docx",
) -> tuple[str, bytes, str]:
    """File name, bytes and content type of a paper, for these persons or for all of the cycle (people None).

    until: the last day for an appeal.  Raises Refused: no such paper or format, results that are not public,
    nobody to print for.
    """
    known = PAPERS.get(kind)
    if known is None or fmt not in known.formats:
        raise Refused(["没有这种文书或格式"])
    if cycle.state not in PUBLIC:
        raise Refused([f"{cycle}是“{CycleState(cycle.state).label}”，结果公布后才能出{known.label}"])
    occasion = Occasion(cycle, policy_of(cycle.policy), on, results_printed(cycle, people), until)
    paper = BUILDERS[kind](occasion)
    if not paper.rows:
        raise Refused([f"没有可以打印的{known.label}：还没有发出，或没有结果"])
    if fmt == "xlsx":
        data = write_paper(paper, FIELDS[kind], notes=NOTES, words=WORDS)
    else:
        data = render(template_bytes(cycle.zone, kind), paper.values)
    return f"{file_stem(paper, for_people=known.for_people)}.{fmt}", data, CONTENT_TYPES[fmt]
