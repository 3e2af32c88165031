"""Connect Microsoft 365: the form with its steps, and the page of a connection; its buttons are in graph_actions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insights.connectors.graph.certificate import fingerprint
from insights.connectors.graph.manage import change_connection, connect_directory
from insights.connectors.graph.questions import READ_SIGN_INS, READ_TRACE
from insights.connectors.graph.windows import HISTORY
from insights.models import GraphConnection
from insights.queries import today_of
from insights.queries.graph import trace_days
from insights.tasks import poll_graph
from insights.web.graph_form import CERTIFICATE, SECRET, AgainForm, GraphForm
from insights.web.graph_state import standing
from tenants.access import tenant_view
from tenants.models import Tenant, User
from tenants.roles import Capability

OPENSSL = (
    "openssl req -x509 -newkey rsa:3072 -nodes -days 730 \\\n"
    "  -subj '/CN=SMTP AUTH Insights' -keyout key.pem -out certificate.pem"
)
"""Makes a certificate that signs itself, which is all that Entra wants."""
_ENTERED = ("cloud", "directory_id", "client_id", "secret_expires_on", "reads_non_interactive", "reads_trace")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def new(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Say what to register in Entra, and connect the directory with what comes of it."""
    form = GraphForm(request.POST if request.method == "POST" else None, kept="")
    if form.is_bound and form.is_valid():
        try:
            made = connect_directory(
                tenant,
                name=form.cleaned_data["name"],
                wanted=form.wanted(),
                created_by=request.user if isinstance(request.user, User) else None,
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            ask_soon(made)
            messages.success(
                request, _("The directory is connected. Its sign-ins of the last 30 days are being fetched.")
            )
            return to_page(tenant, made)
    return _form_page(request, form=form, connection=None)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def edit(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Change a connection, its secret or certificate above all."""
    connection = connection_at(source_id)
    kept = CERTIFICATE if connection.certificate else SECRET
    form = GraphForm(
        request.POST if request.method == "POST" else None,
        kept=kept,
        initial={"proof": kept, **{name: getattr(connection, name) for name in _ENTERED}},
    )
    if form.is_bound and form.is_valid():
        try:
            change_connection(connection, wanted=form.wanted())
        except ValidationError as error:
            form.refuse(error)
        else:
            ask_soon(connection)
            messages.success(request, _("The connection is saved. The directory is asked now."))
            return to_page(tenant, connection)
    return _form_page(request, form=form, connection=connection)


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Show how a connection stands, the newest askings, and what message trace tells."""
    connection = connection_at(source_id)
    now = timezone.now()
    context = {
        "nav_active": "sources",
        "now": now,
        "source": connection.source,
        "polls": [{**poll, "at": datetime.fromisoformat(poll["at"])} for poll in reversed(connection.polls)],
        "traced": trace_days(connection) if connection.reads_trace else [],
        "fingerprint": fingerprint(connection.certificate) if connection.certificate else "",
        "again": again_form(tenant, now=now),
        **standing(connection, now=now),
    }
    return TemplateResponse(request, "insights/graph.html", context)


def again_form(tenant: Tenant, *, now: datetime, entered: QueryDict | None = None) -> AgainForm:
    """Return the form that asks from which of the days that Microsoft keeps a directory is read again."""
    today = today_of(tenant, now=now)
    return AgainForm(entered, first=today - HISTORY, last=today)


def connection_at(source_id: UUID) -> GraphConnection:
    """Return the connection of a source in the scope; raise Http404. One query."""
    rows = GraphConnection.objects.select_related("source", "created_by")
    return get_object_or_404(rows, source_id=source_id)


def ask_soon(connection: GraphConnection) -> None:
    """Queue an asking for when this is committed."""
    poll_graph.delay_on_commit(tenant_id=str(connection.tenant_id), connection_id=str(connection.pk))


def to_page(tenant: Tenant, connection: GraphConnection) -> HttpResponse:
    """Lead to the page of a connection."""
    return redirect("insights:graph", slug=tenant.slug, source_id=connection.source_id)


def _form_page(request: HttpRequest, *, form: GraphForm, connection: GraphConnection | None) -> HttpResponse:
    context = {
        "nav_active": "sources",
        "form": form,
        "connection": connection,
        "source": connection.source if connection else None,
        "read_sign_ins": READ_SIGN_INS,
        "read_trace": READ_TRACE,
        "openssl": OPENSSL,
    }
    return TemplateResponse(request, "insights/graph_form.html", context)
