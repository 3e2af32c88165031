"""Only addresses of the public internet are called, whatever they are written as and whatever they resolve to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError

from tenants.webhooks.addresses import AddressRefused, Target, check_url, checked_addresses, is_global
from tenants.webhooks.post import Answer, post
from tests.tenants.webhooks.receiver import Receiver, receiving

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "0.1.2.3",
    "::", "::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_not_global(address: str) -> None:
    assert not is_global(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_global(address: str) -> None:
    assert is_global(ip_address(address))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/")),
        ("HTTPS://Example.COM:8443/a/b?c=d", Target("https", "example.com", 8443, "/a/b?c=d")),
        ("http://example.com./", Target("http", "example.com", 80, "/")),
        ("https://bücher.example/x", Target("https", "xn--bcher-kva.example", 443, "/x")),
        ("https://[2606:4700:4700::1111]/", Target("https", "2606:4700:4700::1111", 443, "/")),
    ],
)
def test_address_that_can_be_called(url: str, target: Target) -> None:
    assert check_url(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///x", "https://a:b@example.com/",
        "https://user@example.com/", "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/",
        "https://example.com:x/", "https://[::1", "https://[::1]/", "https://[zz]/", "https://exa mple.com/",
        "https://example.com/\r\nX: y", "https://example.com/ä", "https://example.com\\@127.0.0.1/", "https://%31/",
        "https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://127.1/",
        "https://0177.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data/",
        "https://example.com:22/", "https://example.com:6379/", "https://" + "a" * 70 + ".com/", "https://.com/",
        "https://exa\x00mple.com/", "javascript:alert(1)", "//example.com/", "https://[fe80::1%25eth0]/",
    ],
)  # fmt: skip
def test_address_that_cannot_be_called(url: str) -> None:
    with pytest.raises(ValidationError):
        check_url(url)


def test_operator_may_allow_private_addresses(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    assert check_url("http://127.0.0.1:5678/x") == Target("http", "127.0.0.1", 5678, "/x")
    with pytest.raises(ValidationError):
        check_url("https://user@127.0.0.1/")


@contextmanager
def resolving(*addresses: str) -> Iterator[mock.Mock]:
    """Let every name resolve to these addresses, and what is an address already to itself."""
    really = socket.getaddrinfo

    def answer(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if not host.endswith((".example", ".com")):
            return list(really(host, port, *more, **named))
        looked_up()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    looked_up = mock.Mock()
    with mock.patch("socket.getaddrinfo", side_effect=answer):
        yield looked_up


def test_name_is_resolved_once_and_what_was_checked_is_returned() -> None:
    with resolving("10.0.0.1", "1.1.1.1", "::1") as asked:
        assert checked_addresses(check_url("https://example.com/")) == ["1.1.1.1"]
    assert asked.call_count == 1


def test_name_with_private_addresses_alone_is_refused() -> None:
    with (
        resolving("10.0.0.1", "::ffff:192.168.0.1"),
        pytest.raises(AddressRefused, match="no address of the public"),
    ):
        checked_addresses(check_url("https://example.com/"))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_name_that_turns_private_is_not_connected_to(address: str, settings: Any) -> None:
    """DNS rebinding: the name was public when the webhook was made."""
    with receiving() as receiver, resolving(address):
        port = int(receiver.url.split(":")[2].split("/")[0])
        settings.WEBHOOK_PORTS = [port]
        answer = post(f"http://rebound.example:{port}/hook", b"{}", {})
    assert receiver.got == []
    assert (answer.status, answer.address) == (None, "")
    assert "no address of the public internet" in answer.reason


def test_connection_goes_to_the_address_that_was_checked(receiver: Receiver) -> None:
    """A second look-up, as a plain client makes it, would be answered with a failure here."""
    port = receiver.url.split(":")[2].split("/")[0]
    with resolving("127.0.0.1") as asked:
        answer = post(f"http://anything.example:{port}/hook", b"{}", {})
    assert (answer.status, answer.address, asked.call_count) == (204, "127.0.0.1", 1)
    assert receiver.got[0].headers["host"] == f"anything.example:{port}"


def test_next_address_is_tried_where_one_does_not_answer(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    with resolving("127.0.0.2", "127.0.0.1"):
        answer: Answer = post(f"http://anything.example:{port}/hook", b"{}", {})
    assert (answer.status, answer.address) == (204, "127.0.0.1")


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(receiver.url, b"{}", {}).status == 204
