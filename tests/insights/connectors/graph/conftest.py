"""A directory that is served, a tenant that is connected with it, and a clock and a sleep that cost no time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from insights.connectors.graph.manage import Wanted, connect_directory
from insights.connectors.graph.poll import Outcome, poll
from insights.models import GraphConnection, LoginFailure, Submission
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.directory import CLIENT, DIRECTORY, NOW, SECRET, Directory, serving


def wanted(**other: Any) -> Wanted:
    """Return what somebody enters who connects the directory."""
    entered: dict[str, Any] = {
        "cloud": "global",
        "directory_id": DIRECTORY,
        "client_id": CLIENT,
        "secret": SECRET,
    }
    return Wanted(**{**entered, **other})


@dataclass
class Connected:
    """A tenant's connection; `slept` are the seconds that would have been waited, and time goes on by them."""

    tenant: Tenant
    connection_id: Any
    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def poll(self) -> Outcome:
        """Ask now."""
        return poll(
            tenant_id=self.tenant.pk,
            connection_id=self.connection_id,
            clock=lambda: self.now,
            sleep=self._sleep,
            is_by_hand=True,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def again(self) -> GraphConnection:
        """Return the connection as it is now."""
        with tenant_scope([self.tenant.pk]):
            return GraphConnection.objects.select_related("source").get(pk=self.connection_id)

    def logins(self) -> list[str]:
        """Return the accounts of the logins that are stored, by time."""
        with tenant_scope([self.tenant.pk]):
            return list(Submission.objects.order_by("occurred_at").values_list("account", flat=True))

    def failures(self) -> list[tuple[str, str]]:
        """Return account and reason of the refused logins that are stored, by time."""
        with tenant_scope([self.tenant.pk]):
            rows = LoginFailure.objects.order_by("occurred_at")
            return list(rows.values_list("account", "reason"))


@pytest.fixture
def directory(settings: Any) -> Iterator[Directory]:
    """A directory without sign-ins, at which the worldwide cloud is."""
    with serving(Directory()) as served:
        settings.GRAPH_ENDPOINTS = {"global": [served.url, served.url]}
        yield served


@pytest.fixture
def connected(cast: Cast, directory: Directory) -> Connected:
    """Acme, connected with the directory, of which half a day was not read yet."""
    acme = cast.acme
    with tenant_scope([acme.pk]):
        made = connect_directory(acme, name="Microsoft 365", wanted=wanted())
        made.read_until = NOW - timedelta(hours=12)
        made.save()
    return Connected(acme, made.pk)
