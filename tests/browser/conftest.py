"""Fixtures of the browser tests: Chromium, the site, two customers with mail, and somebody who is logged in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Visit, missing_chromium, running_chromium, visit
from tests.browser.serving import end_other_sessions, worker
from tests.browser.world import World, make_world
from tests.reports.smtp_sink import Sink, smtp_sink


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where there is no browser; in CI the tests fail instead."""
    missing = missing_chromium()
    if missing and os.environ.get("CI") != "true":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Two customers with mail up to now, committed, the same for all tests: what they ask for only adds to it.

    Importing takes longer than most of the tests; so the database is emptied once, when all of them have ended.
    """
    with django_db_blocker.unblock():
        try:
            yield make_world(tmp_path_factory.mktemp("logs"), now=timezone.now())
        finally:
            call_command("flush", database="owner", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def site(world: World) -> Iterator[str]:
    """The address of the running site."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()
    end_other_sessions()


@pytest.fixture(scope="package")
def sink() -> Iterator[Sink]:
    """The mail server that takes what the worker sends."""
    with smtp_sink() as running:
        yield running


@pytest.fixture(scope="package")
def queue_worker(site: str, sink: Sink) -> Iterator[None]:
    """A worker that does what the site queues, and mails to the sink."""
    with worker(site=site, smtp_port=sink.port):
        yield


@pytest.fixture(scope="package")
def chromium(site: str) -> Iterator[Browser]:
    """One browser for all tests; it leaves before the site does."""
    with running_chromium() as browser:
        yield browser
        # Playwright's loop has database sessions of its own, which nobody outside of it can close.
        connections.close_all()


@pytest.fixture
def stranger(chromium: Browser, site: str) -> Iterator[Visit]:
    """A window of somebody who is not logged in; nothing may have been complained of at the end."""
    with visit(chromium, site) as found:
        yield found
        assert found.complaints == []


@pytest.fixture
def alice(stranger: Visit, world: World) -> Visit:
    """Alice's window, at all customers."""
    stranger.log_in(world.alice.email)
    return stranger


@pytest.fixture
def one_day(world: World) -> None:
    """Let no midnight of the customer fall into a test whose pages and queries must mean the same days."""
    now = datetime.now(world.busy.zone)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    left = (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
    if left < 60:
        time.sleep(left)


@pytest.fixture(scope="session")
def axe() -> Path:
    """The script that looks for barriers; it comes with the browser assets."""
    path = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        missing = "no axe-core in node_modules: run `make assets`"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
