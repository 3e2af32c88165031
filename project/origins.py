"""Origins of web services: which may be spoken to with a secret. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host in lower case and port of an address (RFC 6454), None for what is no web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, parts.hostname, port


def is_safe_origin(url: object) -> bool:
    """Tell whether `url` is https without a path; plain http is good enough for this machine itself."""
    if not isinstance(url, str) or not url.isprintable():
        return False
    origin = origin_of(url)
    if origin is None or urlsplit(url)[2:] not in {("", "", ""), ("/", "", "")}:
        return False
    return origin[0] == "https" or _is_loopback(origin[1])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
