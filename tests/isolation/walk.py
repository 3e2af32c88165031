"""The walk through every page, file and fragment of a tenant, in each of its forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.isolation.reading import text_of
from tests.isolation.routes import OF_A_TENANT, url_map
from tests.isolation.world import CANARIES, World

WALKERS = {"acme": "alice", "globex": "alice", "initech": "mallory"}
"""Who walks: owners, and Alice may see both of her tenants, so that only the page itself keeps them apart."""


@dataclass(frozen=True, slots=True)
class Step:
    """A page in one form. `shows` a canary of its own tenant; `lists` those of all tenants were there no wall."""

    route: str
    query: str = ""
    kwargs: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "get"
    shows: bool = True
    lists: bool = True

    def __str__(self) -> str:
        return " ".join([self.route, *self.kwargs.values(), self.query, *self.headers.values()]).strip()


_REPORT = ("view=volume", "view=tls", "view=auth", "view=volume&domain={word}.example", "range=30d")
_TABLES = ("sending-volume", "tls-usage", "authentication", "senders", "clients", "failures")
_NUMBERS = {"sending-volume", "tls-usage"}
_ONE: dict[str, Any] = {"lists": False}
_BLANK: dict[str, Any] = {"shows": False, "lists": False}

STEPS = (
    Step("insights:dashboard"),
    Step("insights:dashboard", "panel=smtp-auth"),
    Step("insights:settings", **_BLANK),
    Step("insights:domains"),
    Step("insights:domain_decision", method="post"),
    # Keys stand above the scope: their pages keep to the tenant by themselves, and so with no wall as well.
    Step("tenants:keys", **_ONE),
    Step("tenants:key_new", **_BLANK),
    Step("tenants:key", **_ONE),
    # So do webhooks and their deliveries; what they are told is a tenant's own.
    Step("tenants:webhooks", **_ONE),
    Step("tenants:webhook_new", **_BLANK),
    Step("tenants:webhook", **_ONE),
    Step("tenants:webhook", headers={"HX-Target": "deliveries"}, **_BLANK),
    Step("tenants:webhook_edit", **_ONE),
    Step("tenants:webhook_delivery", **_ONE),
    Step("tenants:webhook_delivery", headers={"HX-Target": "delivery-state"}, **_ONE),
    Step("insights:sources"),
    Step("insights:sources", "source={source_id}"),
    Step("insights:sources", headers={"HX-Target": "imports"}),
    Step("insights:connect"),
    Step("insights:connect", "source={source_id}"),
    Step("insights:source_light", **_BLANK),
    Step("insights:source_new", **_BLANK),
    Step("insights:source", **_ONE),
    Step("insights:source", "range=90d", **_ONE),
    Step("insights:source_edit", **_ONE),
    Step("insights:source_unrecognised", **_BLANK),
    Step("insights:graph_new", **_BLANK),
    Step("insights:graph", **_ONE),
    Step("insights:graph_edit", **_ONE),
    Step("insights:source_columns", **_ONE),
    Step("insights:syslog", **_ONE),
    Step("insights:upload"),
    Step("insights:import", **_ONE),
    Step("insights:import", headers={"HX-Target": "import"}, **_ONE),
    Step("insights:import_columns", **_ONE),
    Step("insights:import_columns", headers={"HX-Target": "preview"}, method="post", **_BLANK),
    Step("insights:import_unrecognised", **_ONE),
    Step("insights:import_undo", **_ONE),
    *(Step("reports:smtp_auth", query, lists="domain" not in query) for query in _REPORT),
    *(Step("reports:details", query, lists="domain" not in query) for query in _REPORT),
    Step("reports:details", "row={word}@{word}.example"),
    Step("reports:details", "row={word}@{word}.example", headers={"X-Flyout": "sender"}, **_ONE),
    Step("reports:details", "q={word}"),
    *(Step("reports:details_export", kwargs={"suffix": suffix}) for suffix in ("csv", "xlsx")),
    *(
        Step(
            "reports:export", kwargs={"kind": kind, "suffix": suffix}, **(_BLANK if kind in _NUMBERS else {})
        )
        for kind in _TABLES
        for suffix in ("csv", "xlsx")
    ),
    Step("reports:clients"),
    Step("reports:clients", "sort=account"),
    Step("reports:failures"),
    Step("reports:requests"),
    Step("reports:request_new"),
    Step("reports:request_recipients", method="post", **_BLANK),
    Step("reports:request", **_ONE),
    Step("reports:request", headers={"HX-Target": "request-status"}, **_ONE),
    *(
        Step("reports:request_download", kwargs={"file_name": f"details.{suffix}"}, **_ONE)
        for suffix in ("csv", "xlsx")
    ),
)
WITHOUT_PAGE = {
    "insights:graph_test",
    "insights:graph_again",
    "insights:graph_switch",
    "insights:graph_remove",
    "insights:import_retry",
    "insights:import_discard",
    "insights:syslog_add",
    "insights:syslog_remove",
    "tenants:key_revoke",
    "tenants:webhook_test",
    "tenants:webhook_secret",
    "tenants:webhook_switch",
    "tenants:webhook_delete",
    "tenants:webhook_again",
    "reports:request_again",
    "reports:request_cancel",
    "reports:request_delete",
}
"""Buttons: they lead to a page that is walked."""
assert {step.route for step in STEPS} | WITHOUT_PAGE == set(OF_A_TENANT)  # a new route must be walked


def walk(world: World, slugs: Iterable[str] = WALKERS) -> Iterator[tuple[Step, str, set[str]]]:
    """Yield each step at each of `slugs`, with the tenants whose canaries were seen there."""
    for slug in slugs:
        for step in STEPS:
            text = text_of(answer_at(world, step, slug=slug))
            yield step, slug, {name for name, canary in CANARIES.items() if canary.is_in(text)}


def answer_at(world: World, step: Step, *, slug: str) -> Any:
    """Return the answer that the tenant's walker gets, which must be a page or a file."""
    samples: dict[str, Any] = world.kwargs[slug] | {"word": CANARIES[slug].word} | step.kwargs
    query = step.query.format(**samples)
    url = reverse(step.route, kwargs={name: samples[name] for name in url_map()[step.route].arguments})
    send = getattr(world.client(WALKERS[slug]), step.method)
    response = send(f"{url}?{query}" if query else url, headers=step.headers)
    assert response.status_code == 200, f"{step} at {slug}: {response.status_code}"
    return response
