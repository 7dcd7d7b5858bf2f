"""The cycle of an appraisal from its targets to its end, K1–K8."""

import pytest

from tests.kpi import casts

pytestmark = pytest.mark.django_db


def test_smoke():
    cast = casts.a_cast()
    cycle = casts.scoring(cast)
    assert cycle.state == "SCORING"
    assert cast.item("招商局投资").auto_score == 54
