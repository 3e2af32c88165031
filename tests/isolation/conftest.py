"""One stage for all tests of isolation, in one transaction; each test gets it as it was built."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.insights.web.week import NOW
from tests.isolation.world import World, make_world


@pytest.fixture(scope="package")
def stage(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    _settings_of_the_suite: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The world, built once; nothing of it is ever committed."""
    outbox = tmp_path_factory.mktemp("outbox")
    mail = override_settings(
        SHOW_OUTBOX=True,
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
        EMAIL_FILE_PATH=str(outbox),
    )
    # Forms draw every zone of the world anew; a few are as good here and a tenth of the work.
    zones = mock.patch("insights.web.settings_form.available_timezones", return_value={"UTC", "Asia/Seoul"})
    with django_db_blocker.unblock(), mail, zones, time_machine.travel(NOW, tick=False), transaction.atomic():
        yield make_world(outbox)
        transaction.set_rollback(True)


@pytest.fixture
def world(stage: World) -> Iterator[World]:
    """The world of this test alone: what it changes is taken back."""
    before = transaction.savepoint()
    yield stage
    transaction.savepoint_rollback(before)
    assert connection.in_atomic_block
