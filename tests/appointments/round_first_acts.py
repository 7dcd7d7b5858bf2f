"""The first acts of a whole round: plan, applications, 资格审查, assessment."""

from datetime import date
from typing import Any

import pytest

from appointments.models import PanelMember, ScoreSheet
from appointments.services.applications import application_submit
from appointments.services.assessment import ballots_enter, panel_set, score_sheet_enter, score_sheet_lock
from appointments.services.batch_posts import batch_post_cancel, batch_posts_add
from appointments.services.batch_steps import batch_step, batches_advance
from appointments.services.batches import batch_create, batch_set_steps, batch_update
from appointments.services.plans import round_plan_update
from appointments.services.round_steps import (
    round_approve,
    round_mobilize,
    round_run,
)
from appointments.services.scores import applications_shortlist, scores_compute, scores_publish
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from appointments.services.screening_appeals import (
    objection_decide_screening,
    objection_file_screening,
    waiver_approve,
    waiver_request,
)
from appointments.services.setups import positions_copy_from
from appointments.states import ApplicationState
from reform.errors import Refused
from reform.services.kinship import KinshipEntry, kinships_register

from .whole_round import Zone, ballots, day, panel, score

CHOICES = {
    "1": {
        "钱一": ["招商局长"],
        "孙二": ["招商局长", "经济副局长"],
        "李三": ["招商局长", "经济副局长"],
        "周四": ["经济副局长"],
    },
    "2": {
        "周四": ["综合科长"],
        "吴五": ["招商科长", "综合副科长"],
        "郑六": ["综合科长", "综合副科长"],
        "王七": ["综合科长", "招商副科长"],
        "冯八": ["招商副科长"],
    },
    "3": {"陈九": ["综合主办"], "褚十": ["综合主办"]},
}
SCORES = {
    "1": {"钱一": 80, "孙二": 80, "李三": 80, "周四": 70},
    "2": {"周四": 84, "吴五": 85, "郑六": 90, "王七": 88, "冯八": 80},
}


