"""What all tests share: hypothesis profiles, settings that keep tests off the real data, the browser."""

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.demo import DEMO

# The same cases in every run: a red run is somebody's change. `make soak` looks for new ones.
hypothesis_settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
hypothesis_settings.register_profile(
    "soak", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Files whose tests share what took long to make, to the name of it: they go to one process.
TOGETHER = {
    "tests/reports/test_demo_pay.py": "the demo",
    "tests/reports/test_demo_rounds.py": "the demo",
    "tests/reports/test_demo_walk.py": "the demo",
    "tests/appointments/test_bulk.py": "613 rows",
}

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # root in a container has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "live_server",
    "django_db_setup",
    "django_db_serialized_rollback",
}


def _needs_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(
        DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with threads after all others, browser tests last: they empty the tables, and the browser's event
    loop would trouble the tests after them. On PostgreSQL only those that need a database: the others have
    run on SQLite already, and nothing is another there."""
    from django.db import connection

    if connection.vendor == "postgresql":
        spared = [item for item in items if not _needs_database(item)]
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if _needs_database(item)]
    items.sort(
        key=lambda item: [item.get_closest_marker(name) is not None for name in ("browser", "threads")]
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In several processes: test by test, but the files named above whole, and first."""
    from xdist.scheduler import LoadScopeScheduling

    class ByTestOrFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return TOGETHER.get(path, nodeid)

    return ByTestOrFile(config, log) if config.getvalue("dist") == "load" else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The demo is taken back when a test comes that does not look at it."""
    if "loaded" not in getattr(item, "fixturenames", ()):
        DEMO.close()


def pytest_sessionfinish() -> None:
    DEMO.close()


@pytest.fixture(scope="session")
def _database_of_the_demo(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """A test database, also where the demo's tests run alone: pytest-django makes one for the tests that bear
    its mark, and these bear none, for each would take the demo back."""
    from django.test.utils import setup_databases, teardown_databases

    if any(item.get_closest_marker("django_db") for item in request.session.items):
        yield
        return
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def loaded(_database_of_the_demo: None, django_db_blocker: Any) -> Iterator[str]:
    """What the demo said when it was loaded; its rows are there, and stay as they were."""
    from django.db import transaction

    said = DEMO.load(django_db_blocker)
    with transaction.atomic():
        yield said
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploads and the field key in a temporary directory; a password hash that takes no time."""
    from django.test import override_settings

    directory = tmp_path_factory.mktemp("data")
    with override_settings(
        UPLOAD_DIR=directory / "uploads",
        FIELD_KEY_FILE=directory / "field.key",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """With browser tests and tests with threads, SQLite in a file instead of in memory.

    In memory, all threads share one connection, and the transactions of requests that come
    together run into each other; with a file each thread has its own, as in service.
    """
    from django.db import connection

    if connection.vendor == "sqlite" and any(
        item.get_closest_marker("browser") or item.get_closest_marker("threads")
        for item in request.session.items
    ):
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def find_chromium() -> str | None:
    """The machine's own Chromium or Chrome; the variable CHROMIUM goes before all others."""
    candidates = [os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", *CHROMIUM_NAMES]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the session; skips the test when the machine has none."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("未找到 Chromium：请安装 chromium，或用环境变量 CHROMIUM 指明它的路径")
    playwright = pytest.importorskip("playwright.sync_api", reason="未安装 playwright：请运行 make test")
    from django.db import connections

    # Playwright keeps an event loop running in this thread. Django takes that for asynchronous code, refuses
    # the database there, and would open a second connection: it is given the one that the tests have.
    opened = {alias: connections[alias] for alias in connections}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with playwright.sync_playwright() as driver:
            for alias, connection in opened.items():
                connections[alias] = connection
            chromium = driver.chromium.launch(executable_path=executable, headless=True, args=CHROMIUM_FLAGS)
            yield chromium
            chromium.close()


@pytest.fixture
def context(browser: Any, live_server: Any, django_db_serialized_rollback: None) -> Iterator[Any]:
    """A fresh browser profile in Chinese on the live server; the database holds what migrations loaded."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1440, "height": 900},
        accept_downloads=True,
        service_workers="block",
    )
    yield context
    context.close()


@pytest.fixture
def page(context: Any) -> Any:
    """A page; `page.goto("/")` is the live server's first page."""
    return context.new_page()


@pytest.fixture
def foreign_requests() -> list[str]:
    """The addresses outside the live server that `offline_page` asked for; a good page leaves it empty."""
    return []


@pytest.fixture
def offline_page(context: Any, live_server: Any, foreign_requests: list[str]) -> Any:
    """A page without internet: every request to another host is refused and noted in `foreign_requests`."""
    own = urlsplit(live_server.url).netloc

    def answer(route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https") and address.netloc != own:
            foreign_requests.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    context.route("**/*", answer)
    return context.new_page()
