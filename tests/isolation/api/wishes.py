"""What a permitted caller sends to each endpoint that changes something, and gets for it.

An endpoint that no table here lists fails `test_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenants.roles import Capability
from tests.isolation.world import CANARIES

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that is granted to whoever has the right: its body, and the status of the answer."""

    body: Callable[[str], Any] = lambda _slug: {}
    status: int = 200
    content_type: str = JSON
    query: Callable[[str], dict[str, str]] = lambda _slug: {}

    def sent(self, slug: str) -> dict[str, Any]:
        """Return what Django's client is given, for a tenant."""
        return {
            "data": self.body(slug),
            "content_type": self.content_type,
            "query_params": self.query(slug),
        }


@dataclass(frozen=True, slots=True)
class Across:
    """An endpoint that is not inside one tenant: the right it needs anywhere, or at the tenant whose row is named.

    Or else it needs the right for all tenants of the provider that the path names (`callers.AT_NORTH`).
    """

    needs: Capability | None = None
    is_of_a_row: bool = False
    is_of_a_provider: bool = False


OF_ONE_WEBHOOK = (
    *(
        "webhook",
        "webhook-secret",
        "webhook-test",
        "webhook-deliveries",
        "webhook-delivery",
        "webhook-resend",
    ),
)
_HOOK = {"name": "n", "url": "https://psa.example/hook", "events": ["report.sent"]}
_WEBHOOK_WISHES = {
    ("webhooks", "post"): Wish(lambda _slug: _HOOK, status=201),
    ("webhook", "patch"): Wish(lambda _slug: {"name": "m"}),
    ("webhook", "delete"): Wish(status=204),
    ("webhook-secret", "post"): Wish(),
    ("webhook-test", "post"): Wish(status=202),
    ("webhook-resend", "post"): Wish(status=202),
}
EVENT = {"occurred_at": "2026-11-17T09:00:00Z", "account": "a@a.example"}
LINE = "2026-11-17T09:00:00+00:00 mail postfix/qmgr[1]: 4A1B2C3D4E: removed\n"
WISHES: dict[tuple[str, str], Wish] = {
    ("insights-api:submissions-batch", "post"): Wish(
        lambda _slug: [EVENT], query=lambda slug: {"source": f"{word(slug)}-api"}
    ),
    ("insights-api:login-failures-batch", "post"): Wish(
        lambda _slug: [EVENT], query=lambda slug: {"source": f"{word(slug)}-api"}
    ),
    ("insights-api:source-lines", "post"): Wish(lambda _slug: LINE, content_type="text/plain"),
    ("tenants-api:keys", "post"): Wish(
        lambda slug: {"name": "n", "tenant": slug, "scopes": ["ingest"]}, status=201
    ),
    ("tenants-api:key-revoke", "post"): Wish(),
    **{
        (f"tenants-api:{place}{name}", method): wish
        for place in ("", "provider-")
        for (name, method), wish in _WEBHOOK_WISHES.items()
    },
}
ACROSS = {
    "tenants-api:tenants": Across(),
    "tenants-api:keys": Across(Capability.MANAGE_KEYS),
    "tenants-api:key": Across(Capability.MANAGE_KEYS, is_of_a_row=True),
    "tenants-api:key-revoke": Across(Capability.MANAGE_KEYS, is_of_a_row=True),
    "tenants-api:provider-webhooks": Across(Capability.MANAGE_WEBHOOKS, is_of_a_provider=True),
    **{
        f"tenants-api:provider-{name}": Across(Capability.MANAGE_WEBHOOKS, is_of_a_provider=True)
        for name in OF_ONE_WEBHOOK
    },
}


def word(slug: str) -> str:
    """Return the tenant's canary word."""
    return CANARIES[slug].word
