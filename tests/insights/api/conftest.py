"""A client without any key."""

from __future__ import annotations

import pytest

from tests.api import Api, api_with


@pytest.fixture
def nobody() -> Api:
    """Return a client that sends no key."""
    return api_with(None)
