"""The office's own templates, and .lrmx files that come in for a person (domain.md §8)."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from docx import Document as new_docx

from appointments.documents import DOCUMENT_KINDS, document_file
from appointments.documents.lrmx import new_lrmx
from appointments.models import DocumentTemplate, PersonDossierFile
from appointments.services.document_templates import template_replace, template_restore
from appointments.services.dossier_files import lrmx_import, lrmx_match, lrmx_take_over
from reform.documents.templates import default_template, placeholders
from reform.documents.word import Picture, TemplateFault, render
from reform.errors import Refused
from reform.models import AuditEvent, RowChange
from tests import factories as make
from tests.appointments.papers import AT, ON, Cast, a_cast, text_of

pytestmark = pytest.mark.django_db

LETTER = ("{%p for 书 in 聘书 %}", "本区聘书：{{ 书.姓名 }}任{{ 书.岗位 }}", "{%p endfor %}")


def word(*lines: str) -> bytes:
    document = new_docx()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """A package with more parts, or with some replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def put(cast: Cast, content: bytes, **facts: Any) -> DocumentTemplate:
    call = {"zone": cast.zone, "kind": "letter", "name": "聘书.docx", "actor": cast.clerk, "at": AT} | facts
    return template_replace(content=content, **call)


def letter(cast: Cast) -> str:
    return text_of(document_file("letter", round_=cast.round, actor=cast.clerk, on=ON)[1])


def test_replaced_template_is_used_and_the_default_comes_back(cast: Cast):
    put(cast, word(*LETTER))
    assert letter(cast) == "本区聘书：赵一任经济发展局局长"
    put(cast, word("{{ 发文单位 }}", *LETTER), name="聘书2.docx")
    assert letter(cast).startswith("高新区管理委员会\n本区聘书")
    assert DocumentTemplate.objects.filter(is_current=True).count() == 1
    assert template_restore(zone=cast.zone, kind="letter", actor=cast.clerk)
    assert "特发此证" in letter(cast)
    assert not template_restore(zone=cast.zone, kind="letter", actor=cast.clerk)
    assert AuditEvent.objects.latest("id").action == "恢复默认文书模板"


def test_template_of_one_zone_is_not_anothers(cast: Cast):
    put(cast, word(*LETTER), zone=make.a_zone("other", "别区"))
    assert "特发此证" in letter(cast)


def test_event_tells_a_template_by_its_hash(cast: Cast):
    made = put(cast, word(*LETTER))
    change = RowChange.objects.filter(model=DocumentTemplate._meta.label, key=made.pk).get()
    assert change.after["content"].startswith("sha256:")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("{{ 姓名 }}、{{ 标题 }}",), "模板里这些内容系统没有：姓名。"),
        (
            ("{%p for 书 in 聘书 %}", "{{ 书.姓 }}{{ 书.名 }}", "{%p endfor %}"),
            "模板里这些内容系统没有：姓、名。",
        ),
        (("{%p for 书 in 聘书 %}", "{{ 书.姓名 }}"), "开始与结束标记不成对"),
        (("{{ 标题 | shout }}",), "没有“shout”这个写法"),
        (("{{ 标题.__class__ }}",), "模板里这些内容系统没有：__class__"),
        (("{{ 标题.upper() }}",), "不能调用函数"),
        (("{{ 标题 * 1000000 }}",), "做乘法"),
        (("{{ 标题 }}{% for 一 in range(1000000000) %}{% endfor %}",), "不能调用函数"),
        (("兹聘任张三为局长",), "模板里没有要填的内容"),
    ],
)
def test_template_that_cannot_be_filled_is_refused_with_what_to_correct(cast: Cast, lines: Any, why: str):
    with pytest.raises(TemplateFault, match=why):
        put(cast, word(*lines))
    assert not DocumentTemplate.objects.exists()


