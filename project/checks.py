"""System checks: settings that would make the product unsafe or unable to work, each with an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections


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
    if len(settings.SECRET_KEY) >= 32:
        return []
    return [
        Error(
            "SECRET_KEY has fewer than 32 characters.",
            hint="Set it to a random string, for instance from `openssl rand -base64 48`.",
            id="project.E002",
        )
    ]
