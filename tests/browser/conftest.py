"""What the journeys share."""

import pytest
from django.utils import timezone

from tests.browser.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(timezone, "now", lambda: found.now.astimezone(timezone.get_current_timezone()))
    return found
