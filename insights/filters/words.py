"""The words of a view's state: which views there are, and what is said of a parameter that was not taken."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

NO_DOMAIN = "-"
"""How a query string asks for senders without a domain; no domain is written like this."""


class View(TextChoices):
    """What the report shows: “View data by”."""

    VOLUME = "volume", gettext_lazy("Sending volume")
    TLS = "tls", gettext_lazy("TLS usage")
    AUTH = "auth", gettext_lazy("Authentication")


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that was not taken as it stands; `message` names it in words and says what is allowed.

    A refused one was ignored; the other kind was taken in part.
    """

    field: str
    message: str
    is_refused: bool = True
