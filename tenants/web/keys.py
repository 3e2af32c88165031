"""The pages of API keys, alike for a tenant's and a provider's: a list, a form, the one sight of the text, the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenants.api_keys import keys_made_with, make_key_once, revoke_key
from tenants.models import ApiKey, Provider, Tenant, User
from tenants.roles import Scope
from tenants.web.key_form import KeyForm

ENDED_SHOWN = 50
_STATES: dict[str, tuple[str, str | Promise]] = {
    "active": ("state-good", _lazy("works")),
    "expired": ("", _lazy("expired")),
    "revoked": ("", _lazy("revoked")),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose keys a page is about: a tenant's or a provider's."""

    tenant: Tenant | None = None
    provider: Provider | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days end."""
        return self.tenant.zone if self.tenant else ZoneInfo("UTC")

    def keys(self) -> QuerySet[ApiKey]:
        """Return the keys of the place itself, the newest first."""
        keys = self.tenant.api_keys if self.tenant else self._owner.api_keys
        return keys.select_related("created_by", "tenant", "provider").order_by("-created_at")

    def url(self, page: str = "keys", **kwargs: Any) -> str:
        """Return the address of a page of the place."""
        if self.tenant:
            return reverse(f"tenants:{page}", kwargs={"slug": self.tenant.slug, **kwargs})
        return reverse(f"tenants:provider_{page}", kwargs={"provider": self._owner.slug, **kwargs})

    @property
    def list_url(self) -> str:
        """The address of the list."""
        return self.url()

    @property
    def new_url(self) -> str:
        """The address of the form."""
        return self.url("key_new")

    @property
    def _owner(self) -> Provider:
        if self.provider is None:
            raise ValueError("A place is a tenant or a provider.")
        return self.provider


class Row(NamedTuple):
    """A key as the list shows it; `covers` are the names of a provider key's tenants, empty for all."""

    key: ApiKey
    url: str
    light: str
    word: str | Promise
    covers: list[str]

    @classmethod
    def of(cls, key: ApiKey, place: Place, now: datetime) -> Row:
        """Return the row of a key whose tenants are at hand."""
        light, word = _STATES[key.state(now)]
        covers = [] if key.tenant_id or key.all_tenants else sorted(one.name for one in key.tenants.all())
        return cls(key, place.url("key", key_id=key.pk), light, word, covers)


def list_keys(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the keys that work, and below them those that ended last. Three queries."""
    now = timezone.now()
    keys = list(place.keys().prefetch_related("tenants"))
    rows = [(key.state(now), Row.of(key, place, now)) for key in keys]
    ended = [row for state, row in rows if state != "active"]
    context = {
        "rows": [row for state, row in rows if state == "active"],
        "ended": ended[:ENDED_SHOWN],
        "ended_count": len(ended),
    }
    return _page(request, "tenants/keys.html", place, context)


def new_key(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the form; make the key and show its text, which is in this answer and nowhere else."""
    form = KeyForm(
        request.POST if request.method == "POST" else None,
        zone=place.zone,
        now=timezone.now(),
        provider=place.provider,
    )
    if not (form.is_bound and form.is_valid()):
        return _page(request, "tenants/key_form.html", place, {"form": form})
    made = _make(form, request, place)
    if made is None:
        return redirect(place.list_url)
    key, text = made
    return _page(
        request, "tenants/key_made.html", place, {"key": key, "text": text, "site_url": settings.SITE_URL}
    )


def _make(form: KeyForm, request: HttpRequest, place: Place) -> tuple[ApiKey, str] | None:
    """Make the key of a valid form; None, and a message, where the same form made it before."""
    person = request.user if isinstance(request.user, User) else None
    made = make_key_once(tenant=place.tenant, provider=place.provider, created_by=person, **form.wish())
    if made is None:
        messages.info(
            request, _("This key was made already. Its text is shown once only; make another if it is lost.")
        )
    return made


def show_key(request: HttpRequest, place: Place, key_id: UUID) -> HttpResponse:
    """Show one key and the button that ends it."""
    key = get_object_or_404(place.keys().select_related("made_with").prefetch_related("tenants"), pk=key_id)
    context = {
        "made": keys_made_with(key, now=timezone.now()),
        "row": Row.of(key, place, timezone.now()),
        "scopes": [Scope(scope) for scope in key.scopes],
        "revoke_url": place.url("key_revoke", key_id=key.pk),
    }
    return _page(request, "tenants/key.html", place, context)


def end_key(request: HttpRequest, place: Place, key_id: UUID) -> HttpResponse:
    """Revoke a key."""
    key = get_object_or_404(place.keys(), pk=key_id)
    with_made = request.POST.get("with_made") == "yes"
    revoke_key(key, now=timezone.now(), with_made=with_made)
    said = (
        _("“%(name)s” and the keys that it made are revoked.") if with_made else _("“%(name)s” is revoked.")
    )
    messages.success(request, said % {"name": key.name})
    return redirect(place.list_url)


def _page(request: HttpRequest, template: str, place: Place, context: dict[str, Any]) -> HttpResponse:
    frame: dict[str, Any] = {
        "nav_active": "settings" if place.tenant else "overview",
        "settings_tab": "keys",
        "place": place,
        "provider": place.provider,
    }
    return TemplateResponse(request, template, {**frame, **context})
