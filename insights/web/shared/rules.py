"""Make, change and remove a rule of shared servers; what is stored already stays where it is."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from insights.ingest.shared.mapping import change_rule, make_rule, remove_rule
from insights.models import RuleKind, SharedRule, Source
from insights.web.shared.forms import EVERYWHERE, RuleForm
from insights.web.shared.place import Place, page
from insights.web.shared.server import find_server
from tenants.models import User


def new(request: HttpRequest, place: Place, server_id: UUID) -> HttpResponse:
    """Make a rule; the address may propose its kind, value and customer."""
    server = find_server(place, server_id)
    proposed = {name: request.GET[name] for name in ("kind", "value", "customer") if name in request.GET}
    initial = {"kind": RuleKind.DOMAIN.value, "server": EVERYWHERE, **proposed}
    return _edit(request, place, server, None, initial)


def edit(request: HttpRequest, place: Place, server_id: UUID, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    server = find_server(place, server_id)
    rule = _find(place, server, rule_id)
    initial = {
        "kind": rule.kind,
        "value": rule.value,
        "customer": str(rule.customer_id),
        "server": str(rule.source_id) if rule.source_id else EVERYWHERE,
    }
    return _edit(request, place, server, rule, initial)


def remove(request: HttpRequest, place: Place, server_id: UUID, rule_id: UUID) -> HttpResponse:
    """Take a rule out; doing it twice changes nothing."""
    server = find_server(place, server_id)
    if remove_rule(place.home, rule_id):
        messages.success(request, _("The rule is removed. What it gave to its customer stays there."))
    return redirect("insights:shared_server", provider=place.provider.slug, server_id=server.pk)


def _find(place: Place, server: Source, rule_id: UUID) -> SharedRule:
    of_server = Q(source=None) | Q(source=server)
    rules = SharedRule.objects.filter(of_server, tenant=place.home).select_related("tenant")
    return get_object_or_404(rules, pk=rule_id)


def _edit(
    request: HttpRequest, place: Place, server: Source, rule: SharedRule | None, initial: dict[str, str]
) -> HttpResponse:
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        customers=place.customers,
        server=server,
        initial=initial,
    )
    if form.is_bound and form.is_valid() and _save(form, place, rule, cast("User", request.user)):
        messages.success(
            request,
            _("The rule holds for what comes from now on. What waits already is assigned in the inbox."),
        )
        return redirect("insights:shared_server", provider=place.provider.slug, server_id=server.pk)
    context = {"form": form, "server": server, "rule": rule}
    return page(request, "insights/shared/rule_form.html", place, "shared", context)


def _save(form: RuleForm, place: Place, rule: SharedRule | None, person: User) -> bool:
    """Write the rule of a valid form; False with the reason on the form."""
    kind, value = form.cleaned_data["kind"], form.cleaned_data["value"]
    customer, source = form.chosen_customer(), form.chosen_server()
    try:
        if rule is None:
            make_rule(place.home, kind=kind, value=value, customer=customer, source=source, person=person)
        else:
            change_rule(rule, kind=kind, value=value, customer=customer, source=source, person=person)
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors
