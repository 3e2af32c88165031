"""Every address of the URL map, and what the matrix must know of it to ask it.

The map is read from Django's resolver. A route that no table here lists fails `test_matrix`: say there what a
permitted GET and POST answer, or why the route belongs to no tenant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tenants.roles import Capability

NOT_ALLOWED = 405
_ELSEWHERE = re.compile(r"admin:|[a-z]+-api:")


@dataclass(frozen=True, slots=True)
class Found:
    """A named route of the URL map, with the names of its arguments and its view."""

    name: str
    arguments: frozenset[str]
    view: Callable[..., Any]

    @property
    def is_of_a_tenant(self) -> bool:
        """Whether the address names a tenant."""
        return "slug" in self.arguments

    @property
    def capability(self) -> Capability | None:
        """The right that the view declares."""
        declared: Capability | None = getattr(self.view, "capability", None)
        return declared


@cache
def url_map() -> dict[str, Found]:
    """Return the named routes of the whole site without the administration's and the API's (tests/isolation/api)."""
    found = _walk(get_resolver(), namespace="", outer=frozenset())
    return {route.name: route for route in found if not _ELSEWHERE.match(route.name)}


def _walk(resolver: URLResolver, *, namespace: str, outer: frozenset[str]) -> Iterator[Found]:
    for item in resolver.url_patterns:
        arguments = outer | set(item.pattern.regex.groupindex)
        if isinstance(item, URLPattern):
            yield Found(f"{namespace}{item.name}", arguments - set(item.default_args), item.callback)
        else:
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from _walk(item, namespace=inner, outer=arguments)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person with every right gets from a GET and from an empty POST, and what a POST needs beyond the
    view's declared right.
    """

    get: int = 200
    post: int = NOT_ALLOWED
    post_needs: Capability | None = None


READ = Answers()
FORM = Answers(post=200)
BUTTON = Answers(get=NOT_ALLOWED, post=302)
# Who asked for a report may do this too; on the stage that is an owner anyway.
OWN_REQUEST = Answers(get=NOT_ALLOWED, post=302, post_needs=Capability.MANAGE_SETTINGS)

OF_A_TENANT: dict[str, Answers] = {
    "insights:dashboard": READ,
    "insights:settings": Answers(post=200, post_needs=Capability.MANAGE_SETTINGS),
    "insights:domains": READ,
    "insights:domain_decision": Answers(get=NOT_ALLOWED, post=200),
    "tenants:keys": READ,
    "tenants:key_new": FORM,
    "tenants:key": READ,
    "tenants:key_revoke": BUTTON,
    "tenants:webhooks": READ,
    "tenants:webhook_new": FORM,
    "tenants:webhook": READ,
    "tenants:webhook_edit": FORM,
    "tenants:webhook_test": BUTTON,
    "tenants:webhook_secret": BUTTON,
    "tenants:webhook_switch": BUTTON,
    "tenants:webhook_delete": BUTTON,
    "tenants:webhook_delivery": READ,
    "tenants:webhook_again": BUTTON,
    "insights:sources": READ,
    "insights:connect": FORM,
    "insights:source_light": READ,
    "insights:graph_new": FORM,
    "insights:graph": READ,
    "insights:graph_edit": FORM,
    "insights:graph_test": BUTTON,
    "insights:graph_again": BUTTON,
    "insights:graph_switch": BUTTON,
    "insights:graph_remove": BUTTON,
    "insights:source_new": FORM,
    "insights:source": READ,
    "insights:source_edit": FORM,
    "insights:source_unrecognised": READ,
    "insights:source_columns": FORM,
    "insights:syslog": READ,
    "insights:syslog_add": Answers(get=NOT_ALLOWED, post=200),
    "insights:syslog_remove": BUTTON,
    "insights:upload": FORM,
    "insights:import": READ,
    "insights:import_unrecognised": READ,
    "insights:import_undo": Answers(post=302),
    "insights:import_retry": BUTTON,
    "insights:import_columns": FORM,
    "insights:import_discard": BUTTON,
    "reports:smtp_auth": READ,
    "reports:details": READ,
    "reports:details_export": READ,
    "reports:export": READ,
    "reports:clients": READ,
    "reports:failures": READ,
    "reports:requests": READ,
    "reports:request_new": FORM,
    "reports:request_recipients": Answers(get=NOT_ALLOWED, post=200),
    "reports:request": READ,
    "reports:request_again": OWN_REQUEST,
    "reports:request_cancel": OWN_REQUEST,
    "reports:request_delete": OWN_REQUEST,
    "reports:request_download": READ,
}
OF_SEVERAL = {
    "tenants:provider_keys": "a provider's keys, for its owners: tests/tenants/web/test_keys.py",
    "tenants:provider_key_new": "names the provider's tenants, for its owners",
    "tenants:provider_key": "one of those keys",
    "tenants:provider_key_revoke": "one of those keys",
    "tenants:provider_webhooks": "a provider's webhooks, for its owners: tests/tenants/web/test_webhooks.py",
    "tenants:provider_webhook_new": "a form, for its owners",
    "tenants:provider_webhook": "what one of them was told of any of the provider's tenants",
    "tenants:provider_webhook_edit": "one of those webhooks",
    "tenants:provider_webhook_test": "one of those webhooks",
    "tenants:provider_webhook_secret": "one of those webhooks",
    "tenants:provider_webhook_switch": "one of those webhooks",
    "tenants:provider_webhook_delete": "one of those webhooks",
    "tenants:provider_webhook_delivery": "one message to one of those webhooks",
    "tenants:provider_webhook_again": "one message to one of those webhooks",
    "insights:overview": "rows of the tenants that the person may see",
    "insights:overview_csv": "the same rows as a file",
    "insights:all_sources": "the sources of these tenants: tests/insights/web/test_all_sources.py",
    "insights:all_sources_csv": "the same rows as a file",
    **{
        f"insights:{name}": "a provider's shared servers: tests/isolation/test_shared.py"
        for name in (
            "shared_servers",
            "shared_server_new",
            "shared_server",
            "shared_rule_new",
            "shared_rule",
            "shared_rule_remove",
            "shared_upload",
            "shared_import",
            "shared_import_undo",
            "shared_import_retry",
            "inbox",
            "inbox_assign",
            "inbox_assign_all",
            "inbox_take_back",
        )
    },
    "reports:shared_download": "signed: whoever holds the link may fetch that report",
    "reports:outbox": "the demo's mails, of the tenants that the person may see",
    "reports:outbox_mail": "one of those mails",
    "reports:outbox_html": "one of those mails",
    "reports:outbox_attachment": "a file of one of those mails",
}
"""Routes without a tenant in their address that show tenants' rows; each has tests of its own."""
OF_NO_TENANT = {
    "health-live": "says that the process answers",
    "health-ready": "says that the servers answer",
    "account_login": "allauth",
    "account_logout": "allauth",
    "account_inactive": "allauth",
    "account_signup": "allauth, closed",
    "account_reauthenticate": "allauth",
    "account_email": "allauth, the person's own addresses",
    "account_email_verification_sent": "allauth",
    "account_change_password": "allauth",
    "account_set_password": "allauth",
    "account_reset_password": "allauth",
    "account_confirm_login_code": "allauth",
    "account_confirm_email": "allauth",
    "account_reset_password_from_key_done": "allauth",
    "account_reset_password_from_key": "allauth",
    "account_reset_password_done": "allauth",
}
"""Routes that show no tenant's rows, with the reason or whose page it is."""
