"""Who applies in the demo's third round."""

from collections import Counter
from random import Random

from reports.demo.wishes import Applicant, Wanted, wishes_of

POSTS = [Wanted(1, 3, 1, unit=1), Wanted(2, 2, 2, unit=1), Wanted(3, 2, 1, unit=2)]
PEOPLE = [
    Applicant(11, 3, holds=1, unit=1, may_rise=False),
    Applicant(12, 2, holds=2, unit=1, may_rise=True),
    Applicant(13, 2, holds=2, unit=1, may_rise=False),
    Applicant(14, 2, holds=3, unit=2, may_rise=True),
    Applicant(15, 2, holds=99, unit=3, may_rise=False),
    Applicant(16, 1, holds=98, unit=3, may_rise=True),
    Applicant(17, 1, holds=98, unit=3, may_rise=False),
]


def wishes(**facts):
    return wishes_of(POSTS, PEOPLE, Random(1), **{"per_seat": 2, "most": 2} | facts)


def test_every_post_has_applicants_enough_and_nobody_asks_for_too_much():
    found = wishes()
    applied = Counter(key for keys in found.values() for key in keys)
    assert all(applied[post.key] >= 2 * post.seats for post in POSTS)
    assert max(len(keys) for keys in found.values()) <= 2
    assert all(len(set(keys)) == len(keys) for keys in found.values())


def test_holders_ask_for_their_own_post_first_and_only_the_fit_ask_for_more():
    found = wishes(per_seat=9)
    assert [found[key][0] for key in (11, 12, 13, 14)] == [1, 2, 2, 3]
    assert {11} < {key for key, keys in found.items() if 1 in keys} <= {11, 12, 14}
    assert 17 not in found
    assert 16 in found


def test_unwanted_post_has_only_its_holders():
    found = wishes(unwanted=[3])
    assert [key for key, keys in found.items() if 3 in keys] == [14]


def test_same_seed_gives_the_same_wishes():
    assert wishes() == wishes()
