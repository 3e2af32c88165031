"""Where the pages of shared servers stand: a provider with its inbox and customers, and what the person may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse, TemplateResponse

from insights.ingest.shared.places import customers_of, inbox_of
from insights.ingest.shared.waiting import Waiting, waiting_in_all
from tenants.access import provider_capabilities, provider_view, providers_with
from tenants.models import Provider, Tenant, TenantKind, User
from tenants.roles import Capability
from tenants.scope import tenant_scope

Page = Callable[..., HttpResponse]
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Place:
    """A provider, its customers by name, and the rights of the person; without an inbox it shares no server yet."""

    provider: Provider
    inbox: Tenant | None
    customers: list[Tenant]
    granted: frozenset[Capability]

    @property
    def home(self) -> Tenant:
        """The inbox; raises Http404 without one."""
        if self.inbox is None:
            raise Http404("This provider shares no server yet.")
        return self.inbox

    @property
    def names(self) -> dict[UUID, str]:
        """The names of the customers."""
        return {customer.pk: customer.name for customer in self.customers}


def shared_view(capability: Capability) -> Callable[[Page], View]:
    """Turn a page of shared servers into a view of `provider`, permitted for all of its tenants and in their scope.

    The page is called as `page(request, place, …)` and rendered in the scope. Up to five queries, and the scope's.
    """

    def decorate(page: Page) -> View:
        @provider_view(capability)
        @wraps(page)
        def permitted(request: HttpRequest, provider: Provider, /, **kwargs: Any) -> HttpResponseBase:
            inbox = inbox_of(provider)
            customers = customers_of(inbox) if inbox else []
            place = Place(
                provider, inbox, customers, provider_capabilities(cast("User", request.user), provider)
            )
            with tenant_scope([*([inbox.pk] if inbox else []), *(customer.pk for customer in customers)]):
                response = page(request, place, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response

        permitted.capability = capability  # type: ignore[attr-defined]  # read by the isolation tests
        return permitted

    return decorate


def page(
    request: HttpRequest, template: str, place: Place, tab: str, context: dict[str, Any]
) -> TemplateResponse:
    """Return a page in the frame of shared servers. The total that waits is one query."""
    inboxes = [InboxPlace(place.provider, waiting_of(place.inbox))] if place.inbox else []
    frame: dict[str, Any] = {
        "nav_active": tab,
        "tab": tab,
        "provider": place.provider,
        "inbox_places": inboxes,
        "nothing_waits": not any(one.count for one in inboxes),
        "granted": place.granted,
        "zone": place.inbox.time_zone if place.inbox else "UTC",
    }
    return TemplateResponse(request, template, {**frame, **context})


@dataclass(frozen=True, slots=True)
class InboxPlace:
    """A provider's inbox in the navigation: what waits there."""

    provider: Provider
    waiting: Waiting

    @property
    def count(self) -> int:
        """The messages, logins and failed logins that wait."""
        return self.waiting.messages + self.waiting.logins + self.waiting.failures


def waiting_of(inbox: Tenant) -> Waiting:
    """Return what waits in the inbox. One query, and those of its scope."""
    with tenant_scope([inbox.pk]):
        return waiting_in_all(inbox)


def inbox_places(user: User) -> list[InboxPlace]:
    """Return the inboxes that the person may see. One query, and for each inbox its scope and one more."""
    inboxes: Iterable[Tenant] = Tenant.objects.filter(
        kind=TenantKind.INBOX, provider__in=providers_with(user, Capability.VIEW)
    ).select_related("provider")
    return [InboxPlace(inbox.provider, waiting_of(inbox)) for inbox in inboxes if inbox.provider]
