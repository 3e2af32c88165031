"""What a permitted caller sends to each endpoint that changes something, and gets for it.

An endpoint that no table here lists fails `test_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT

from tenants.roles import Capability
from tests.isolation.world import CANARIES

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that is granted to whoever has the right: its body, and the status of the answer.

    `needs` are rights beyond the one that the view declares.
    """

    body: Callable[[str], Any] = lambda _slug: {}
    status: int = 200
    content_type: str = JSON
    query: Callable[[str], dict[str, str]] = lambda _slug: {}
    needs: frozenset[Capability] = frozenset()

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

    Or else it needs the right for all tenants of the provider that the path names (`callers.AT_NORTH`). It may show an
    empty list to people without a tenant, and refuse keys.
    """

    needs: Capability | None = None
    is_of_a_row: bool = False
    is_of_a_provider: bool = False
    shows_people_nothing: bool = False


def word(slug: str) -> str:
    """Return the tenant's canary word."""
    return CANARIES[slug].word


def _upload(_slug: str) -> Any:
    """Return a form with a log."""
    return {"source": "mx9", "file": SimpleUploadedFile("mail.log", LINE.encode())}


OF_ONE_WEBHOOK = (
    "webhook",
    "webhook-secret",
    "webhook-test",
    "webhook-deliveries",
    "webhook-delivery",
    "webhook-resend",
)
OF_ONE_IMPORT = ("import", "import_undo", "import_retry", "import_unrecognised")
OF_ONE_REQUEST = (
    "report_request",
    "report_request_cancel",
    "report_request_again",
    "report_request_download",
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
# Who asked for a report may change it too; on the stage that is an owner anyway.
_CHANGES_REQUEST = frozenset({Capability.MANAGE_SETTINGS})
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
    ("insights-api:tenant", "patch"): Wish(lambda _slug: {"name": "n"}),
    ("insights-api:sources", "post"): Wish(lambda _slug: {"name": "mx9"}, status=201),
    ("insights-api:source", "patch"): Wish(lambda _slug: {"name": "mx9"}),
    ("insights-api:imports", "post"): Wish(_upload, status=201, content_type=MULTIPART_CONTENT),
    ("insights-api:import_undo", "post"): Wish(status=202),
    ("insights-api:import_retry", "post"): Wish(status=409),  # it was read
    ("insights-api:sender_domain", "put"): Wish(lambda _slug: {"is_accepted": False}),
    ("reports-api:report_requests", "post"): Wish(
        lambda slug: {"name": "n", "recipients": [f"{word(slug)}@{word(slug)}.example"]}, status=201
    ),
    ("reports-api:report_request", "delete"): Wish(status=204, needs=_CHANGES_REQUEST),
    ("reports-api:report_request_cancel", "post"): Wish(status=409, needs=_CHANGES_REQUEST),  # it was sent
    ("reports-api:report_request_again", "post"): Wish(needs=_CHANGES_REQUEST),
    ("tenants-api:keys", "post"): Wish(
        lambda slug: {"name": "n", "tenant": slug, "scopes": ["ingest"]}, status=201
    ),
    ("tenants-api:key-revoke", "post"): Wish(),
    ("insights-api:inbox_assign", "post"): Wish(
        lambda slug: {"by": "domain", "name": f"{word(slug)}.example", "tenant": slug}
    ),
    **{
        (f"tenants-api:{place}{name}", method): wish
        for place in ("", "provider-")
        for (name, method), wish in _WEBHOOK_WISHES.items()
    },
}
ACROSS = {
    "tenants-api:tenants": Across(),
    "insights-api:overview": Across(Capability.VIEW, shows_people_nothing=True),
    "tenants-api:keys": Across(Capability.MANAGE_KEYS),
    "tenants-api:key": Across(Capability.MANAGE_KEYS, is_of_a_row=True),
    "tenants-api:key-revoke": Across(Capability.MANAGE_KEYS, is_of_a_row=True),
    "insights-api:shared_servers": Across(Capability.VIEW, is_of_a_provider=True),
    "insights-api:inbox": Across(Capability.VIEW, is_of_a_provider=True),
    "insights-api:inbox_assign": Across(Capability.MANAGE_SHARED, is_of_a_provider=True),
    "tenants-api:provider-webhooks": Across(Capability.MANAGE_WEBHOOKS, is_of_a_provider=True),
    **{
        f"tenants-api:provider-{name}": Across(Capability.MANAGE_WEBHOOKS, is_of_a_provider=True)
        for name in OF_ONE_WEBHOOK
    },
}
QUERIES = {"reports-api:report_request_download": {"format": "csv"}}
"""What a GET cannot do without."""
