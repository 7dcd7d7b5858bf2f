"""How persons and posts are named on paper."""

from collections.abc import Iterable, Sequence
from datetime import date

from appointments.models import Baseline
from reform import codes
from reform.dated import age_on
from reform.documents.wording import long_month
from reform.models import AnnualGrade, Person, Position, Tenure

JOINED = ("01", "02")  # 中共党员, 预备党员: their 入党时间 is a date


def post_name(position: Position) -> str:
    """A post as an official paper names it: 经济发展局综合科科长."""
    owner = position.unit.owner
    return _joined(owner.name, "" if owner == position.unit else position.unit.name, position.title)


def former_name(baseline: Baseline | None) -> str:
    """A former post in the same words; '' where there was none."""
    return _joined(baseline.unit_name, baseline.section_name, baseline.title) if baseline else ""


def listed_name(text: str) -> str:
    """A former post as a list has frozen it, 单位·科室·岗位, in the same words."""
    unit, *sections, title = text.split("·") if "·" in text else ("", text)
    return _joined(unit, "".join(sections), title)


def _joined(unit: str, section: str, title: str) -> str:
    return f"{'' if title.startswith(unit) else unit}{section}{title}"


def posts_text(tenures: Sequence[Tenure], empty: str = "") -> str:
    """Posts one after another, concurrent ones marked."""
    return "、".join(post_name(one.position) + _mark(one) for one in tenures) or empty


def _mark(tenure: Tenure) -> str:
    return "" if tenure.kind == tenure._meta.get_field("kind").default else f"（{tenure.get_kind_display()}）"


def month_dotted(on: date | None) -> str:
    """1980.01; '' for none."""
    return f"{on.year:04d}.{on.month:02d}" if on else ""


def month_packed(on: date | None) -> str:
    """198001; '' for none."""
    return f"{on.year:04d}{on.month:02d}" if on else ""


def sex(person: Person) -> str:
    return codes.SEX.get(person.sex, "")


def ethnicity(person: Person) -> str:
    return codes.ETHNICITY.get(person.ethnicity, "")


def political_status(person: Person) -> str:
    return codes.POLITICAL_STATUS.get(person.political_status, "")


def education(code: str) -> str:
    """The word on a form: 大学本科, without 毕业."""
    return codes.EDUCATION.get(code, "").removesuffix("毕业")


def degree(code: str) -> str:
    return codes.DEGREE.get(code, "")


def education_and_degree(person: Person) -> str:
    """学历学位 in one cell: the highest, or the better known of full-time and on-the-job study."""
    learnt = person.education or person.fulltime_education or person.onjob_education
    graded = person.degree or person.fulltime_degree or person.onjob_degree
    return "".join(part for part in (education(learnt), degree(graded)) if part)


def age(person: Person, on: date) -> int | None:
    """Completed years on a day; None where the birth date is unknown."""
    return age_on(person.birth_on, on) if person.birth_on else None


def grades_text(person: Person, grades: Iterable[AnnualGrade]) -> str:
    """2019年度称职；2020年度优秀: the recorded grades, else what the roster says."""
    told = "；".join(f"{one.year}年度{one.get_grade_display().partition('（')[0]}" for one in grades)
    return told or person.recent_appraisals


def joined_party(person: Person) -> str:
    """入党时间: a month for members of the Communist Party, the name of another party, else nothing."""
    if person.political_status in JOINED or not person.political_status:
        return long_month(person.party_joined_on)
    return political_status(person) if "04" <= person.political_status <= "11" else ""
