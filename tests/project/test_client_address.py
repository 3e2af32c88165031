"""Whose address a request has: as far as proxies of ours say, and never what a client makes up."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from project.client_address import client_address
from tenants.api_keys import make_key
from tenants.roles import Scope
from tests.api import api_with
from tests.cast import Cast

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.9", "192.0.2.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7:51234", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        ("10.0.0.1", "2001:DB8:0::7", "2001:db8::7"),
        ("2001:db8:1::5", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "198.51.100.9", "192.0.2.7"),
        ("", "192.0.2.7", ""),
        ("unix:", "192.0.2.7", "unix:"),
    ],
)
def test_client_is_the_first_that_no_proxy_of_ours_is(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded, trusted=TRUSTED) == client


@pytest.mark.parametrize("forwarded", ["192.0.2.7", "198.51.100.9, 192.0.2.7", "x" * 9000, ",,,", "10.0.0.1"])
def test_without_proxies_of_ours_the_header_says_nothing(forwarded: str) -> None:
    assert client_address("203.0.113.5", forwarded, trusted=[]) == "203.0.113.5"


@pytest.mark.django_db
def test_networks_of_a_key_are_held_against_the_client_behind_the_proxy(cast: Cast, settings: Any) -> None:
    key, text = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme, networks=["192.0.2.0/24"])
    api = api_with(text)

    def status(forwarded: str) -> int:
        answer: int = api.get("/api/v1/tenants/acme/", headers={"X-Forwarded-For": forwarded}).status_code
        return answer

    assert status("192.0.2.7") == 401  # the peer is 127.0.0.1, and nobody said that it may speak for others
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    assert [status(said) for said in ("192.0.2.7", "198.51.100.9", "192.0.2.7, 198.51.100.9")] == [
        200,
        401,
        401,
    ]
    key.refresh_from_db()
    assert key.last_used_from == "192.0.2.7"
