"""Who a person is: sex, ethnicity, political status, health, marriage, identity kind (domain.md §1, §9)."""

from reform.codes.table import CodeTable

# GB/T 2261.1-2003
SEX = CodeTable(
    "性别",
    {"1": "男", "2": "女", "0": "未知的性别", "9": "未说明的性别"},
    {"男性": "1", "女性": "2", "未知": "0", "未说明": "9"},
)

# in the order of their codes, 01 to 56
_NATIONS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 "
    "黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 "
    "撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 "
    "裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_NATION_BY_CODE = {f"{place:02d}": nation for place, nation in enumerate(_NATIONS.split(), start=1)}

# GB/T 3304-1991; accepted with and without 族
ETHNICITY = CodeTable(
    "民族",
    {code: f"{nation}族" for code, nation in _NATION_BY_CODE.items()}
    | {"97": "其他", "98": "外国血统中国籍人士"},
    {nation: code for code, nation in _NATION_BY_CODE.items()},
)

# GB/T 4762-1984
POLITICAL_STATUS = CodeTable(
    "政治面貌",
    {
        "01": "中共党员",
        "02": "中共预备党员",
        "03": "共青团员",
        "04": "民革",
        "05": "民盟",
        "06": "民建",
        "07": "民进",
        "08": "农工党",
        "09": "致公党",
        "10": "九三学社",
        "11": "台盟",
        "12": "无党派民主人士",
        "13": "群众",
    },
    {
        **dict.fromkeys(("党员", "中共", "共产党员", "中共正式党员", "正式党员", "中国共产党党员"), "01"),
        **dict.fromkeys(("预备党员", "中国共产党预备党员"), "02"),
        **dict.fromkeys(("团员", "中国共产主义青年团团员"), "03"),
        **dict.fromkeys(("民革党员", "民革会员", "民革成员", "中国国民党革命委员会"), "04"),
        **dict.fromkeys(("民盟盟员", "民盟成员", "中国民主同盟"), "05"),
        **dict.fromkeys(("民建会员", "民建成员", "中国民主建国会"), "06"),
        **dict.fromkeys(("民进会员", "民进成员", "中国民主促进会"), "07"),
        **dict.fromkeys(
            ("农工党党员", "农工党员", "农工民主党", "农工民主党党员", "农工党成员", "中国农工民主党"), "08"
        ),
        **dict.fromkeys(("致公党党员", "致公党员", "致公党成员", "中国致公党"), "09"),
        **dict.fromkeys(("九三学社社员", "九三学社成员", "九三社员", "九三"), "10"),
        **dict.fromkeys(("台盟盟员", "台盟成员", "台湾民主自治同盟"), "11"),
        **dict.fromkeys(("无党派人士", "无党派"), "12"),
        **dict.fromkeys(("普通群众", "普通公民"), "13"),
    },
)

# GB/T 2261.3
HEALTH = CodeTable(
    "健康状况",
    {"1": "健康或良好", "2": "一般或较弱", "3": "有慢性病", "6": "残疾"},
    {"健康": "1", "良好": "1", "一般": "2", "较弱": "2", "慢性病": "3"},
)

# GB/T 2261.2
MARRIAGE = CodeTable(
    "婚姻状况",
    {
        "10": "未婚",
        "20": "已婚",
        "21": "初婚",
        "22": "再婚",
        "23": "复婚",
        "30": "丧偶",
        "40": "离婚",
        "90": "未说明",
    },
    {"离异": "40", "未说明的婚姻状况": "90"},
)

# Identity kinds (身份), domain.md §1; an archive attribute
IDENTITY = CodeTable(
    "身份类别",
    {
        "XZ": "行政编（公务员）",
        "CG": "参公",
        "SY": "事业编",
        "QY": "国企员工",
        "PY": "聘用制（劳动合同）",
        "LW": "劳务派遣",
        "QT": "其他",
    },
    {
        **dict.fromkeys(("行政编制", "行政编", "行政", "公务员", "公务员编制"), "XZ"),
        **dict.fromkeys(("参公管理", "参公编制", "参公人员", "参照公务员法管理", "参照公务员管理"), "CG"),
        **dict.fromkeys(("事业编制", "事业", "事业人员", "事业编制人员"), "SY"),
        **dict.fromkeys(("企业人员", "国企人员", "企业编制", "国有企业员工"), "QY"),
        **dict.fromkeys(
            ("聘用人员", "聘用制", "聘用", "合同制", "合同制人员", "劳动合同", "劳动合同制"), "PY"
        ),
        **dict.fromkeys(("劳务派遣人员", "派遣人员", "派遣", "劳务"), "LW"),
        **dict.fromkeys(("其他人员",), "QT"),
    },
)
