"""Connect a source: texts to paste that carry the real address and a fresh key, and a light that waits for lines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insights.ingest.columns import is_unmapped
from insights.ingest.formats import BY_DAYS, DOCUMENTS, FORMATS
from insights.models import Source
from insights.queries.syslog import syslog_listeners
from insights.web.connect_form import NEW, ConnectForm
from insights.web.connect_light import light_of
from insights.web.follow_snippets import follow_kit
from insights.web.snippets import NO_KEY, Endpoint, kits
from insights.web.syslog_snippets import place_of, syslog_kits
from tenants.access import capabilities_of, tenant_view
from tenants.api_keys import make_key_once
from tenants.models import ApiKey, Tenant, User
from tenants.roles import Capability, Scope

KEY_NAME_LIMIT = 100


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def connect(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Ask which source, then show its texts: with a fresh key for who may make one, else with a place for it."""
    sources = list(Source.objects.filter(format__in=FORMATS).exclude(format__in=[*DOCUMENTS, *BY_DAYS]))
    asked = next((one for one in sources if str(one.pk) == request.GET.get("source")), None)
    initial = {"source": str(asked.pk) if asked else str(sources[0].pk) if len(sources) == 1 else NEW}
    form = ConnectForm(
        request.POST if request.method == "POST" else None, tenant=tenant, sources=sources, initial=initial
    )
    makes_keys = Capability.MANAGE_KEYS in capabilities_of(request.user, tenant)
    if not (form.is_bound and form.is_valid()):
        return _page(
            request, tenant, form=form, source=None if form.is_bound else asked, makes_keys=makes_keys
        )
    source = form.chosen_source()
    made = _make_key(request, tenant, source, form.cleaned_data["key_id"]) if makes_keys else None
    if made is None:
        return redirect(f"{reverse('insights:connect', kwargs={'slug': tenant.slug})}?source={source.pk}")
    return _page(request, tenant, form=form, source=source, makes_keys=True, made=made)


@require_safe
@tenant_view(Capability.MANAGE_SOURCES)
def light(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Show whether lines come in, since the time and with the key that the page was made with."""
    source = get_object_or_404(Source, pk=source_id)
    now = timezone.now()
    key = None
    if Capability.MANAGE_KEYS in capabilities_of(request.user, tenant):
        asked = _uuid(request.GET.get("key", ""))
        key = tenant.api_keys.filter(pk=asked).first() if asked else None
    since = _instant(request.GET.get("since", ""), now)
    context = {
        "light": light_of(source, key=key, since=since, now=now),
        "source": source,
        "key": key,
        "now": now,
    }
    return TemplateResponse(request, "insights/connect_light.html", context)


def _make_key(
    request: HttpRequest, tenant: Tenant, source: Source, key_id: UUID
) -> tuple[ApiKey, str] | None:
    person = request.user if isinstance(request.user, User) else None
    made = make_key_once(
        key_id=key_id,
        name=_("Log of %(source)s") % {"source": source.name[: KEY_NAME_LIMIT - 20]},
        scopes=[Scope.INGEST],
        tenant=tenant,
        created_by=person,
    )
    if made is None:
        messages.info(
            request, _("A key was made already. Its text is shown once only; make another if it is lost.")
        )
    return made


def _page(
    request: HttpRequest,
    tenant: Tenant,
    *,
    form: ConnectForm,
    source: Source | None,
    makes_keys: bool,
    made: tuple[ApiKey, str] | None = None,
) -> HttpResponse:
    now = timezone.now()
    key, text = made or (None, None)
    context = {"nav_active": "sources", "form": form, "source": source, "makes_keys": makes_keys, "now": now}
    if source is not None:
        endpoint = Endpoint(settings.SITE_URL, tenant.slug, source.name, source.format)
        place = place_of(syslog_listeners(now=now), site=settings.SITE_URL)
        shown = text or NO_KEY
        context |= {
            "key": key,
            "text": text,
            "endpoint": endpoint,
            "kits": [
                *kits(endpoint, shown),
                *(syslog_kits(endpoint, place, shown) if place else []),
                follow_kit(endpoint),
            ],
            "syslog_place": place,
            "lacks_columns": is_unmapped(source),
            "light": light_of(source, key=key, since=now if made else None, now=now),
        }
    return TemplateResponse(request, "insights/connect.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _instant(text: str, now: datetime) -> datetime | None:
    """Return the time that the light counts from; None for what is none, or is not of the past."""
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        return None
    return since if since.tzinfo is not None and since <= now else None
