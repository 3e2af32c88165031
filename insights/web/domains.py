"""The sender domains of a tenant: which of those seen in its mail are its own."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from insights.ingest.own_domains import decide_domain, read_domain
from insights.queries import Selection, kept_days, sender_domains
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability


class DecisionForm(forms.Form):
    """A domain, and whether the tenant says that it is its own."""

    domain = forms.CharField(label=_("Domain"), max_length=255)
    is_accepted = forms.BooleanField(required=False)

    def clean_domain(self) -> str:
        """Return the domain in IDNA lower case."""
        return read_domain(self.cleaned_data["domain"])


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show every domain ever seen or accepted, with its messages in the kept days."""
    return _page(request, tenant, DecisionForm())


@require_POST
@tenant_view(Capability.MANAGE_DOMAINS)
def decide(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Accept a domain, or take that back; doing it twice changes nothing."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, tenant, form)
    chosen = form.cleaned_data
    decide_domain(tenant, chosen["domain"], is_accepted=chosen["is_accepted"])
    return redirect("insights:domains", slug=tenant.slug)


def _page(request: HttpRequest, tenant: Tenant, form: DecisionForm) -> HttpResponse:
    kept = kept_days(tenant, now=timezone.now())
    rows = sender_domains(Selection(kept))
    context = {
        "nav_active": "settings",
        "settings_tab": "domains",
        "accepted": [row for row in rows if row.is_accepted],
        "others": [row for row in rows if not row.is_accepted],
        "kept": kept,
        "form": form,
    }
    return TemplateResponse(request, "insights/domains.html", context)
