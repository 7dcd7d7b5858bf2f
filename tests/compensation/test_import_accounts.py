"""银行账号 by workbook: who brings them, encrypted everywhere, one account for one person."""

import pytest
from django.urls import reverse

from compensation.services.papers import bank_file_export
from reform.errors import Refused
from reform.models import Person, RowChange
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.compensation.casts import Cast, a_cast
from tests.compensation.test_import_pay import bring, codes, who

pytestmark = pytest.mark.django_db
HEADERS = ["姓名", "身份证号", "银行卡号"]
ACCOUNT = "6222020200112233445"


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    for name in ("张甲", "李乙"):
        made.join(name, "L30")
    return made


def test_accounts_come_in_encrypted_and_reach_the_bank(cast: Cast):
    cast.pool()
    run = cast.paid("2022-03")
    with pytest.raises(Refused, match="上传银行账号表"):
        bank_file_export("csv", run=run, actor=cast.finance)
    rows = ([*who(cast, "张甲"), "6222 0202 0011 2233 445"], [*who(cast, "李乙"), "0101-99887766"])
    outcome = bring(cast, "工资代发账号", HEADERS, *rows)
    assert (outcome.ok, outcome.files[0].kind, outcome.counts) == (True, "bank_accounts", {"created": 2})
    assert Person.objects.get(name="张甲").bank_account == ACCOUNT
    changes = RowChange.objects.filter(model="reform.Person", event__action="登记银行账号")
    assert changes.count() == 2
    assert not any("112233445" in str(one.after) for one in changes)
    assert ACCOUNT in bank_file_export("csv", run=run, actor=cast.finance)[1].decode("utf-8-sig")
    assert bring(cast, "工资代发账号", HEADERS, *rows).counts == {"unchanged": 2}
    changed = bring(cast, "工资代发账号", HEADERS, [*who(cast, "张甲"), "6222020200112299999"])
    assert changed.counts == {"changed": 1}
    assert "****9999" in str(changed.files[0].changes)
    assert "112299999" not in str(changed.files[0].changes)


def test_every_fault_of_an_account_is_told_and_none_repeats_it(cast: Cast):
    cast.join("王丙", "L30")
    cast.join("赵丁", "L30")
    Person.objects.filter(name="赵丁").update(bank_account=ACCOUNT)
    outcome = bring(
        cast,
        "银行账号",
        HEADERS,
        [*who(cast, "张甲"), 6222020200112233445],
        [*who(cast, "李乙"), "****3445"],
        [*who(cast, "王丙"), ACCOUNT],
        [*who(cast, "王丙"), "12345678"],
        ["某人", make.an_id_number(), "12345678"],
    )
    assert sorted(codes(outcome)) == [
        "ACCOUNT_AS_NUMBER",
        "ACCOUNT_MASKED",
        "ACCOUNT_SHARED",
        "PAY_ROW_TWICE",
        "PERSON_UNKNOWN",
    ]
    assert not any("112233445" in one.message for one in outcome.errors)
    short = bring(cast, "银行账号", HEADERS, [*who(cast, "张甲"), "123"])
    assert codes(short) == ["ACCOUNT_INVALID"]


def test_two_who_change_accounts_with_each_other_are_no_fault(cast: Cast):
    bring(cast, "银行账号", HEADERS, [*who(cast, "张甲"), "11111111"], [*who(cast, "李乙"), "22222222"])
    outcome = bring(
        cast, "银行账号", HEADERS, [*who(cast, "张甲"), "22222222"], [*who(cast, "李乙"), "11111111"]
    )
    assert (outcome.ok, outcome.counts) == (True, {"changed": 2})


def test_only_the_office_of_pay_brings_and_takes_accounts(cast: Cast):
    hr = make.a_user(cast.zone, "人事")
    outcome = bring(cast, "银行账号", HEADERS, [*who(cast, "张甲"), ACCOUNT], actor=hr, check=True)
    assert codes(outcome) == ["CALL_REFUSED"]
    assert logged_in(hr).get(reverse("admin:upload_export", args=["bank_accounts"])).status_code == 403
    office = logged_in(cast.office)
    assert office.get(reverse("admin:upload_export", args=["bank_accounts"])).status_code == 200
