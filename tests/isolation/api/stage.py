"""What the API shows besides the pages, with canaries: keys and webhooks; and the clients of all callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from insights.ingest.shared.places import make_server
from tenants.api_keys import make_key
from tenants.models import EventType
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tenants.webhooks.post import Answer
from tenants.webhooks.send import settle
from tests.api_routes import Endpoint
from tests.factories import submit
from tests.insights.web.week import NOW, days_ago
from tests.isolation.api.callers import PEOPLE, make_clients
from tests.isolation.api.wishes import OF_ONE_IMPORT, OF_ONE_REQUEST, OF_ONE_WEBHOOK
from tests.isolation.reading import content_of
from tests.isolation.world import CANARIES, World


@dataclass(slots=True)
class Stage:
    """The world with its callers; `samples` are, for each tenant, the arguments of paths to its own rows."""

    world: World
    clients: dict[str, Client]
    samples: dict[str, dict[str, Any]]

    def client(self, caller: str) -> Client:
        """Return the client of a key, or of a person with the session."""
        return self.world.client(caller) if caller in PEOPLE else self.clients[caller]

    def path(self, endpoint: Endpoint, slug: str, **other: Any) -> str:
        """Return the address of an endpoint with the rows of a tenant."""
        samples = self.samples[slug] | other
        return endpoint.template.format(
            **{name: _sample(samples, endpoint, name) for name in endpoint.arguments}
        )

    def ask(self, caller: str, method: str, path: str, query: Any = None, **sent: Any) -> Any:
        """Return the answer, read to its end, and take back what it changed."""
        before = transaction.savepoint()
        client = self.client(caller)
        send = getattr(client, method)
        if query is None and not sent and method != "get":
            sent = {"data": {}, "content_type": "application/json"}
        response = send(path, query, **sent) if method == "get" else send(path, **sent)
        response.read = content_of(response)
        transaction.savepoint_rollback(before)
        return response


def _sample(samples: dict[str, Any], endpoint: Endpoint, name: str) -> Any:
    """Return the argument: an `id` is looked up by the endpoint's name, a `delivery` by whose webhook it went to."""
    if name == "delivery":
        return samples["delivery at the provider" if "provider" in endpoint.name else "delivery"]
    return samples[endpoint.name if name == "id" else name]


def _webhooks(world: World, slug: str) -> dict[str, Any]:
    """Return the tenant's webhook, and one of its provider that was told of the same, for each endpoint about one."""
    tenant, known, word = world.tenant(slug), world.kwargs[slug], CANARIES[slug].word
    provider: Any = tenant.provider
    above, _ = make_webhook(
        name="all", url="https://psa.example/hook", events=["report.sent"], provider=provider
    )
    with tenant_scope([tenant.pk]):
        announce(tenant, EventType.REPORT_SENT, lambda: {"name": f"{word} week"}, now=NOW)
    delivery = above.deliveries.get()
    settle(delivery, Answer(200, "", 9, "192.0.2.9", "heard"), now=NOW)
    return {
        "provider": provider.slug,
        "delivery": known["delivery_id"],
        "delivery at the provider": delivery.pk,
        **{f"tenants-api:{name}": known["webhook_id"] for name in OF_ONE_WEBHOOK},
        **{f"tenants-api:provider-{name}": above.pk for name in OF_ONE_WEBHOOK},
    }


def make_stage(world: World) -> Stage:
    """Give every tenant what only the API shows, and every provider a shared server."""
    samples = {}
    for slug in ("acme", "initech"):
        provider: Any = world.tenant(slug).provider
        name = f"{CANARIES[slug].word}-hub"
        server = make_server(provider, name=name, format="postfix", time_zone="UTC")
        submit(server.tenant, at=days_ago(1), account=f"{CANARIES[slug].word}-waiting", source=name)
    for slug, canary in CANARIES.items():
        known = world.kwargs[slug]
        key, _ = make_key(name=f"{canary.word} key", scopes=[Scope.READ], tenant=world.tenant(slug))
        samples[slug] = {
            "tenant": slug,
            "source": f"{canary.word}-mx",
            "domain": f"{canary.word}.example",
            "tenants-api:key": key.pk,
            "tenants-api:key-revoke": key.pk,
            **{f"insights-api:{name}": known["import_id"] for name in OF_ONE_IMPORT},
            **{f"reports-api:{name}": known["request_id"] for name in OF_ONE_REQUEST},
            **_webhooks(world, slug),
        }
    return Stage(world, make_clients(world), samples)
