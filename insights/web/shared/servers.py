"""All shared servers of a provider: last data, at whom their events lie, what waits; and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from insights.ingest.shared.ledger import events_by_server
from insights.ingest.shared.places import make_server
from insights.ingest.shared.waiting import Waiting, waiting_by_server
from insights.models import Source
from insights.web.shared.place import Place, page
from insights.web.source_form import FORMAT_NAMES, SourceForm
from tenants.scope import tenant_scope

NAMED = 3
NOTHING = Waiting("", 0, 0, 0, 0, None, None)


class ServerRow(NamedTuple):
    """A server as the list shows it: the customers with the most events first, and how many more there are."""

    server: Source
    kind: str | Promise
    customers: list[tuple[str, int]]
    more: int
    given: int
    waiting: Waiting


def row_of(
    server: Source, place: Place, events: Mapping[UUID, Mapping[UUID, int]], waiting: Mapping[UUID, Waiting]
) -> ServerRow:
    """Return the row of a server, with every customer that got events of it."""
    names = place.names
    given = sorted(
        ((names[at], count) for at, count in events.get(server.pk, {}).items() if at in names),
        key=lambda one: (-one[1], one[0]),
    )
    return ServerRow(
        server=server,
        kind=FORMAT_NAMES.get(server.format, server.format),
        customers=given,
        more=max(0, len(given) - NAMED),
        given=sum(count for _name, count in given),
        waiting=waiting.get(server.pk, NOTHING),
    )


def show(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the servers. Three queries beside the frame's."""
    rows = []
    if place.inbox is not None:
        events, waiting = events_by_server(), waiting_by_server(place.inbox)
        servers = Source.objects.filter(tenant=place.inbox)
        rows = [row_of(server, place, events, waiting) for server in servers]
    context = {"rows": rows, "now": timezone.now(), "named": f":{NAMED}"}
    return page(request, "insights/shared/servers.html", place, "shared", context)


def new(request: HttpRequest, place: Place) -> HttpResponse:
    """Make a server, and the provider's inbox with the first one."""
    zone = place.inbox.time_zone if place.inbox else "UTC"
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        zone=zone,
        instead_of=None,
        initial={"time_zone": zone},
    )
    # A name may be taken at the inbox alone; what customers call their sources is their own matter.
    with tenant_scope([place.inbox.pk] if place.inbox else []):
        is_good = form.is_bound and form.is_valid()
    if not is_good:
        return page(request, "insights/shared/server_form.html", place, "shared", {"form": form})
    server = make_server(place.provider, **form.cleaned_data)
    messages.success(request, _("“%(name)s” is there. Upload a log of it.") % {"name": server.name})
    return redirect("insights:shared_server", provider=place.provider.slug, server_id=server.pk)
