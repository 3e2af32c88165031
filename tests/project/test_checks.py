"""Settings of stored secrets and of Microsoft Graph that would be unsafe are reported."""

from __future__ import annotations

from typing import Any

import pytest

from project.checks import (
    graph_endpoints_are_https,
    secret_key_is_long,
    stored_secret_keys_are_long,
    stored_secret_keys_are_set,
)

LONG = "k" * 32


@pytest.mark.parametrize(("keys", "ids"), [({"1": LONG}, []), ({"1": LONG, "0": "short"}, ["project.E003"])])
def test_keys_that_can_be_guessed_are_refused(settings: Any, keys: dict[str, str], ids: list[str]) -> None:
    settings.STORED_SECRET_KEYS = keys
    assert [one.id for one in stored_secret_keys_are_long()] == ids


@pytest.mark.parametrize(
    ("key", "fallbacks", "ids"),
    [
        (LONG, [], []),
        (LONG, [LONG], []),
        ("short", [], ["project.E002"]),
        (LONG, [LONG, "short"], ["project.E002"]),
    ],
)
def test_secret_key_that_can_be_guessed_is_refused(
    settings: Any, key: str, fallbacks: list[str], ids: list[str]
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, fallbacks
    assert [one.id for one in secret_key_is_long()] == ids


def test_secret_key_as_the_only_key_is_warned_of(settings: Any) -> None:
    settings.STORED_SECRET_KEYS = {"0": settings.SECRET_KEY}
    assert [one.id for one in stored_secret_keys_are_set()] == ["project.W002"]
    settings.STORED_SECRET_KEYS = {"1": LONG, "0": settings.SECRET_KEY}
    assert stored_secret_keys_are_set() == []


@pytest.mark.parametrize(
    ("endpoints", "is_refused"),
    [
        ({}, False),
        ({"global": ["https://login.example", "https://graph.example"]}, False),
        ({"global": ["http://127.0.0.1:1", "http://127.0.0.1:2"]}, False),
        ({"global": ["http://login.example", "https://graph.example"]}, True),
        ({"global": ["https://login.example"]}, True),
        ({"global": "https://login.example"}, True),
        ({"global": ["https://login.example", "https://graph.example/v1.0"]}, True),
    ],
)
def test_addresses_that_are_not_https_are_refused(settings: Any, endpoints: Any, is_refused: bool) -> None:
    settings.GRAPH_ENDPOINTS = endpoints
    assert [one.id for one in graph_endpoints_are_https()] == (["project.E004"] if is_refused else [])
