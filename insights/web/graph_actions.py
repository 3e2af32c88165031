"""The buttons of a connection to Microsoft 365: test, read again, pause and removal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from insights.connectors.graph.manage import read_again, remove_connection, switch_connection
from insights.connectors.graph.poll import try_out
from insights.connectors.graph.refusals import GraphError
from insights.connectors.graph.secret import credentials_of
from insights.web.graph import again_form, ask_soon, connection_at, to_page
from project.periods import midnight
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability
from tenants.scope import tenant_scope


@require_POST
@tenant_view(Capability.MANAGE_SOURCES, enters_scope=False)
def test(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Log in and ask for one page, store nothing, and say what came of it. No transaction is open meanwhile."""
    with tenant_scope([tenant.pk]):
        connection = connection_at(source_id)
    try:
        found = try_out(
            credentials_of(connection),
            non_interactive=connection.reads_non_interactive,
            clock=timezone.now,
        )
    except GraphError as error:
        messages.error(request, _("The test failed: %(words)s") % {"words": error.words})
    else:
        messages.success(
            request,
            _("The test worked: Microsoft gives the sign-ins of this directory. %(found)s")
            % {
                "found": _("There were SMTP AUTH sign-ins in the last 24 hours.")
                if found
                else _("There was no SMTP AUTH sign-in in the last 24 hours.")
            },
        )
    return to_page(tenant, connection)


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def again(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Read again from a day on, such as one whose import was undone."""
    connection = connection_at(source_id)
    form = again_form(tenant, now=timezone.now(), entered=request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(words) for words in form.errors["since"]))
        return to_page(tenant, connection)
    since = form.cleaned_data["since"]
    read_again(connection, since=midnight(since, tenant.zone))
    ask_soon(connection)
    messages.success(
        request,
        _("The sign-ins from %(day)s on are read again. What is there already is not counted again.")
        % {"day": date_format(since, "j M Y")},
    )
    return to_page(tenant, connection)


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def switch(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Pause a connection, or ask again."""
    connection = connection_at(source_id)
    is_on = request.POST.get("is_on") == "yes"
    switch_connection(connection, is_on=is_on)
    if is_on:
        ask_soon(connection)
    messages.success(request, _("The directory is asked again.") if is_on else _("The connection is paused."))
    return to_page(tenant, connection)


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def remove(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Forget a connection with its secret; its source stays."""
    connection = connection_at(source_id)
    remove_connection(connection)
    messages.success(
        request,
        _(
            "The connection is removed and its secret forgotten. What was read stays. Delete the secret or certificate "
            "in Entra too."
        ),
    )
    return redirect("insights:source", slug=tenant.slug, source_id=connection.source_id)
