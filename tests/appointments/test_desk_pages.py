"""文书模板, 任免审批表, 工作清单: pages of the office beside the rounds."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from appointments.documents.lrmx import new_lrmx
from appointments.models import DocumentTemplate, PersonDossierFile
from reform.documents.templates import default_template, template_sets
from reform.models import AuditEvent
from tests import factories as make
from tests.appointments.papers import Cast, a_cast

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES = ("templates", "lrmx", "worklists")


@pytest.fixture
def cast() -> Cast:
    return a_cast()


@pytest.fixture
def clerk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.clerk, BACKEND)
    return client


def post(client: Client, name: str, facts: dict[str, Any], *args: Any) -> str:
    response = client.post(reverse(f"admin:{name}", args=args), facts, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def file(content: bytes, name: str = "a.lrmx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def of_loser(cast: Cast, **values: str) -> bytes:
    return new_lrmx({"XingMing": "钱二", "ShenFenZheng": cast.loser.id_number} | values).to_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_page_is_in_the_menu_of_the_office_and_closed_to_others(clerk: Client, cast: Cast, page: str):
    address = reverse(f"admin:{page}")
    assert clerk.get(address).status_code == 200
    assert f'href="{address}"' in clerk.get(reverse("admin:index")).content.decode()
    clerk.force_login(make.a_user(cast.zone, "考评组"), BACKEND)
    assert clerk.get(address).status_code == 403
    assert f'href="{address}"' not in clerk.get(reverse("admin:index")).content.decode()


# --- 文书模板


def test_every_office_with_papers_finds_the_page_in_its_menu(client: Client, cast: Cast):
    address = reverse("admin:templates")
    for one in template_sets():
        codename = one.permission.partition(".")[2]
        group = Group.objects.filter(permissions__codename=codename).order_by("pk")[0].name
        client.force_login(make.a_user(cast.zone, group), BACKEND)
        assert client.get(address).status_code == 200
        assert f'href="{address}"' in client.get(reverse("admin:index")).content.decode(), group


def test_template_is_replaced_downloaded_and_restored(clerk: Client, cast: Cast):
    own = default_template("letter")
    page = post(clerk, "template_replace", {"template": file(own, "本区聘书.docx")}, "letter")
    assert "聘书改用“本区聘书.docx”。" in page
    assert "本单位：本区聘书.docx" in page
    response = clerk.get(reverse("admin:template_current", args=["letter"]))
    assert response.content == own
    assert response["Content-Disposition"].startswith("attachment")
    assert "聘书已恢复默认模板" in post(clerk, "template_restore", {}, "letter")
    assert not DocumentTemplate.objects.filter(is_current=True).exists()


def test_template_that_cannot_be_used_is_refused_with_why(clerk: Client):
    assert "不是 .docx" in post(clerk, "template_replace", {"template": file(b"x")}, "letter")
    assert "请先选择 Word 文件" in post(clerk, "template_replace", {}, "letter")
    assert clerk.post(reverse("admin:template_replace", args=["poster"])).status_code == 404
    assert clerk.get(reverse("admin:template_replace", args=["letter"])).status_code == 405
    assert not DocumentTemplate.objects.exists()


# --- 任免审批表


def received(client: Client, *files: SimpleUploadedFile) -> tuple[str, str]:
    response = client.post(reverse("admin:lrmx"), {"files": list(files)}, follow=True)
    return response.redirect_chain[-1][0], response.content.decode()


def test_chosen_differences_are_taken_over_and_the_others_are_not(clerk: Client, cast: Cast):
    address, page = received(clerk, file(of_loser(cast, MinZu="回", CanJiaGongZuoShiJian="200407")))
    assert "认出1人" in page
    assert cast.loser.id_number not in page
    assert not PersonDossierFile.objects.exists()
    refused = clerk.post(address, {"take~0": ["MinZu"]}).content.decode()
    assert "请写明更正的原因" in refused
    assert 'value="MinZu" checked' in refused
    assert not PersonDossierFile.objects.exists()
    done = clerk.post(address, {"take~0": ["MinZu"], "reason": "档案核对"}, follow=True).content.decode()
    assert "已保存1份任免审批表，更正1项人员信息。" in done
    cast.loser.refresh_from_db()
    assert (cast.loser.ethnicity, cast.loser.work_started_on) == ("03", date(2003, 7, 1))
    assert "已经过期或已写入" in clerk.get(address, follow=True).content.decode()


def test_file_known_by_name_only_waits_for_a_word_and_strangers_are_told(clerk: Client, cast: Cast):
    by_name = new_lrmx({"XingMing": "孙三", "MinZu": "回"}).to_bytes()
    stranger = new_lrmx({"XingMing": "周五"}).to_bytes()
    address, page = received(
        clerk,
        file(by_name, "孙.lrmx"),
        file(stranger, "周.lrmx"),
        file(of_loser(cast), "一.lrmx"),
        file(of_loser(cast), "二.lrmx"),
        file(b"PK", "坏.lrmx"),
    )
    for word in ("请确认是同一个人", "本区没有“周五”", "与“一.lrmx”是同一个人", "不是完整的 XML", "认出2人"):
        assert word in page
    refused = clerk.post(address, {"take~0": ["MinZu"], "reason": "核对"}).content.decode()
    assert "按姓名找到唯一的孙三" in refused
    assert not PersonDossierFile.objects.exists()
    done = clerk.post(address, {"same~0": "1"}, follow=True).content.decode()
    assert "已保存2份任免审批表，人员信息没有改动；3份没有采用。" in done


def test_received_files_are_for_their_uploader_only(clerk: Client, cast: Cast):
    address, _ = received(clerk, file(of_loser(cast)))
    clerk.force_login(cast.second, BACKEND)
    assert "这次预检是别人做的" in clerk.get(address, follow=True).content.decode()


def test_one_person_goes_out_as_a_file_and_several_as_a_zip(clerk: Client, cast: Cast):
    found = clerk.get(reverse("admin:lrmx"), {"q": "钱"}).content.decode()
    assert "钱二" in found
    assert "赵一" not in found
    address = reverse("admin:lrmx_export")
    one = clerk.post(address, {"round": cast.round.pk, "row": [cast.loser.pk]})
    assert "<XingMing>钱二</XingMing>" in one.content.decode()
    both = clerk.post(address, {"round": cast.round.pk, "row": [cast.loser.pk, cast.winner.pk]})
    assert zipfile.ZipFile(io.BytesIO(both.content)).namelist() == ["赵一.lrmx", "钱二.lrmx"]
    everybody = clerk.post(address, {"round": cast.round.pk, "everybody": "1"})
    assert "<XingMing>赵一</XingMing>" in everybody.content.decode()
    assert AuditEvent.objects.filter(action="导出文书").count() == 3
    assert "请先在表中选择人员" in post(clerk, "lrmx_export", {"round": cast.round.pk})
    assert "请选择轮次" in post(clerk, "lrmx_export", {"everybody": "1"})


# --- 工作清单


def test_work_lists_are_shown_and_each_goes_out_as_a_workbook(clerk: Client, cast: Cast):
    unit = make.a_unit(cast.zone, "财政局")
    make.a_tenure(cast.loser, make.a_position(unit, "主任", "L50", cast.round.setup), kind="CONCURRENT")
    page = clerk.get(reverse("admin:worklists")).content.decode()
    assert "空缺1个，兼任和主持工作1人次" in page
    assert "GX01-L70-001" in page
    response = clerk.get(reverse("admin:worklist_export", args=["beside"]))
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[0] == ("序号", "单位", "岗位", "姓名", "方式", "起始日期", "占职数")
    assert rows[1] == (1, "财政局", "主任", "钱二", "兼任", "2022-01-23", "是")
    assert AuditEvent.objects.latest("id").subject == "兼任和主持工作1条"
    assert clerk.get(reverse("admin:worklist_export", args=["other"])).status_code == 404


def test_work_list_of_the_long_held_goes_by_the_years_asked_for(clerk: Client, cast: Cast):
    address = reverse("admin:worklists")
    assert "同一岗位满99年0人" in clerk.get(address, {"years": "99"}).content.decode()
    assert clerk.get(address, {"years": "9" * 40}).status_code == 200


def test_long_work_list_shows_its_first_rows_and_all_by_itself(clerk: Client, cast: Cast):
    unit = make.a_unit(cast.zone, "财政局")
    for number in range(55):
        make.a_position(unit, f"岗{number:02}", "L50", cast.round.setup)
    address = reverse("admin:worklists")
    page = clerk.get(address).content.decode()
    assert "全部56条" in page
    assert page.count('data-label="岗位">岗') == 19
    page = clerk.get(address, {"list": "empty", "page": "2"}).content.decode()
    assert page.count('data-label="岗位">岗') == 6
    assert "兼任和主持工作</h2>" not in page


# --- papers of a round


def test_paper_that_is_downloaded_leaves_its_event(clerk: Client, cast: Cast):
    assert clerk.get(reverse("admin:batch_paper", args=[cast.batch.pk, "notice", "docx"])).status_code == 200
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.details) == ("导出文书", {"kind": "notice", "format": "docx"})


def test_papers_of_all_persons_are_reached_from_the_page_of_the_round(clerk: Client, cast: Cast):
    page = clerk.get(reverse("admin:round", args=[cast.round.pk])).content.decode()
    assert "全部1人在一个文件里" in page
    for kind, fmt in (
        ("letter", "docx"),
        ("duties", "xlsx"),
        ("appointment", "docx"),
        ("approval_form", "lrmx"),
    ):
        address = reverse("admin:round_paper", args=[cast.round.pk, kind, fmt])
        assert f'href="{address}"' in page
        assert clerk.get(address)["Content-Disposition"].startswith("attachment")
    assert "?later=1" not in page
