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
    "graph-new": "/t/{slug}/sources/microsoft-365/",
    "graph": "/t/{slug}/sources/{connected}/microsoft-365/",
    "graph-edit": "/t/{slug}/sources/{connected}/microsoft-365/edit/",
    "columns-of-upload": "/t/{other}/imports/{held}/columns/",
    "columns-of-source": "/t/{other}/sources/{table}/columns/",
    "shared-servers": "/providers/north/shared/",
    "shared-new": "/providers/north/shared/new/",
    "shared-server": "/providers/north/shared/{shared}/?account=anna@newclient.example",
    "shared-rule-new": "/providers/north/shared/{shared}/rules/new/",
    "shared-upload": "/providers/north/shared/{shared}/upload/",
    "shared-import": "/providers/north/shared/imports/{read}/",
    "inbox": "/providers/north/inbox/",
    "inbox-accounts": "/providers/north/inbox/?view=accounts",
    "inbox-flyout": "/providers/north/inbox/?row=newclient.example",
    "inbox-assigned": "/providers/north/inbox/?view=assigned",
    "password": "/accounts/password/change/",
}


def path_of(name: str, world: World, *, row: str) -> str:
    """Return the path of a page of the busy customer; `row` is the sender whose flyout is open."""
    delivery = world.delivery
    told: dict[str, object] = {"connected": world.connected, "held": world.held, "table": world.table}
    told |= {"other": world.other.slug, "shared": world.shared, "read": world.read}
    told |= {"webhook": delivery.webhook_id, "delivery": delivery.pk}
    return PAGES[name].format(slug=world.busy.slug, row=quote(row), **told)
