"""Who calls: behind proxies of ours the connection is the proxy's, and the client stands in `X-Forwarded-For`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
_WITH_PORT = re.compile(r"(?:\[(.+)\]|([^:\[\]]+))(?::\d+)?")


class ClientAddressMiddleware:
    """Put the client's address into `REMOTE_ADDR`, from which keys' networks and limits on requests are told.

    `X-Forwarded-For` is believed as far as the proxies of `settings.TRUSTED_PROXIES` wrote it: from its end, up to the
    first address that is none of theirs. What stands before that could have been made up by the client.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            trusted=settings.TRUSTED_PROXIES,
        )
        return self.get_response(request)


def client_address(peer: str, forwarded: str, *, trusted: Sequence[Network]) -> str:
    """Return the address of the client, in its usual form; `peer` as it stands where it is none."""
    found = _read(peer)
    if found is None:
        return peer
    for hop in reversed(forwarded.split(",")):
        if not any(found in network for network in trusted):
            break
        before = _read(hop)
        if before is None:
            break
        found = before
    return str(found)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `text` is, or holds with a port; an IPv4 address in IPv6's clothes is IPv4."""
    bare = text.strip()
    with_port = _WITH_PORT.fullmatch(bare)
    try:
        found = ip_address((with_port[1] or with_port[2]) if with_port else bare)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
