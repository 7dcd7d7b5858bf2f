"""Code tables: domain.md §9, headers.md "Values differ"."""

import pytest

import reform.codes
from reform.codes import (
    DEGREE,
    EDUCATION,
    ETHNICITY,
    FAMILY_RELATION,
    HEALTH,
    IDENTITY,
    MARRIAGE,
    POLITICAL_STATUS,
    POST_RANK,
    SEX,
    AvoidanceClass,
    CodeTable,
    avoidance_class,
    code_of,
    education_rank,
)
from reform.errors import CellError, RuleError

TABLES = [value for value in vars(reform.codes).values() if isinstance(value, CodeTable)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_is_exported_is_read_back_as_the_same_code(table: CodeTable):
    assert [code_of(table, table[code]) for code in table] == list(table)
    assert [code_of(table, code) for code in table] == list(table)


@pytest.mark.parametrize(
    ("table", "word", "code"),
    [
        (SEX, "男", "1"),
        (SEX, " 女 ", "2"),
        (SEX, 1, "1"),
        (ETHNICITY, "汉", "01"),
        (ETHNICITY, "汉族", "01"),
        (ETHNICITY, "汉  族", "01"),
        (ETHNICITY, 1, "01"),
        (ETHNICITY, "土家", "15"),
        (ETHNICITY, "基诺族", "56"),
        (EDUCATION, "大学本科", "21"),
        (EDUCATION, "本科", "21"),
        (EDUCATION, "大学", "21"),
        (EDUCATION, "在职大学", "21"),
        (EDUCATION, "本科学历", "21"),
        (EDUCATION, "研究生", "10"),
        (EDUCATION, "硕士研究生", "14"),
        (EDUCATION, "博士研究生", "11"),
        (EDUCATION, "大学专科", "31"),
        (EDUCATION, "大专", "31"),
        (EDUCATION, "专科", "31"),
        (EDUCATION, "中专", "41"),
        (EDUCATION, "高中", "61"),
        (DEGREE, "学士", "4"),
        (DEGREE, "硕士学位", "3"),
        (DEGREE, "博士", "2"),
        (DEGREE, "管理学博士", "212"),
        (DEGREE, "工学硕士", "308"),
        (DEGREE, "MBA", "346"),
        (DEGREE, "mpa", "349"),
        (DEGREE, "法学学士", "403"),
        (POLITICAL_STATUS, "党员", "01"),
        (POLITICAL_STATUS, "中共党员", "01"),
        (POLITICAL_STATUS, "团员", "03"),
        (POLITICAL_STATUS, "民革党员", "04"),
        (POLITICAL_STATUS, "民盟盟员", "05"),
        (POLITICAL_STATUS, "民建会员", "06"),
        (POLITICAL_STATUS, "民进会员", "07"),
        (POLITICAL_STATUS, "农工党党员", "08"),
        (POLITICAL_STATUS, "致公党党员", "09"),
        (POLITICAL_STATUS, "九三学社社员", "10"),
        (POLITICAL_STATUS, "台盟盟员", "11"),
        (POLITICAL_STATUS, "群众", "13"),
        (HEALTH, "健康", "1"),
        (MARRIAGE, "已婚", "20"),
        (POST_RANK, "正处级", "131"),
        (POST_RANK, "副处级", "132"),
        (POST_RANK, "正科级", "141"),
        (POST_RANK, "副科", "142"),
        (POST_RANK, "科员", "150"),
        (POST_RANK, "无行政级别", "X0"),
        (IDENTITY, "行政编制", "XZ"),
        (IDENTITY, "行政编(公务员)", "XZ"),
        (IDENTITY, "参公", "CG"),
        (IDENTITY, "参公管理", "CG"),
        (IDENTITY, "事业编制", "SY"),
        (IDENTITY, "企业人员", "QY"),
        (IDENTITY, "国企人员", "QY"),
        (IDENTITY, "聘用人员", "PY"),
        (IDENTITY, "合同制", "PY"),
        (IDENTITY, "劳务派遣", "LW"),
        (FAMILY_RELATION, "丈夫", "11"),
        (FAMILY_RELATION, "儿媳", "38"),
        (FAMILY_RELATION, "堂兄", "91"),
        (FAMILY_RELATION, "小舅子", "X1"),
        (FAMILY_RELATION, "连襟", "X2"),
        (FAMILY_RELATION, "亲家母", "X3"),
    ],
)
def test_words_offices_write(table: CodeTable, word: object, code: str):
    assert code_of(table, word) == code


def test_all_ethnic_groups_are_loaded():
    assert list(ETHNICITY) == [f"{place:02d}" for place in range(1, 57)] + ["97", "98"]
    assert [ETHNICITY[code] for code in ("01", "05", "28", "29", "56", "97")] == [
        "汉族",
        "维吾尔族",
        "景颇族",
        "柯尔克孜族",
        "基诺族",
        "其他",
    ]


def test_unknown_word_names_the_nearest_label():
    with pytest.raises(CellError) as caught:
        code_of(ETHNICITY, "维吾族")
    error = caught.value
    assert (error.code, error.message, error.hint) == (
        "CODE_UNKNOWN",
        "民族“维吾族”不在代码表中。",
        "是否为“维吾尔族”？",
    )


def test_unknown_word_in_a_short_table_lists_what_may_stand_there():
    with pytest.raises(CellError) as caught:
        code_of(SEX, "M")
    assert caught.value.hint == "可填：男、女、未知的性别、未说明的性别。"


def test_blank_is_no_code():
    with pytest.raises(CellError) as caught:
        code_of(POLITICAL_STATUS, None)
    assert (caught.value.code, caught.value.message) == ("CODE_UNKNOWN", "政治面貌为空。")


RANKS = {
    6: "10 11 14 17",
    5: "12 16 19 21 28",
    4: "22 31",
    3: "33 41 44 47 61",
    2: "42 63 71",
    1: "73 81",
    0: "83 90",
}


@pytest.mark.parametrize(
    ("code", "rank"), [(code, rank) for rank, codes in RANKS.items() for code in codes.split()]
)
def test_education_rank(code: str, rank: int):
    assert education_rank(code) == rank


def test_rank_of_an_unknown_code_is_refused():
    with pytest.raises(RuleError):
        education_rank("20")


def test_every_relation_has_an_avoidance_class():
    assert {avoidance_class(code) for code in FAMILY_RELATION} == set(AvoidanceClass)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("12", AvoidanceClass.SPOUSE),
        ("20", AvoidanceClass.DIRECT),
        ("63", AvoidanceClass.DIRECT),
        ("88", AvoidanceClass.COLLATERAL),
        ("28", AvoidanceClass.AFFINE),
        ("87", AvoidanceClass.AFFINE),
        ("X3", AvoidanceClass.AFFINE),
        ("65", AvoidanceClass.REVIEW),
        ("99", AvoidanceClass.NONE),
    ],
)
def test_avoidance_class(code: str, expected: AvoidanceClass):
    assert avoidance_class(code) is expected


def test_only_relatives_of_the_rule_are_avoided():
    assert [kind.label for kind in AvoidanceClass if kind.is_avoided] == [
        "夫妻",
        "直系血亲",
        "三代以内旁系血亲",
        "近姻亲",
    ]


def test_unknown_relation_is_refused():
    with pytest.raises(RuleError, match="家庭关系代码“98”不在代码表中。"):
        avoidance_class("98")


def test_two_codes_cannot_share_a_word():
    with pytest.raises(ValueError, match="甲"):
        CodeTable("表", {"1": "甲", "2": "甲"})
