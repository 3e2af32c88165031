"""How a connection to Microsoft 365 stands, in a light and words, for its own page and for that of its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from insights.models import GraphConnection

REMINDED_BEFORE = timedelta(days=30)


def standing(connection: GraphConnection, *, now: datetime) -> dict[str, Any]:
    """Return what both pages say of a connection. No query."""
    days_left = _days_left(connection, now)
    light, word = _light(connection, days_left)
    return {
        "graph": connection,
        "graph_light": light,
        "graph_word": word,
        "graph_failures": ngettext(
            "It failed %(count)d time in a row.", "It failed %(count)d times in a row.", connection.failures
        )
        % {"count": connection.failures},
        "graph_ends": "" if days_left is None else _ends(connection, days_left),
    }


def _days_left(connection: GraphConnection, now: datetime) -> int | None:
    """Return how many days the secret or certificate is good for, None where that is long or not known."""
    if connection.secret_expires_on is None:
        return None
    left = (connection.secret_expires_on - now.astimezone(UTC).date()).days
    return left if left <= REMINDED_BEFORE.days else None


def _light(connection: GraphConnection, days_left: int | None) -> tuple[str, str | Promise]:
    if not connection.is_enabled:
        return "", _lazy("paused")
    if connection.failures:
        return "state-bad", _lazy("fails")
    if connection.succeeded_at is None:
        return "state-busy", _lazy("not asked yet")
    if days_left is not None:
        soon = _lazy("works, but expires soon")
        return "state-warn", _lazy("works, past its last day") if days_left < 0 else soon
    words = _lazy("works, but not message trace") if connection.trace_error else _lazy("works")
    return "state-warn" if connection.trace_error else "state-good", words


def _ends(connection: GraphConnection, days_left: int) -> str:
    """Say when the secret or certificate ends, and what to do."""
    if connection.certificate:
        advice = _("Make a new one, upload it in Entra beside the old one, and enter it here.")
        return f"{_certificate_ends(days_left)} {advice}"
    return f"{_secret_ends(days_left)} {_('Make a new one in Entra and enter it here.')}"


def _certificate_ends(days: int) -> str:
    if days < 0:
        return _("The certificate has expired.")
    if days == 0:
        return _("The certificate expires today.")
    words = ngettext(
        "The certificate expires in %(days)d day.", "The certificate expires in %(days)d days.", days
    )
    return words % {"days": days}


def _secret_ends(days: int) -> str:
    if days < 0:
        return _("The client secret has expired.")
    if days == 0:
        return _("The client secret expires today.")
    words = ngettext(
        "The client secret expires in %(days)d day.", "The client secret expires in %(days)d days.", days
    )
    return words % {"days": days}
