"""What every test of a live server needs: rows that other processes see, and a folder that servers may enter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenants.models import Tenant
from tests.cast import make_cast

pytest.register_assert_rewrite("tests.live.rows")


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    """Return a tenant whose rows another process sees."""
    return make_cast().acme


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that the servers' own users may enter, with a path short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="live-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)
