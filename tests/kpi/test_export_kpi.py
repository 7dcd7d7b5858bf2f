"""Layouts 9 and 11 out: what is written, masked numbers, and that it reads back; the upload page and the
command offer the cycle."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, PersonEntry
from reform.exchange.context import Context, Options
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import AuditEvent, Membership, Upload, Zone
from tests import factories as make

from .sheets import FORMULA, INDICATORS, MEN, PEOPLE, UNITS, an_office, book, leaf, person, unit

pytestmark = pytest.mark.django_db

LAYOUT_11 = [
    *(
        "编码",
        "一级指标",
        "二级指标",
        "三级指标",
        "单位",
        "权重",
        "方向",
        "基期值",
        "目标值",
        "挑战值",
        "实际值",
    ),
    *("完成率", "计分规则", "规则参数", "得分", "责任单位", "数据来源", "佐证材料", "备注"),
]
LAYOUT_9 = [
    *("序号", "单位", "姓名", "岗位", "层级", "单位得分", "个人得分", "综合得分", "单位内排名", "建议等次"),
    *("确定等次", "绩效系数", "备注"),
]
LAYOUT_9_UNITS = [
    *(
        "序号",
        "单位",
        "指标得分",
        "加分",
        "扣分",
        "否决",
        "总分",
        "排名",
        "等次",
        "优秀比例",
        "优秀名额",
        "单位系数",
    )
]


@pytest.fixture
def office(tmp_path):
    return an_office(tmp_path)


@pytest.fixture
def brought(office):
    """A year with the zone's and a unit's leaves, scores of two units, and two persons."""
    leaves = [
        leaf("投资", 60, 100, 90, rule="比例+超额加分", parameters="每超1%加0.1分"),
        leaf("开工", 40, 10, 12, "科技园", rule="目标完成法", remark="含续建"),
    ]
    own = [leaf("园区收入", 100, None, "优秀2档", "科技园", rule="等次评价", measure="")]
    run = office.bring(
        {
            "k.xlsx": book(INDICATORS, *leaves),
            "o.xlsx": book(INDICATORS, *own),
            "u.xlsx": book(UNITS, unit("招商局", 91.2, 1), unit("建设有限公司", 95, veto="事故")),
            "p.xlsx": book(
                PEOPLE, person("李娜"), person("周强", unit="招商局", veto="酒驾"), lines=(FORMULA,)
            ),
        }
    )
    assert run.status == 0, run.errors
    return office


def someone(plain=True):
    """A user who sees ID numbers in the clear, or one who does not."""
    if plain:
        return get_user_model().objects.create_superuser(f"root{get_user_model().objects.count()}")
    return get_user_model().objects.create_user("clerk")


def exported(kind, actor=None, code="2021"):
    """The exported workbook and its rows."""
    now = timezone.now()
    context = Context(Zone.objects.get(), actor or someone(), now, timezone.localdate(now), Options())
    assert target_class("cycle").choose(context, code)
    resource = sheet_class(kind)
    data = write_workbook(resource(context), f"试验区{code}年{resource.label}", resource(context).records())
    return data, list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)


def test_layout_11_holds_targets_actuals_and_scores(brought):
    _, rows = exported("indicators")
    assert list(rows[1][: len(LAYOUT_11)]) == LAYOUT_11
    assert rows[1][len(LAYOUT_11) :] == ("考核对象", "是否核心")
    lines = [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]
    zone = lines[0]
    assert (zone["一级指标"], zone["二级指标"], zone["单位"], zone["权重"]) == (
        "经济运行",
        "投资",
        "亿元",
        60,
    )
    assert (zone["目标值"], zone["实际值"], zone["完成率"], zone["得分"]) == (100, 90, "90%", 54)
    assert (zone["计分规则"], zone["规则参数"]) == ("比例+超额加分", "每超1%加0.1分,最多加1.5分")
    assert (zone["责任单位"], zone["方向"], zone["考核对象"]) == ("招商局", "正向", "全区")
    assert (lines[1]["备注"], lines[1]["完成率"]) == ("含续建", "120%")
    assert (lines[2]["实际值"], lines[2]["得分"], lines[2]["考核对象"]) == ("优秀2档", 95, "科技园")


def test_layout_9_of_units_holds_results_and_quotas(brought):
    _, rows = exported("unit_scores")
    assert list(rows[1]) == LAYOUT_9_UNITS
    lines = [dict(zip(LAYOUT_9_UNITS, row, strict=True)) for row in rows[2:]]
    assert [(one["单位"], one["总分"], one["排名"], one["等次"]) for one in lines] == [
        ("科技园", 95, 1, "一等"),
        ("招商局", 92.2, 2, "二等"),
        ("建设有限公司", 95, 3, "四等"),
    ]
    assert (lines[0]["优秀比例"], lines[1]["优秀比例"], lines[2]["优秀比例"]) == ("25%", "20%", "10%")
    # 92.20 / 90
    assert (lines[1]["单位系数"], lines[2]["否决"], lines[0]["否决"]) == (1.0244, "事故", None)


def test_layout_9_of_persons_holds_results(brought):
    _, rows = exported("personal_scores")
    assert list(rows[1][: len(LAYOUT_9)]) == LAYOUT_9
    lines = {row[2]: dict(zip(rows[1], row, strict=True)) for row in rows[2:]}
    assert (lines["李娜"]["单位"], lines["李娜"]["岗位"], lines["李娜"]["层级"]) == (
        "招商局",
        "科长",
        "科室正职",
    )
    assert (lines["李娜"]["单位得分"], lines["李娜"]["个人得分"]) == (92.2, 84)
    assert (lines["周强"]["确定等次"], lines["周强"]["绩效系数"]) == ("不合格", 0)
    assert lines["周强"]["建议等次"] == "不合格"
    assert lines["李娜"]["身份证号"] == MEN["李娜"]["id"]
    assert (lines["李娜"]["一票否决事项"], lines["周强"]["一票否决事项"]) == (None, "酒驾")


def test_number_is_masked_without_the_permission_and_reading_it_back_is_an_error(brought):
    data, rows = exported("personal_scores", someone(plain=False))
    assert {row[-2] for row in rows[2:]} == {
        f"{MEN[name]['id'][:6]}********{MEN[name]['id'][-4:]}" for name in ("李娜", "周强")
    }
    run = brought.bring({"x.xlsx": data})
    assert (run.status, set(run.codes)) == (1, {"ID_MASKED"})


@pytest.mark.parametrize("kind", ["indicators", "unit_scores", "personal_scores"])
def test_export_read_back_changes_nothing(brought, kind):
    data, rows = exported(kind)
    run = brought.bring({"x.xlsx": data})
    assert (run.status, run.facts["written"], run.kinds()[0]) == (0, False, kind), run.errors
    assert run.counts(kind) == (0, 0, len(rows) - 2)
    assert run.warnings == []


def test_export_of_scores_that_quarters_or_ratings_made_gives_the_cycle_no_formula(brought):
    Cycle.objects.update(formula="")
    PersonEntry.objects.update(values={})
    data, rows = exported("personal_scores")
    run = brought.bring({"x.xlsx": data})
    assert (run.status, run.facts["written"], run.warnings) == (0, False, []), run.errors
    assert run.counts("personal_scores") == (0, 0, len(rows) - 2)
    assert Cycle.objects.get().formula == ""


@pytest.mark.parametrize("kind", ["indicators", "unit_scores", "personal_scores"])
def test_empty_template_is_recognised_and_brings_nothing(office, kind, client):
    user = someone()
    Membership.objects.create(user=user, zone=Zone.objects.get())
    client.force_login(user)
    answer = client.get(reverse("admin:upload_template", args=[kind]) + "?cycle=2021")
    assert answer.status_code == 200
    run = office.bring({"x.xlsx": answer.content})
    assert (run.kinds()[0], run.facts["written"]) == (kind, False)
    assert not Cycle.objects.exists()


def test_template_of_indicators_offers_rules_and_directions(office):
    zone = Zone.objects.get()
    now = timezone.now()
    context = Context(zone, someone(), now, timezone.localdate(now), Options())
    book_ = openpyxl.load_workbook(io.BytesIO(write_workbook(sheet_class("indicators")(context), "表", ())))
    lists = [one.formula1 for one in book_.worksheets[0].data_validations.dataValidation]
    assert any("正向" in one for one in lists)
    assert any("比例法" in one for one in lists)


def test_statements_of_an_export_do_not_grow_with_the_rows(office):
    zone, actor = Zone.objects.get(), someone()
    more = [make.a_person(zone, f"王{one}") for one in "甲乙丙丁戊己庚辛壬癸子丑"]

    def statements(count, code):
        rows = [["王" + one.name[1:], one.id_number, 90] for one in more[:count]]
        leaves = [leaf(f"指标{n}", 10, 10, 9, unit=("招商局", "科技园")[n % 2]) for n in range(10)]
        run = office.bring(
            {
                "p.xlsx": book(["姓名", "身份证号", "个人得分"], *rows, title="个人考核得分表"),
                "k.xlsx": book(INDICATORS, *leaves),
                "u.xlsx": book(
                    UNITS, *[unit(name) for name in ("招商局", "科技园", "建设有限公司")][: count // 3]
                ),
            },
            "--cycle",
            code,
        )
        assert run.status == 0, run.errors
        with CaptureQueriesContext(connection) as queries:
            for kind in ("indicators", "unit_scores", "personal_scores"):
                exported(kind, actor, code)
        return len(queries)

    assert statements(3, "2019") == statements(12, "2020")


def test_upload_page_takes_a_cycle_and_offers_its_exports(brought, client):
    user = someone()
    Membership.objects.create(user=user, zone=Zone.objects.get())
    client.force_login(user)
    page = client.get(reverse("admin:uploads")).content.decode()
    assert 'name="cycle"' in page
    assert f"{reverse('admin:upload_export', args=['indicators'])}?cycle=2021" in page
    answer = client.get(reverse("admin:upload_export", args=["unit_scores"]) + "?cycle=2021")
    assert (answer.status_code, AuditEvent.objects.latest("id").action) == (200, "导出")
    assert client.get(reverse("admin:upload_export", args=["unit_scores"]) + "?cycle=1999").status_code == 404


def test_cycle_chosen_on_the_upload_page_counts(office, client, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "kept"
    user = someone()
    Membership.objects.create(user=user, zone=Zone.objects.get())
    client.force_login(user)
    file = io.BytesIO(book(UNITS, unit("招商局"), title="部门绩效考核得分表", lines=()))
    file.name = "u.xlsx"
    answer = client.post(reverse("admin:uploads"), {"workbooks": [file], "cycle": "2021Q2"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    done = client.post(answer["Location"] + "confirm/")
    assert done.status_code == 302
    assert Cycle.objects.get().code == "2021Q2"


def test_page_of_an_upload_names_the_cycle_that_it_went_into(brought, client):
    root = someone()
    Membership.objects.create(user=root, zone=Zone.objects.get())
    client.force_login(root, "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:upload_detail", args=[Upload.objects.latest("id").pk])).content.decode()
    assert "考核周期 2021" in page
    assert "看领导报表" not in page
    assert "考核周期 2021" in client.get(reverse("admin:uploads")).content.decode()
