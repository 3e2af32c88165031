"""The six tables of the reports as endpoints; `reports.tables` declares them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, TypeVar

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from insights.api.filtering import NOT_OF_FAILURES, checked, filter_schema
from insights.models import SubmissionDay
from reports.api.files import table_answer
from reports.api.shapes import FORMAT, FORMATS, TABLES, table_example
from reports.build.snapshot import snapshot_of
from reports.tables import KINDS, Kind
from tenants.api.base import TenantApiView
from tenants.api.conditional import CONDITION, NOT_MODIFIED
from tenants.roles import Capability

_V = TypeVar("_V", bound="type[TableView]")


class TableView(TenantApiView):
    """A table of `kind`, whole, in the form that is asked for. Every query sees the same moment."""

    kind: ClassVar[Kind]
    capabilities: ClassVar = {"GET": Capability.VIEW}

    def scope(self) -> AbstractContextManager[None]:
        """Read within one snapshot."""
        return snapshot_of(self.tenant.pk)

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the table."""
        form = request.query_params.get("format", "json")
        if form not in FORMATS:
            raise ValidationError({"format": [f"is not known; it can be {', '.join(FORMATS)}."]})
        filters = checked(
            request,
            self.kind.filters,
            queryset=SubmissionDay.objects.none(),
            tenant=self.tenant,
            orderings=self.kind.orderings,
        )
        return table_answer(request, self.kind, filters, tenant=self.tenant, form=form)


def _of(name: str, *, title: str, text: str) -> Callable[[_V], _V]:
    """Make a view of the kind called `name`, and describe it."""
    kind = KINDS[name]
    described = extend_schema(
        operation_id=f"reports_{name.replace('-', '_')}",
        tags=["Reports"],
        summary=title,
        description=f"{text} The whole table in one answer, read at one moment.",
        parameters=[
            *filter_schema(kind.filters, orderings=kind.orderings, default_order=kind.default_order),
            FORMAT,
            *CONDITION,
        ],
        responses={**TABLES[name], 304: NOT_MODIFIED},
        examples=[table_example(kind)],
    )

    def decorate(view: _V) -> _V:
        view.kind = kind
        view.parameters = {"GET": kind.parameters | {"format"}}
        decorated: _V = extend_schema_view(get=described)(view)
        return decorated

    return decorate


@_of(
    "sending-volume",
    title="Messages and recipients by day",
    text="Every day of the range in order, days without mail included.",
)
class SendingVolume(TableView):
    """Sending volume."""


@_of(
    "tls-usage",
    title="Messages by TLS version",
    text="Every version from best to worst, those without messages included. `none` only where the log shows that "
    "the session was not encrypted; no evidence is `unknown`.",
)
class TlsUsage(TableView):
    """TLS usage."""


@_of(
    "authentication",
    title="Messages by auth class and mechanism",
    text="The mechanisms that were used, by class and then by number of messages.",
)
class Authentication(TableView):
    """Authentication."""


@_of(
    "senders",
    title="Messages by sender address",
    text="The details table in both its views: messages by TLS version, and by auth class. Each of the two groups "
    "of columns adds up to `messages`. `search` looks at the sender address alone.",
)
class Senders(TableView):
    """Senders."""


@_of(
    "clients",
    title="Accounts, client addresses, TLS versions and mechanisms",
    text="What has to be found and fixed: one row for each account, client address, TLS version and mechanism.",
)
class Clients(TableView):
    """Clients."""


@_of(
    "failures",
    title="Failed logins",
    text="By user name as it was typed, client address, mechanism and reason. Failed logins carry no sender, no TLS "
    "version and no auth class: those filters are refused.",
)
class Failures(TableView):
    """Failed logins."""

    elsewhere: ClassVar = NOT_OF_FAILURES
