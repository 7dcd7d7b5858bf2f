"""干部任免审批表: what the system knows of a person as the form and the .lrmx have it, and how it differs
from what came in (domain.md §8, 7)."""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.timezone import localtime

from appointments.models import Appointment, PersonDossierFile
from appointments.selectors.documents import (
    careers,
    dossier_files,
    grades_of,
    honours_and_sanctions,
    people_in,
    posts_held,
    posts_left,
    relatives_of,
)
from appointments.states import AppointmentState
from reform.documents.paper import Paper
from reform.documents.word import Picture
from reform.documents.wording import long_date
from reform.errors import Refused
from reform.models import Honour, Person, Sanction, Tenure, Zone

from . import names
from .career import Period, career_text
from .lrmx import LABELS, MOST_MEMBERS, Lrmx, LrmxError, Member, new_lrmx, read_lrmx
from .paper import Occasion
from .person_facts import FACTS, as_texts

PHOTO_MM = (24.0, 34.0)  # the frame on the form
FAMILY_ROWS = 7


@dataclass(frozen=True)
class FormFacts:
    """Everything about one person that a form shows, read for many at once."""

    person: Person
    held: Sequence[Tenure]
    career: Sequence[Tenure]
    grades: Sequence[Any]
    relatives: Sequence[Any]
    honours: Sequence[Honour | Sanction]
    appointment: Appointment | None
    left: Sequence[Tenure]
    file: PersonDossierFile | None


def form_facts(occasion: Occasion) -> list[FormFacts]:
    """For the people asked for, else for all with an appointment of the batch or round; a fixed number of
    statements."""
    appointments = occasion.appointments
    later = () if occasion.batch else replace(occasion, later=True).appointments
    pending = {one.person_id: one for one in (*appointments, *later) if one.state == AppointmentState.PENDING}
    wanted = occasion.people if occasion.people is not None else {one.person_id for one in appointments}
    left = posts_left(list(pending.values()))
    return _gather(occasion.round.zone, wanted, occasion.on, pending, left)


def _gather(
    zone: Zone,
    wanted: Collection[int],
    on: date,
    pending: Mapping[int, Appointment],
    left: Mapping[int, Sequence[Tenure]],
) -> list[FormFacts]:
    held, career, grades = posts_held(wanted, on), careers(wanted), grades_of(wanted)
    relatives, files, honours = relatives_of(wanted), dossier_files(wanted), honours_and_sanctions(wanted)
    return [
        FormFacts(
            person=person,
            held=held.get(person.pk, ()),
            career=career.get(person.pk, ()),
            grades=grades.get(person.pk, ()),
            relatives=relatives.get(person.pk, ()),
            honours=honours.get(person.pk, ()),
            appointment=pending.get(person.pk),
            left=left.get(pending[person.pk].pk, ()) if person.pk in pending else (),
            file=files.get(person.pk),
        )
        for person in people_in(zone, wanted)
    ]


def lrmx_of(facts: FormFacts, occasion: Occasion) -> Lrmx:
    """A person's .lrmx: the one that came in with what the system knows otherwise, else a new one.

    A file that came in and says nothing else than the system goes out byte for byte.
    """
    if facts.file is None:
        texts = _new_texts(facts, occasion)
        try:
            return new_lrmx(texts, _members(facts.relatives))
        except LrmxError as fault:
            raise Refused([f"{facts.person.name}：{fault}"]) from None
    found = read_lrmx(bytes(facts.file.content))
    texts = {
        name: ours
        for name, ours in as_texts(facts.person).items()
        if ours and (not found[name] or FACTS[name].differs(found[name], facts.person))
    }
    if found["ShenFenZheng"].upper() != facts.person.id_number:
        texts["ShenFenZheng"] = facts.person.id_number
    if _came_later(facts):
        texts["XianRenZhiWu"] = names.posts_text(facts.held)
    if facts.appointment is not None:
        texts |= _decision_texts(facts)
    return found.with_values(texts)


def _came_later(facts: FormFacts) -> bool:
    """Whether the present post is newer than the file, so that the file cannot know it."""
    assert facts.file is not None
    main = next(iter(facts.held), None)
    return bool(main and main.starts_on and main.starts_on > localtime(facts.file.received_at).date())


def _decision_texts(facts: FormFacts) -> dict[str, str]:
    one = facts.appointment
    if one is None:
        return {}
    texts = {
        "NiRenZhiWu": names.post_name(one.position),
        "NiMianZhiWu": names.posts_text(facts.left),
        "RenMianLiYou": one.reason,
    }
    return {name: text for name, text in texts.items() if text}


def _new_texts(facts: FormFacts, occasion: Occasion) -> dict[str, str]:
    return {
        **as_texts(facts.person),
        "ShenFenZheng": facts.person.id_number,
        "XianRenZhiWu": names.posts_text(facts.held),
        "JianLi": career_text(_periods(facts.career)),
        "JiangChengQingKuang": _honours(facts.honours, occasion),
        "NianDuKaoHeJieGuo": names.grades_text(facts.person, facts.grades),
        **_decision_texts(facts),
        "ChengBaoDanWei": occasion.issuer,
        "JiSuanNianLingShiJian": f"{occasion.on:%Y%m%d}",
        "TianBiaoShiJian": f"{occasion.on:%Y%m%d}",
        "TianBiaoRen": occasion.maker,
    }


