"""薪酬变动通知 to finance: from an appointment document, in Word and as a workbook."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from compensation.rules.figures import money_text, signed_text
from compensation.selectors.pay_changes import PayChange, PayChanges
from reform.documents.kinds import CONTENT_TYPES
from reform.documents.paper import Paper, file_stem, numbered
from reform.documents.sheets import write_paper
from reform.documents.templates import template_bytes
from reform.documents.word import render
from reform.documents.wording import long_date

from .kinds import CHANGES, FIELDS, NOTES, PAPERS

_AMOUNTS = ("原薪酬标准", "新薪酬标准")


def changes_file(found: PayChanges, *, on: date, fmt: str) -> tuple[str, bytes, str]:
    """File name, bytes and content type of the notice."""
    paper = changes_paper(found, on)
    if fmt == "xlsx":
        data = write_paper(paper, FIELDS[CHANGES], notes=NOTES, words={})
    else:
        data = render(template_bytes(found.document.zone, CHANGES), paper.values)
    return f"{file_stem(paper, for_people=False)}.{fmt}", data, CONTENT_TYPES[fmt]


def changes_paper(found: PayChanges, on: date) -> Paper:
    """The notice; a last line of the workbook adds everything up."""
    document = found.document
    rows = numbered(_row(one, document.document_no) for one in found.people)
    title = f"{document.zone.name}{PAPERS[CHANGES].label}（{document.document_no}）"
    notes = notes_of(found)
    values = {
        "开发区": document.zone.name,
        "标题": title,
        "日期": long_date(on),
        "依据文号": document.document_no,
        "依据标题": document.title,
        "任免日期": long_date(document.effective_on),
        "人数": len(found.people),
        "提高人数": found.risen,
        "降低人数": found.fallen,
        "原标准合计": money_text(found.before),
        "新标准合计": money_text(found.after),
        "差额合计": signed_text(found.difference),
        "名单": [_in_words(row) for row in rows],
        "说明": "；".join(notes),
    }
    total = {
        "单位": "合计",
        "原薪酬标准": found.before,
        "新薪酬标准": found.after,
        "差额": found.difference,
    }
    return Paper(title, values, [*rows, total], notes)


def notes_of(found: PayChanges) -> Sequence[str]:
    """What stands beneath the table."""
    notes = []
    if len(found.compared) < len(found.people):
        notes.append("合计不含原为待岗的人员")
    if found.without:
        notes.append(f"文件中没有对应聘任的，不在本通知内：{'、'.join(found.without)}")
    return notes


def _row(one: PayChange, document_no: str) -> dict[str, Any]:
    return {
        "姓名": one.name,
        "单位": one.unit,
        "原岗位": one.post_before,
        "原层级": one.level_before,
        "原薪酬标准": one.before,
        "新岗位": one.post_after,
        "新层级": one.level_after,
        "新薪酬标准": one.after,
        "差额": one.difference,
        "起薪日期": f"{one.starts_on:%Y-%m-%d}",
        "依据文号": document_no,
        "备注": one.note,
    }


def _in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as Word has it: amounts with their commas, the difference with its sign."""
    words: dict[str, Any] = {key: "" if value is None else value for key, value in row.items()}
    for key, value in row.items():
        if isinstance(value, Decimal):
            words[key] = money_text(value) if key in _AMOUNTS else signed_text(value)
    return words
