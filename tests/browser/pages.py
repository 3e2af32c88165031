"""The main pages of the site, by the names that test reports show."""

from __future__ import annotations

from urllib.parse import quote

from tests.browser.world import World

_REPORT = "/t/{slug}/reports/smtp-auth/"
PAGES = {
    "customers": "/",
    "dashboard": "/t/{slug}/",
    "dashboard-flyout": "/t/{slug}/?panel=smtp-auth",
    "report-volume": _REPORT,
    "report-tls": _REPORT + "?view=tls&range=14d",
    "report-authentication": _REPORT + "?view=auth",
    "details": _REPORT + "details/?view=tls",
    "details-flyout": _REPORT + "details/?row={row}",
    "clients": "/t/{slug}/clients/",
    "failed-logins": "/t/{slug}/failed-logins/",
    "requests": "/t/{slug}/requests/",
    "request-new": "/t/{slug}/requests/new/",
    "sources": "/t/{slug}/sources/",
    "settings": "/t/{slug}/settings/",
    "domains": "/t/{slug}/settings/domains/",
    "keys": "/t/{slug}/settings/keys/",
    "key-new": "/t/{slug}/settings/keys/new/",
    "provider-keys": "/providers/north/keys/",
    "provider-key-new": "/providers/north/keys/new/",
    "webhooks": "/t/{slug}/settings/webhooks/",
    "webhook-new": "/t/{slug}/settings/webhooks/new/",
    "webhook": "/t/{slug}/settings/webhooks/{webhook}/",
    "webhook-edit": "/t/{slug}/settings/webhooks/{webhook}/edit/",
    "webhook-delivery": "/t/{slug}/settings/webhooks/{webhook}/deliveries/{delivery}/",
    "provider-webhooks": "/providers/north/webhooks/",
    "connect": "/t/{slug}/sources/connect/",
    "password": "/accounts/password/change/",
}


def path_of(name: str, world: World, *, row: str) -> str:
    """Return the path of a page of the busy customer; `row` is the sender whose flyout is open."""
    delivery = world.delivery
    told = {"webhook": delivery.webhook_id, "delivery": delivery.pk}
    return PAGES[name].format(slug=world.busy.slug, row=quote(row), **told)