def test_what_is_no_plain_word_file_is_refused(cast: Cast):
    good = word(*LETTER)
    types = zipfile.ZipFile(io.BytesIO(good)).read("[Content_Types].xml")
    rels = b'<R><Relationship Id="r" Type="x/image" Target="http://a" TargetMode="External"/></R>'
    for content, why in (
        (b"", "不是 .docx"),
        (b"\xd0\xcf\x11\xe0 an old .doc", "不是 .docx"),
        (good[: len(good) // 2], "不是 .docx"),
        (
            repacked(
                good, **{"[Content_Types].xml": types.replace(b"wordprocessingml.document.main", b"sheet")}
            ),
            "不是 .docx",
        ),
        (repacked(good, **{"word/vbaProject.bin": b"x"}), "带有宏"),
        (repacked(good, **{"word/_rels/footer9.xml.rels": rels}), "外部的文件或图片"),
        (repacked(good, **{"word/document.xml": b"<broken"}), "打不开"),
        (b"PK" + b"x" * 11 * 2**20, "不能超过10 MB"),
    ):
        with pytest.raises(TemplateFault, match=why):
            put(cast, content)


def test_only_the_office_replaces_and_only_kinds_that_are(cast: Cast):
    with pytest.raises(Refused, match="由聘任办公室办理"):
        put(cast, word(*LETTER), actor=make.a_user(cast.zone, "监督组"))
    with pytest.raises(Refused, match="没有“poster”这种文书"):
        put(cast, word(*LETTER), kind="poster")


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_default_template_can_be_downloaded_and_put_back(cast: Cast, kind: str):
    put(cast, default_template(kind), kind=kind)
    assert placeholders(kind)


def test_names_for_a_template_are_listed_with_examples():
    known = dict(placeholders("letter"))
    assert known["聘书.姓名"] == "张三"
    assert known["聘书"] == "（列表，用循环）"


def test_picture_that_is_none_is_left_out():
    template = word("前{{ 照片 }}后")
    assert text_of(render(template, {"照片": Picture(b"not a picture", 30, 40)})) == "前后"


# --- .lrmx files of persons


def file_of(cast: Cast, **values: str) -> bytes:
    facts = {"XingMing": cast.loser.name, "XingBie": "男", "ShenFenZheng": cast.loser.id_number} | values
    return new_lrmx(facts).to_bytes()


def take(cast: Cast, content: bytes, **facts: Any) -> Any:
    call = {"zone": cast.zone, "name": "a.lrmx", "actor": cast.clerk, "on": ON, "at": AT} | facts
    return lrmx_import(content=content, **call)


def test_file_is_found_by_its_id_number_and_the_record_stays_untouched(cast: Cast):
    match = take(cast, file_of(cast, MinZu="回", CanJiaGongZuoShiJian="200407", JiGuan="河南平顶山"))
    assert (match.person, match.by_name) == (cast.loser, False)
    assert [(one.label, one.ours, one.theirs) for one in match.differences] == [
        ("民族", "汉族", "回"),
        ("参加工作时间", "200307", "200407"),
    ]
    cast.loser.refresh_from_db()
    assert cast.loser.ethnicity == "01"
    assert bytes(PersonDossierFile.objects.get().content) == file_of(
        cast, MinZu="回", CanJiaGongZuoShiJian="200407", JiGuan="河南平顶山"
    )


def test_same_month_in_other_words_is_no_difference(cast: Cast):
    content = file_of(cast, MinZu="汉", CanJiaGongZuoShiJian="2003.07", QuanRiZhiJiaoYu_XueLi="本科")
    assert take(cast, content).differences == []


def test_file_without_a_number_is_found_by_a_name_that_only_one_has_when_confirmed(cast: Cast):
    content = file_of(cast, ShenFenZheng="")
    with pytest.raises(Refused, match="按姓名找到唯一的钱二"):
        take(cast, content)
    assert not PersonDossierFile.objects.exists()
    assert take(cast, content, confirmed=True).person == cast.loser
    make.a_person(cast.zone, "钱二")
    with pytest.raises(Refused, match="叫“钱二”的不止一人"):
        take(cast, content, confirmed=True)


def test_nobody_is_found_for_a_stranger_and_none_in_another_zone(cast: Cast):
    with pytest.raises(Refused, match="本区没有“周五”"):
        lrmx_match(zone=cast.zone, content=new_lrmx({"XingMing": "周五"}).to_bytes(), on=ON)
    with pytest.raises(Refused, match="本区没有身份证号"):
        lrmx_match(zone=make.a_zone("other"), content=file_of(cast), on=ON)


def test_second_file_takes_the_place_of_the_first(cast: Cast):
    take(cast, file_of(cast))
    take(cast, file_of(cast, JiGuan="河南郑州"), name="b.lrmx")
    assert PersonDossierFile.objects.get().name == "b.lrmx"


def test_confirmed_difference_goes_to_the_record_with_its_reason(cast: Cast):
    take(cast, file_of(cast, MinZu="回", CanJiaGongZuoShiJian="200407"))
    taken = lrmx_take_over(person=cast.loser, elements=["MinZu"], actor=cast.clerk, reason="档案核对")
    assert [one.label for one in taken] == ["民族"]
    cast.loser.refresh_from_db()
    assert (cast.loser.ethnicity, cast.loser.work_started_on) == ("03", date(2003, 7, 1))
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.reason) == ("登记人员", "档案核对（任免审批表：民族）")


def test_what_cannot_be_read_or_is_the_same_is_not_taken_over(cast: Cast):
    take(cast, file_of(cast, MinZu="火星族"))
    for elements, reason, why in (
        (["MinZu"], "核对", "民族：.*不在代码表中"),
        (["JiGuan"], "核对", "没有不同"),
        (["MinZu"], " ", "请写明更正的原因"),
    ):
        with pytest.raises(Refused, match=why):
            lrmx_take_over(person=cast.loser, elements=elements, actor=cast.clerk, reason=reason)
