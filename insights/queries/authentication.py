"""Basic or OAuth: the share of each auth class and mechanism."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from insights.enums import AuthClass
from insights.queries.selection import Selection, percent

AUTH_ORDER = (AuthClass.OAUTH, AuthClass.BASIC, AuthClass.OTHER, AuthClass.UNKNOWN)
"""As charts stack them."""


@dataclass(frozen=True, slots=True)
class AuthShare:
    """The messages of one mechanism, and their share of all in percent with one decimal."""

    auth_class: AuthClass
    mechanism: str
    messages: int
    percent: float


def authentication(selection: Selection) -> list[AuthShare]:
    """Return the mechanisms that messages came with, by class and then by their number. One query."""
    sent = selection.searched().filter(messages__gt=0)
    found = list(sent.values_list("auth_class", "mechanism").annotate(messages=Sum("messages")))
    total = sum(messages for _, _, messages in found)
    rows = [
        AuthShare(AuthClass(auth_class), mechanism, messages, percent(messages, total))
        for auth_class, mechanism, messages in found
    ]
    return sorted(rows, key=lambda row: (AUTH_ORDER.index(row.auth_class), -row.messages, row.mechanism))


def authentication_by_day(selection: Selection) -> dict[date, dict[AuthClass, int]]:
    """Return the messages of each day by auth class; every day and every class is there. One query."""
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, auth_class, messages in (
        selection.searched().values_list("day", "auth_class").annotate(Sum("messages"))
    ):
        found[day][auth_class] = messages
    return {
        day: {auth_class: found[day].get(auth_class, 0) if day in found else 0 for auth_class in AUTH_ORDER}
        for day in selection.days
    }
