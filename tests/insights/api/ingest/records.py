"""Records as a client sends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone


def whole_second(*, minutes_ago: float = 10) -> datetime:
    """Return a whole second of the near past."""
    return (timezone.now() - timedelta(minutes=minutes_ago)).replace(microsecond=0)


def submission(number: int = 0, **members: Any) -> dict[str, Any]:
    """Return a submission; each number is another event."""
    at = whole_second().astimezone(UTC) - timedelta(seconds=number)
    return {
        "occurred_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "account": f"user{number % 7}@acme.example",
        "client_ip": "192.0.2.10",
        "tls_version": "TLS1.3",
        "mechanism": "PLAIN",
        "queue_id": f"{number:X}",
        **members,
    }


def login_failure(number: int = 0, **members: Any) -> dict[str, Any]:
    """Return a refused login; each number is another event."""
    at = whole_second().astimezone(UTC) - timedelta(seconds=number)
    return {
        "occurred_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "account": "admin",
        "client_ip": "203.0.113.9",
        "mechanism": "LOGIN",
        "id": f"try {number}",
        **members,
    }
