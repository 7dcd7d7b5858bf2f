"""The diagrams say what the tables say, and docs/ holds the ones drawn from the tables of today."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from reform.actors import ACTOR_LABELS
from reform.diagrams import diagram, machines
from reform.management.commands.machine_diagrams import documents
from tests import factories as make

MACHINES = machines()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("key", MACHINES)
def test_every_row_of_a_table_stands_in_the_legend_once(key: str):
    _, _, table = MACHINES[key]
    found = [(source, step.target, step.label) for step in diagram(key).steps for source in step.sources]
    assert sorted(found) == sorted(
        (str(row.source), str(row.target), row.label or row.event) for row in table
    )


@pytest.mark.parametrize("key", MACHINES)
def test_every_state_and_every_number_is_drawn(key: str):
    one = diagram(key)
    texts = [node.text for node in ET.fromstring(one.svg).iter(f"{SVG}text")]
    _, states, _ = MACHINES[key]
    for state in states:
        assert texts.count(state.label) == 1
    for step in one.steps:
        assert str(step.number) in texts
        assert step.actor in ACTOR_LABELS.values()


@pytest.mark.parametrize("key", MACHINES)
def test_boxes_do_not_overlap_and_stay_inside(key: str):
    root = ET.fromstring(diagram(key).svg)
    width, height = (float(size) for size in root.attrib["viewBox"].split()[2:])
    boxes = [
        tuple(float(node.attrib[name]) for name in ("x", "y", "width", "height"))
        for node in root.iter(f"{SVG}rect")
        if "x" in node.attrib
    ]
    for place, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for other_x, other_y, other_w, other_h in boxes[:place]:
            apart = x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
            assert apart


def test_docs_hold_the_diagrams_of_the_tables_as_they_are():
    docs = Path(settings.BASE_DIR) / "docs"
    stale = [path for path, text in documents().items() if (docs / path).read_text(encoding="utf-8") != text]
    assert stale == [], "manage.py machine_diagrams"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["考评组", "考核办"])
def test_page_shows_every_machine(client: Client, role: str):
    client.force_login(make.a_user(make.a_zone(), role), "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:machines")).content.decode()
    assert len(re.findall("<svg", page)) >= len(MACHINES)
    for words in ("批准方案", "领导小组", "双向选择意向表", "竞岗聘任", "考核办", "年度目标责任书"):
        assert words in page
