"""A tenant's settings: owners change them, everybody else of the tenant reads them.

The page stands here and not with the tenants, because another time zone counts the days of the roll-ups anew
and fewer kept days delete events.
"""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from insights.rollups.settings import Loss, change_settings
from insights.web.settings_form import SettingsForm
from tenants.access import capabilities_of, tenant_view
from tenants.models import Tenant
from tenants.roles import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.VIEW)
def edit(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the settings, and save them for an owner; what deletes data is asked about first."""
    can_edit = Capability.MANAGE_SETTINGS in capabilities_of(request.user, tenant)
    if request.method == "POST" and not can_edit:
        raise PermissionDenied("Only owners change a tenant's settings.")
    form = SettingsForm(
        request.POST if request.method == "POST" else None, instance=copy(tenant), can_edit=can_edit
    )
    loss = None
    if form.is_bound and form.is_valid():
        days = form.cleaned_data["retention_days"]
        loss = Loss.of(tenant, days=days, now=timezone.now())
        if loss is None or request.POST.get("confirmed_days") == str(days):
            _save(request, tenant, form)
            return redirect("insights:settings", slug=tenant.slug)
    context = {
        "nav_active": "settings",
        "settings_tab": "general",
        "form": form,
        "can_edit": can_edit,
        "loss": loss,
    }
    return TemplateResponse(request, "insights/settings.html", context)


def _save(request: HttpRequest, tenant: Tenant, form: SettingsForm) -> None:
    """Save what the form holds, and tell what it means for older data."""
    chosen = form.cleaned_data
    keeps_longer = chosen["retention_days"] > tenant.retention_days
    moves = chosen["time_zone"] != tenant.time_zone
    change_settings(tenant, **chosen)
    messages.success(request, _("The settings are saved."))
    if keeps_longer and tenant.raw_from_on is not None:
        text = _("Events from before %(day)s were deleted and do not come back; read the old logs again.")
        messages.info(request, text % {"day": date_format(tenant.raw_from_on, "j F Y")})
    if moves:
        messages.info(request, _told_about_days(tenant))


def _told_about_days(tenant: Tenant) -> str:
    if tenant.borders_kept_before is None:
        return _("Every day was counted anew, from midnight to midnight in %(zone)s.") % {
            "zone": tenant.time_zone
        }
    text = _("The days from %(day)s on were counted anew in %(zone)s; older days keep their old borders.")
    return text % {"day": date_format(tenant.borders_kept_before, "j F Y"), "zone": tenant.time_zone}
