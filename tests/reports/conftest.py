"""Fixtures for the tests of requested reports: a mail server, data in acme, and an order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from reports.models import ReportRequest
from tests.cast import Cast
from tests.reports.orders import order, week_of_mail
from tests.reports.smtp_sink import Sink, smtp_sink


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A mail server that takes what Django sends."""
    with smtp_sink() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = running.port
        settings.EMAIL_TIMEOUT = 60
        yield running


@pytest.fixture
def acme_mail(cast: Cast) -> None:
    """A week of mail at acme: old TLS, no TLS, OAuth, failed logins."""
    week_of_mail(cast.acme)


@pytest.fixture
def make_order(cast: Cast) -> Callable[..., ReportRequest]:
    """Return a maker of requests for acme's week."""

    def make(**changes: Any) -> ReportRequest:
        return order(
            **{"tenant": cast.acme, "asked_by": cast.alice, "addresses": [cast.alice.email], **changes}
        )

    return make