class FirstActs(Zone):
    """The acts of the round, in their order."""

    batch: dict[str, Any]

    def plan(self) -> None:
        clerk = self.user["人事"]
        positions_copy_from(round_=self.round, source=self.former, actor=clerk)
        self.by(
            "人事",
            round_plan_update,
            round_=self.round,
            consultation="2022-01-05职工代表大会通过",
            kinship_complete=True,
            caps_document_no="编办〔2021〕9号",
            kickoff_on=day(9),
            effective_on=day(28),
        )
        kinships_register(
            zone=self.zone,
            entries=[KinshipEntry(self.people["王七"].pk, "李三", "11", self.people["李三"].pk)],
            actor=clerk,
        )
        self.batch = {}
        for code, name, method, posts in (
            ("1", "中层", "JP", ("招商局长", "经济副局长")),
            ("2", "科室", "JP", ("综合科长", "招商科长", "综合副科长", "招商副科长")),
            ("3", "主办", "SX", ("综合主办", "招商主办")),
        ):
            batch = self.by("人事", batch_create, round_=self.round, code=code, name=name, method=method)
            batch_posts_add(batch=batch, positions=[self.post(key) for key in posts], actor=clerk)
            batch_set_steps(batch=batch, steps=self.days(method), actor=clerk)
            batch_update(batch=batch, ratio_document_no="批〔2022〕2号", actor=clerk)
            self.batch[code] = batch
        seat = self.batch_post(self.batch["1"], "经济副局长")
        type(seat).objects.filter(pk=seat.pk).update(seats=1)
        self.by("领导", round_approve, round_=self.round, on=day(8), document_no="高新党〔2022〕1号")

    def days(self, method: str) -> dict[str, tuple[date, date]]:
        assessed = {"ASSESS": (day(18), day(18)), "INSPECT": (day(19), day(19))} if method == "JP" else {}
        return self.steps(
            NOTICE=(day(10), day(12)),
            APPLY=(day(10), day(12)),
            SCREEN=(day(13), day(17)),
            MATCH=(day(18), day(18)),
            DECIDE=(day(19), day(19)),
            PUBLICITY=(day(20), day(26)),
            APPOINT=(day(27), day(28)),
            **assessed,
        )

    def open(self) -> None:
        self.by("人事", round_mobilize, round_=self.round, on=day(9), document_no="会纪〔2022〕1号")
        for batch in self.batch.values():
            self.by("人事", batch_step, batch=batch, event="publish", on=day(10), document_no="公告")
        self.by("人事", round_run, round_=self.round, on=day(10))
        batches_advance(zone=self.zone, actor=self.user["人事"], on=day(10))
        for batch in self.batch.values():
            batch.refresh_from_db()
        for code, wishes in CHOICES.items():
            for name, posts in wishes.items():
                application_submit(
                    batch=self.batch[code],
                    person=self.people[name],
                    positions=[self.post(key) for key in posts],
                    actor=self.bind(f"{name}") if code == "1" and name == "钱一" else self.user["人事"],
                    on=day(11),
                    declares_kin=False,
                    achievements="连续三年完成任务",
                    rewards="无此类情况",
                )

    def screen(self) -> None:
        batches_advance(zone=self.zone, actor=self.user["人事"], on=day(13))
        for batch in self.batch.values():
            batch.refresh_from_db()
            self.by("人事", applications_evaluate, batch=batch, on=day(13))
            self.decide_unknown(batch)
        self.waive()
        late = self.application(self.batch["2"], "冯八", "招商副科长")
        for batch in self.batch.values():
            rows = [one for one in self.live(batch) if one.pk != late.pk]
            assert applications_screen(applications=rows, actor=self.user["人事"], on=day(13)) == []
            assert self.by("监督组", applications_review, applications=rows, on=day(13)) == []
        self.reject_and_hear(late)

    def live(self, batch: Any) -> list[Any]:
        rows = [one for sheet in batch.candidacies.all() for one in sheet.applications.all()]
        return [one for one in rows if one.state == ApplicationState.SUBMITTED]

    def decide_unknown(self, batch: Any) -> None:
        unknown = [
            row for one in self.live(batch) for row in one.rule_results.all() if row.outcome == "UNKNOWN"
        ]
        if unknown:
            assert not rule_results_decide(
                results=unknown, outcome="PASS", note="档案核实", actor=self.user["人事"], on=day(13)
            )

    def waive(self) -> None:
        """周四 is 47 and wants a post whose applicants are to be 45 at most."""
        one = self.application(self.batch["1"], "周四", "经济副局长")
        assert [row.rule for row in one.rule_results.all() if row.final == "FAIL"] == ["MAX_AGE"]
        waiver = self.by(
            "人事", waiver_request, application=one, rule="MAX_AGE", reason="分管项目急需", on=day(13)
        )
        self.by("领导", waiver_approve, waiver=waiver, document_no="高新党〔2022〕2号", on=day(13))

    def reject_and_hear(self, one: Any) -> None:
        clerk, said = self.user["人事"], "任职年限不足"
        assert not applications_screen(
            applications=[one], actor=clerk, on=day(13), conclusion="REJECTED", reason=said
        )
        one.refresh_from_db()
        assert not applications_review(applications=[one], actor=self.user["监督组"], on=day(13), reason=said)
        one.refresh_from_db()
        assert one.state == ApplicationState.REJECTED
        assert not applications_notify(applications=[one], actor=clerk, on=day(13))
        one.refresh_from_db()
        mine = self.bind("冯八")
        with pytest.raises(Refused):
            objection_file_screening(application=one, facts="任主办已满三年", actor=mine, on=day(18))
        objection = objection_file_screening(application=one, facts="任主办已满三年", actor=mine, on=day(14))
        with pytest.raises(Refused):
            batch_step(batch=self.batch["2"], event="assess", actor=clerk, on=day(18))
        self.by(
            "监督组",
            objection_decide_screening,
            objection=objection,
            upheld=True,
            reply="经核实符合条件",
            investigators="监督组二人",
            on=day(14),
        )
        one.refresh_from_db()
        assert one.state == ApplicationState.QUALIFIED

    def assess(self) -> None:
        clerk = self.user["人事"]
        with pytest.raises(Refused, match="不足2:1"):
            batch_step(batch=self.batch["2"], event="assess", actor=clerk, on=day(18))
        post = self.batch_post(self.batch["2"], "招商科长")
        self.by("人事", batch_post_cancel, post=post, on=day(18), reason="报名不足2:1")
        for code in ("1", "2"):
            self.by("人事", batch_step, batch=self.batch[code], event="assess", on=day(18))
            self.batch[code].refresh_from_db()
            self.judge(code)

    def judge(self, code: str) -> None:
        batch, clerk = self.batch[code], self.user["人事"]
        panel_set(batch=batch, members=panel(), actor=clerk, on=day(18))
        sheet_of = {one.person.name: one.pk for one in batch.candidacies.select_related("person")}
        marks = {sheet_of[name]: score(number) for name, number in SCORES[code].items()}
        for member in PanelMember.objects.filter(batch=batch):
            score_sheet_enter(
                batch=batch, item="interview", scores=marks, actor=clerk, on=day(18), member=member
            )
        item = "results" if code == "1" else "written"
        score_sheet_enter(batch=batch, item=item, scores=marks, actor=clerk, on=day(18))
        good = {sheet_of[name]: 8 if number >= 80 else 5 for name, number in SCORES[code].items()}
        entries = [ballot for key, number in good.items() for ballot in ballots(key, number)]
        ballots_enter(batch=batch, ballots=entries, actor=clerk, on=day(18))
        sheets = list(ScoreSheet.objects.filter(batch=batch))
        assert score_sheet_lock(sheets=sheets, actor=clerk, on=day(18))  # who entered them may not
        assert self.by("考评组", score_sheet_lock, sheets=sheets, on=day(18)) == []
        computed = self.by("考评组", scores_compute, batch=batch, on=day(18))
        assert (computed.refused, computed.ties) == ([], [])
        batch.refresh_from_db()
        scores_publish(batch=batch, actor=self.user["考评组"], on=day(18))
        batch.refresh_from_db()
        self.by("考评组", batch_step, batch=batch, event="match", on=day(18))
        batch.refresh_from_db()
        applications_shortlist(batch=batch, actor=clerk, on=day(18))
