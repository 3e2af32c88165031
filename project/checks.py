"""System checks: settings that would make the product unsafe or unable to work, each with an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from project.origins import is_safe_origin


@register(Tags.database)
def running_role_is_bound(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a running role that row-level security does not bind."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS ("
            " SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        role, is_superuser, bypasses, owns_tables = cursor.fetchone()
    reasons = [
        reason
        for reason, holds in (
            ("is a superuser", is_superuser),
            ("has BYPASSRLS", bypasses),
            ("owns tables", owns_tables),
        )
        if holds
    ]
    if not reasons:
        return []
    return [
        Error(
            f"The database role “{role}” of DATABASE_URL {' and '.join(reasons)}: row-level security would not "
            "keep customers apart.",
            hint="Make both roles with `python -m project.roles SUPERUSER_URL` and use the URLs that it prints.",
            id="project.E001",
        )
    ]


@register(Tags.security, deploy=True)
def site_url_is_https(**kwargs: Any) -> list[CheckMessage]:
    """Warn when links in mails and cookies would go over plain HTTP."""
    if settings.SERVED_OVER_HTTPS:
        return []
    return [
        Warning(
            f"SITE_URL is {settings.SITE_URL}, not https: cookies and links in mails are not protected.",
            hint="Set SITE_URL to the address that people use, for instance https://insights.example.com.",
            id="project.W001",
        )
    ]


@register(Tags.security)
def secret_key_is_long(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a secret key that can be guessed: sessions and download links are signed with it."""
    if all(len(key) >= 32 for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]):
        return []
    return [
        Error(
            "SECRET_KEY, or one of SECRET_KEY_FALLBACKS, has fewer than 32 characters.",
            hint="Set it to a random string, for instance from `openssl rand -base64 48`.",
            id="project.E002",
        )
    ]


@register(Tags.security)
def stored_secret_keys_are_long(**kwargs: Any) -> list[CheckMessage]:
    """Refuse keys that can be guessed: secrets of other services are sealed with them."""
    short = [name for name, key in settings.STORED_SECRET_KEYS.items() if len(key) < 32]
    if not short:
        return []
    return [
        Error(
            f"STORED_SECRET_KEYS has keys of fewer than 32 characters: {', '.join(short)}.",
            hint="Make each a random string, for instance from `openssl rand -hex 32`.",
            id="project.E003",
        )
    ]


@register(Tags.security, deploy=True)
def stored_secret_keys_are_set(**kwargs: Any) -> list[CheckMessage]:
    """Warn when stored secrets hang on SECRET_KEY, which one changes more lightly."""
    if next(iter(settings.STORED_SECRET_KEYS.values())) != settings.SECRET_KEY:
        return []
    return [
        Warning(
            "STORED_SECRET_KEYS is not set, or is the SECRET_KEY: a new SECRET_KEY without the old one among "
            "SECRET_KEY_FALLBACKS would end every connection to Microsoft 365.",
            hint="Set STORED_SECRET_KEYS=1: and a random string. What was sealed before is sealed with it anew.",
            id="project.W002",
        )
    ]


@register(Tags.security)
def graph_endpoints_are_https(**kwargs: Any) -> list[CheckMessage]:
    """Refuse addresses to which client secrets would go unencrypted."""
    refused = [
        f"{name}: {urls}"
        for name, urls in settings.GRAPH_ENDPOINTS.items()
        if not (isinstance(urls, list) and len(urls) == 2 and all(is_safe_origin(url) for url in urls))
    ]
    if not refused:
        return []
    return [
        Error(
            f"GRAPH_ENDPOINTS has what are not two https addresses without a path: {'; '.join(refused)}.",
            hint="Write the address of the log-in service and that of Microsoft Graph, as JSON: "
            '{"global": ["https://login.microsoftonline.com", "https://graph.microsoft.com"]}.',
            id="project.E004",
        )
    ]
