"""Addresses that are listened at, as text: `udp://host:port`, an IPv6 host in brackets."""

from __future__ import annotations


class Unusable(Exception):
    """An address that cannot be listened at, or files of TLS that cannot be read."""


def parts_of(address: str) -> tuple[str, str, int]:
    """Return protocol, host and port of `udp://host:port`, an IPv6 host in brackets. Raises Unusable."""
    protocol, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    is_number = port.isascii() and port.isdigit() and int(port) < 65_536
    if protocol not in {"udp", "tcp", "tls"} or not host or not is_number:
        raise Unusable(f"{address}: an address is HOST:PORT, an IPv6 host in brackets.")
    return protocol, host.removeprefix("[").removesuffix("]"), int(port)


def written(protocol: str, host: str, port: int) -> str:
    """Return the address as text."""
    return f"{protocol}://[{host}]:{port}" if ":" in host else f"{protocol}://{host}:{port}"
