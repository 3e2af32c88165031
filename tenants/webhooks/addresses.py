"""Which addresses may be called: a webhook must not reach what only this server can reach (SSRF).

What is written is checked when it is saved (`check_url`), what it resolves to when it is called (`checked_addresses`),
and the connection goes to the very address that was checked. `WEBHOOK_ALLOW_PRIVATE` lets everything through.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_PORTS = {"http": 80, "https": 443}
_NAT64 = ip_network("64:ff9b::/96")
_Address = IPv4Address | IPv6Address


class AddressRefused(Exception):
    """Its words say why an address is not called."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: `host` in ASCII without brackets, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as it stands in URLs and in the header Host, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def check_url(url: str) -> Target:
    """Return where `url` leads; raise ValidationError that says why it cannot be used. Asks no name server."""
    try:
        target = _target(url)
    except ValueError as error:
        raise ValidationError(_("This is no address such as https://example.com/hooks/mail.")) from error
    if not settings.WEBHOOK_ALLOW_PRIVATE:
        if target.port not in settings.WEBHOOK_PORTS:
            ports = ", ".join(str(port) for port in settings.WEBHOOK_PORTS)
            raise ValidationError(_("Only these ports may be used: %(ports)s.") % {"ports": ports})
        literal = _literal(target.host)
        if target.host == "localhost" or (literal is not None and not is_global(literal)):
            raise ValidationError(_("Only addresses of the public internet may be used."))
    return target


def _target(url: str) -> Target:
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError("A character that no address has.")
    parts: SplitResult = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "%" in parts.hostname:
        raise ValueError("Another scheme, or no host.")
    if parts.username is not None or parts.password is not None:
        raise ValidationError(_("Leave user name and password out: messages are signed instead."))
    if parts.fragment:
        raise ValidationError(_("Leave out what follows the #: it would not be sent."))
    # UnicodeError is a ValueError.
    host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode().rstrip(".")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not host or not path.isascii():
        raise ValueError("No host, or a path that was not encoded.")
    if ":" in host:
        ip_address(host)
    # Zero is no port to connect to, and None is the scheme's own.
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    if port == 0:
        raise ValueError("No port.")
    return Target(parts.scheme, host, port, path)


def checked_addresses(target: Target) -> list[str]:
    """Resolve the host; return its addresses that may be connected to, in the resolver's order.

    Raises AddressRefused where there are none, OSError where the name cannot be resolved.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if settings.WEBHOOK_ALLOW_PRIVATE:
        return addresses
    if target.port not in settings.WEBHOOK_PORTS:
        raise AddressRefused(_("Port %(port)d may not be used.") % {"port": target.port})
    allowed = [address for address in addresses if is_global(ip_address(address))]
    if not allowed:
        shown = ", ".join(addresses)
        raise AddressRefused(
            _("%(host)s is %(addresses)s, no address of the public internet.")
            % {"host": target.host, "addresses": shown}
        )
    return allowed


def is_global(address: _Address) -> bool:
    """Tell whether an address is on the public internet, together with the IPv4 address that it may carry.

    IPv6 carries others as IPv4-mapped (RFC 4291), 6to4 (RFC 3056), Teredo (RFC 4380) and NAT64 (RFC 6052).
    """
    carried: list[IPv4Address | None] = []
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_global(address.ipv4_mapped)
        carried = [address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            return is_global(IPv4Address(address.packed[-4:]))
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not (isinstance(address, IPv6Address) and address.is_site_local)
        and all(is_global(inner) for inner in carried if inner is not None)
    )


def _literal(host: str) -> _Address | None:
    """Return the address that a host is, also in the short and hexadecimal forms that resolvers take (inet_aton)."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None
