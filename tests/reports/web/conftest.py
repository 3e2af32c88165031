"""A fixed day, and a week of mail at acme beside a canary at its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from insights.enums import FailureReason, TlsVersion
from tests.cast import Cast
from tests.factories import fail_login, submit

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
CANARY = "canary@initech.example"


def days_ago(days: int, *, hour: int = 9) -> datetime:
    """Return an instant of that day, the same calendar day in each tenant's zone at these hours."""
    return (NOW - timedelta(days=days)).replace(hour=hour)


@pytest.fixture
def now() -> Iterator[datetime]:
    """Stop the clock at NOW, a Tuesday."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def week(cast: Cast, now: datetime) -> Cast:
    """Seven days of acme: 16 messages, 22 recipients, 3 accounts; the neighbours have more of everything."""
    acme = cast.acme
    submit(acme, at=days_ago(1), account="anna@ACME.example", tls=TlsVersion.TLS1_3, count=5)
    submit(
        acme,
        at=days_ago(1),
        account="scanner@acme.example",
        client_ip="192.0.2.77",
        tls=TlsVersion.TLS1_0,
        mechanism="LOGIN",
        count=3,
    )
    submit(
        acme,
        at=days_ago(2),
        account="scanner@acme.example",
        client_ip="192.0.2.78",
        tls=TlsVersion.NONE,
        count=1,
    )
    submit(
        acme,
        at=days_ago(3),
        account="app@acme.example",
        sender="news@acme-mail.example",
        tls=TlsVersion.UNKNOWN,
        mechanism="XOAUTH2",
        recipients=4,
        count=2,
    )
    submit(acme, at=days_ago(4), account="app@acme.example", sender="=cmd|' /c calc'!a1", mechanism="XOAUTH2")
    submit(acme, at=days_ago(6), account="Anna@Acme.example", tls=TlsVersion.TLS1_2, count=4)
    submit(acme, at=days_ago(20), account="old@acme.example", tls=TlsVersion.TLS1_1, count=50)
    fail_login(acme, at=days_ago(1), account="Admin", count=3)
    fail_login(acme, at=days_ago(2), account="anna@acme.example", reason=FailureReason.SERVER_FAULT)
    for neighbour in (cast.initech, cast.globex):
        submit(
            neighbour,
            at=days_ago(1),
            account=CANARY,
            tls=TlsVersion.SSL3,
            client_ip="198.51.100.66",
            count=99,
        )
        fail_login(neighbour, at=days_ago(1), account=CANARY, client_ip="198.51.100.66", count=99)
    return cast
