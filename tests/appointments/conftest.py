"""Where the tests of a person's own pages begin; the other tests have casts of their own."""

import pytest

from tests import factories as make

from .portal_cast import DAY, TODAY, an_open_batch, its_posts


@pytest.fixture
def zone():
    return make.a_zone()


@pytest.fixture
def round_(zone):
    return make.a_round(zone, str(TODAY.year), TODAY + 30 * DAY)


@pytest.fixture
def batch(round_):
    return an_open_batch(round_)


@pytest.fixture
def posts(batch):
    return its_posts(batch)


@pytest.fixture
def person(zone):
    return make.a_person(zone, "李娜")
