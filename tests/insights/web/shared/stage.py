"""A shared server of north that was read: three events each at acme and globex, six that wait."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from insights.models import LogImport, Source
from tenants.models import Tenant
from tests.cast import Cast
from tests.imports import imported
from tests.insights.ingest.shared.servers import mixed_log, shared_server

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
NORTH = "/providers/north/"


class Stage(NamedTuple):
    """What is on it."""

    cast: Cast
    server: Source
    inbox: Tenant
    log_import: LogImport

    @property
    def page(self) -> str:
        """The address of the server's page."""
        return f"{NORTH}shared/{self.server.pk}/"


def make_stage(cast: Cast, folder: Path) -> Stage:
    """Read a log of acme, globex, a domain of nobody's and an account without any."""
    server = shared_server(cast)
    log_import = imported(server.tenant, folder, mixed_log(AT), source="hub", year=2026)
    return Stage(cast, server, server.tenant, log_import)
