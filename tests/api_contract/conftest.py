"""The running site with its world, for requests that a generator makes from the description."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.api_contract.world import World, make_world, own_queues
from tests.browser.serving import end_other_sessions


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Committed rows, the same for all tests; the database is emptied when they have ended."""
    with django_db_blocker.unblock():
        try:
            yield make_world(tmp_path_factory.mktemp("logs"))
        finally:
            call_command("flush", database="owner", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def site(world: World) -> Iterator[str]:
    """The address of the running site, which lets everything through that is sent quickly."""
    quick = override_settings(API_REQUESTS_A_MINUTE=10**9, API_BATCHES_A_MINUTE=10**9)
    logging.getLogger("django.request").setLevel("ERROR")  # thousands of refusals are what is asked for
    with quick, own_queues():
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        end_other_sessions()
