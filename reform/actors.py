"""Who takes the steps of all machines: permission → the Chinese word for the actor in refusals and diagrams.

Which roles have the permissions stands in fixtures/roles.json.
"""

from collections.abc import Mapping

ACTOR_LABELS: Mapping[str, str] = {
    "": "系统",
    "appointments.run_round": "聘任办公室",
    "appointments.decide_round": "领导小组",
    "appointments.supervise_round": "监督组",
    "appointments.score_people": "考评组",
    "appointments.inspect_people": "考察组",
    "appointments.choose_people": "用人单位",
    "appointments.apply_for_post": "本人",
    "kpi.run_appraisal": "考核办",
    "kpi.report_actuals": "责任单位",
    "kpi.verify_actuals": "数据来源单位",
    "kpi.score_indicators": "评分人",
    "kpi.decide_appraisal": "领导小组",
    "kpi.supervise_appraisal": "监督组",
    "kpi.take_part": "本人",
    "compensation.run_pay": "薪酬专员",
    "compensation.check_pay": "财务",
    "compensation.decide_pay": "领导小组",
}
