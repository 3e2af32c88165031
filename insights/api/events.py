"""Single events as they are kept, newest first: what the reports count, one by one."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.filtering import checked, filter_schema
from insights.api.tabular import FORMAT_SCHEMA, as_file, format_of
from insights.filters import EventFilters
from insights.models import LoginFailure, Source, Submission
from project.tables import Row, plain
from tenants.api.base import TenantApiView
from tenants.api.paging import PAGE_PARAMETERS, PAGE_SCHEMA, page

CHUNK = 2_000
ORDERINGS = ("occurred_at",)
_ORDERS = {"-occurred_at": ("-occurred_at", "-id"), "occurred_at": ("occurred_at", "id")}


class EventList(TenantApiView):
    """A list of the rows of `model`, narrowed by `filters`; of the `columns`, `source` and `import` say where from.

    Both orders are those of the table's key, so that a page reads little more than its own rows.
    """

    model: ClassVar[type[Submission | LoginFailure]]
    filters: ClassVar[type[EventFilters]]
    columns: ClassVar[tuple[str, ...]]
    name: ClassVar[str]

    def answer(self, request: Request) -> HttpResponseBase:
        """Return a page of the rows, or a file with all of them."""
        form = format_of(request, paged=True)
        filters = checked(
            request,
            self.filters,
            queryset=self.model.objects.all(),
            tenant=self.tenant,
            orderings=ORDERINGS,
        )
        events, order = filters.qs.values(*_kept(self.columns)), _ORDERS[filters.order() or "-occurred_at"]
        if form != "json":
            days = filters.selection().days
            return as_file(
                form,
                self.columns,
                lambda: self._named(events.order_by(*order).iterator(chunk_size=CHUNK)),
                name=f"{self.tenant.slug}-{self.name}-{days.start}-{days.last}",
                title=self.name,
                scope=[self.tenant.pk],
            )
        found, after = page(events, request, order=order)
        rows = [{name: plain(value) for name, value in row.items()} for row in self._named(iter(found))]
        return Response({"results": rows, "next": after})

    def _named(self, events: Iterator[dict[str, Any]]) -> Generator[Row]:
        """Give the events with the names of their sources; those of a source that is gone keep its id."""
        names = dict(Source.objects.values_list("pk", "name"))
        for event in events:
            source, log_import = event.pop("source_id"), event.pop("log_import_id")
            event["id"] = str(event["id"])
            event["source"] = names.get(source, str(source))
            event["import"] = None if log_import is None else str(log_import)
            yield {name: event[name] for name in self.columns}


def _kept(columns: Sequence[str]) -> list[str]:
    of_the_row = {"source": "source_id", "import": "log_import_id"}
    return [of_the_row.get(name, name) for name in columns]


def event_parameters(filters: type[EventFilters]) -> frozenset[str]:
    """Return the query parameters of a list of events."""
    return filters.names() | PAGE_PARAMETERS | {"format"}


def event_schema(filters: type[EventFilters]) -> list[OpenApiParameter]:
    """Return the same for the `parameters` of `extend_schema`."""
    described = filter_schema(filters, orderings=ORDERINGS, default_order="-occurred_at")
    return [*described, *PAGE_SCHEMA, FORMAT_SCHEMA]
