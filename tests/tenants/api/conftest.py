"""Fixtures of the API's tests."""

from __future__ import annotations

import pytest

from tests.api import Api, api_with


@pytest.fixture
def nobody() -> Api:
    """An API client without a key."""
    return api_with(None)
