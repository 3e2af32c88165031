"""What the API shows besides the pages, with canaries: keys and webhooks; and the clients of all callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from tenants.api_keys import make_key
from tenants.roles import Scope
from tests.api_routes import Endpoint
from tests.isolation.api.callers import PEOPLE, make_clients
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
    """Return the argument: an `id` is looked up by the endpoint's name."""
    return samples[endpoint.name if name == "id" else name]


def make_stage(world: World) -> Stage:
    """Give every tenant what only the API shows."""
    samples = {}
    for slug, canary in CANARIES.items():
        known = world.kwargs[slug]
        key, _ = make_key(name=f"{canary.word} key", scopes=[Scope.READ], tenant=world.tenant(slug))
        samples[slug] = {
            "tenant": slug,
            "source": f"{canary.word}-mx",
            "domain": f"{canary.word}.example",
            "tenants-api:key": key.pk,
            "tenants-api:key-revoke": key.pk,
            "kwargs": known,
        }
    return Stage(world, make_clients(world), samples)
