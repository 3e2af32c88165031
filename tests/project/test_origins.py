"""Origins of web services, and which may be told a secret."""

from __future__ import annotations

import pytest

from project.origins import is_safe_origin, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Graph.Example/v1.0?x=1", ("https", "graph.example", 443)),
        ("https://graph.example:8443", ("https", "graph.example", 8443)),
        ("http://127.0.0.1:81/x", ("http", "127.0.0.1", 81)),
        ("https://user@graph.example", None),
        ("https://graph.example:99999", None),
        ("ftp://graph.example", None),
        ("//graph.example", None),
        ("/v1.0", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_origin_is_scheme_host_and_port(url: str, origin: tuple[str, str, int] | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://graph.example",
        "https://graph.example/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:81",
    ],
)
def test_https_and_this_machine_are_safe(url: str) -> None:
    assert is_safe_origin(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.example",
        "https://graph.example/v1.0",
        "https://graph.example?x=1",
        "https://a@graph.example",
        "http://127.0.0.1.evil.example",
        "https://graph.example\n",
        "",
        None,
        7,
    ],
)
def test_others_are_not(url: object) -> None:
    assert not is_safe_origin(url)