def _honours(found: Sequence[Honour | Sanction], occasion: Occasion) -> str:
    """2020.07获县级“优秀党务工作者”称号；2021.03受警告处分: a sanction only for who may see sanctions."""
    words = []
    for one in found:
        if isinstance(one, Honour):
            given = f"{one.get_level_display()}“{one.name}”"
            words.append(f"{names.month_dotted(one.granted_on)}获{given}")
        elif occasion.sees_sanctions:
            words.append(f"{names.month_dotted(one.decided_on)}受{one.get_kind_display()}处分")
    return "；".join(words)


def _periods(career: Sequence[Tenure]) -> list[Period]:
    """A post that was held on over several terms (续聘) is one line."""
    periods: list[Period] = []
    ended: date | None = None
    for one in career:
        post = names.post_name(one.position)
        started = names.month_dotted(one.starts_on)
        if periods and periods[-1].text == post and ended == one.starts_on:
            started = periods.pop().started
        periods.append(Period(started, names.month_dotted(one.ends_before), post))
        ended = one.ends_before
    return periods


def _members(relatives: Sequence[Any]) -> list[Member]:
    return [
        Member(
            one.get_relation_display(),
            one.relative_name,
            names.month_packed(one.relative.birth_on) if one.relative else "",
            names.political_status(one.relative) if one.relative else "",
            one.workplace,
        )
        for one in relatives[:MOST_MEMBERS]
    ]


def lrmx_export(occasion: Occasion) -> tuple[str, bytes, str]:
    """One person's .lrmx, or a zip of many: name, bytes, and the format, `lrmx` or `zip`.

    An ID number is what the file is known by, so it is not masked: raises Refused for who may not see it.
    """
    if not occasion.sees_id_numbers:
        raise Refused(["任免审批表文件里有完整的身份证号，须有“查看身份证号明文”的权限才能导出"])
    everybody = form_facts(occasion)
    if not everybody:
        raise Refused(["没有可以导出任免审批表的人"])
    if len(everybody) == 1:
        facts = everybody[0]
        return f"{facts.person.name}.lrmx", lrmx_of(facts, occasion).to_bytes(), "lrmx"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        seen: dict[str, int] = {}
        for facts in everybody:
            seen[facts.person.name] = seen.get(facts.person.name, 0) + 1
            again = f"（{seen[facts.person.name]}）" if seen[facts.person.name] > 1 else ""
            entry = zipfile.ZipInfo(f"{facts.person.name}{again}.lrmx", occasion.on.timetuple()[:6])
            package.writestr(entry, lrmx_of(facts, occasion).to_bytes(), zipfile.ZIP_DEFLATED)
    return f"{occasion.round.name}任免审批表.zip", out.getvalue(), "zip"


def approval_form(occasion: Occasion) -> Paper:
    """The printed form, from the same values as the .lrmx; it shows no ID number."""
    forms = [_form(lrmx_of(facts, occasion), facts, occasion) for facts in form_facts(occasion)]
    title = "干部任免审批表"
    return Paper(title, occasion.head(标题=title, 审批表=forms), forms)


def _form(file: Lrmx, facts: FormFacts, occasion: Occasion) -> dict[str, Any]:
    age = names.age(facts.person, occasion.on)
    photo = file.photo
    shown = {label: file[name] for name, label in LABELS.items() if name in _SHOWN}
    members = [
        {
            "称谓": one.relation,
            "姓名": one.name,
            "出生年月": _dotted(one.born),
            "政治面貌": one.political_status,
            "工作单位及职务": one.workplace,
        }
        for one in file.family
    ]
    blank = dict.fromkeys(("称谓", "姓名", "出生年月", "政治面貌", "工作单位及职务"), "")
    return {
        **shown,
        "出生年月": _dotted(file["ChuShengNianYue"]),
        "年龄": f"{age}岁" if age is not None else "",
        "入党时间": _dotted(file["RuDangShiJian"]),
        "参加工作时间": _dotted(file["CanJiaGongZuoShiJian"]),
        "呈报单位": file["ChengBaoDanWei"] or occasion.issuer,
        "填表人": file["TianBiaoRen"] or occasion.maker,
        "计算年龄时间": long_date(occasion.on),
        "填表时间": long_date(occasion.on),
        "简历行": file["JianLi"].splitlines(),
        "照片": Picture(photo, *PHOTO_MM) if photo else "",
        "家庭成员": [*members, *[blank] * (FAMILY_ROWS - len(members))],
    }


_SHOWN = frozenset(LABELS) - {"JiaTingChengYuan", "ShenFenZheng", "ZhaoPian", "Version", "DaoLingNianYue"}


def _dotted(text: str) -> str:
    """198001 → 1980.01; anything else stays as it is."""
    packed = text.strip()
    return f"{packed[:4]}.{packed[4:6]}" if packed[:6].isdecimal() and len(packed) in (6, 8) else packed
