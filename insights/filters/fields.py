"""Form fields that read what somebody may ask for; their messages go on after the parameter's name in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.filters.words import domain_asked
from insights.models import Source

NOT_A_DAY = gettext_lazy(
    "is not a day of the calendar; write it like 2026-11-17, or -30d for 30 days ago, or today."
)
_RELATIVE = re.compile(r"-([0-9]{1,4})d")
_LONGEST = 320
_MAPPED_BITS = 96
_NAMED = 20


class DayField(forms.DateField):
    """A day of the calendar, `today`, or `-30d`: 30 days before `today`, which the form sets."""

    today: date | None = None

    def __init__(self, **options: Any) -> None:
        messages = {"invalid": NOT_A_DAY}
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=messages, **options)

    def to_python(self, value: Any) -> date | None:
        """Return the day; None where nothing is asked for."""
        written = str(value or "").strip().lower()
        relative = _RELATIVE.fullmatch(written)
        if self.today is not None and (written == "today" or relative):
            return self.today - timedelta(days=int(relative[1]) if relative else 0)
        return super().to_python(value)


class TextField(forms.CharField):
    """A text without null characters and of bounded length."""

    def __init__(self, *, max_length: int = _LONGEST, **options: Any) -> None:
        messages = {
            "max_length": gettext_lazy("is too long; at most %(limit_value)d characters are read."),
            "null_characters_not_allowed": gettext_lazy("holds a null character, which no name has."),
        }
        super().__init__(max_length=max_length, error_messages=messages, **options)


class NameField(TextField):
    """An account or address, in the form in which names are compared; "" where nothing is asked for."""

    def clean(self, value: Any) -> str:
        """Return the name in NFC and lower case, as `insights.ingest.identity.compared` gives it."""
        name = unicodedata.normalize("NFC", str(super().clean(value)))
        return unicodedata.normalize("NFC", name.lower())


class DomainField(TextField):
    """A sender domain, or “-” for senders without one."""

    def clean(self, value: Any) -> str | None:
        """Return the domain as `domain_asked` reads it."""
        return domain_asked(super().clean(value))


class NetworkField(TextField):
    """An address, or a network in CIDR notation (RFC 4632, RFC 4291)."""

    def clean(self, value: Any) -> IPv4Network | IPv6Network | None:
        """Return the network, None where nothing is asked for; IPv4 mapped into IPv6 is IPv4, as in the store."""
        written = super().clean(value)
        if not written:
            return None
        try:
            network = ip_network(written, strict=False)
        except ValueError:
            raise ValidationError(
                _("is no address or network; write it like 192.0.2.10, 192.0.2.0/24 or 2001:db8::/32.")
            ) from None
        if (
            isinstance(network, IPv6Network)
            and network.prefixlen >= _MAPPED_BITS
            and (mapped := network.network_address.ipv4_mapped)
        ):
            return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
        return network


class WordsField(TextField):
    """One of some words, or several with commas between them, whatever their case."""

    def __init__(self, *, words: Collection[str], **options: Any) -> None:
        self.words = tuple(words)
        super().__init__(**options)

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the words as they are kept, each once; none where nothing is asked for."""
        known = {word.lower(): word for word in self.words}
        asked = [word.strip() for word in super().clean(value).split(",")]
        if strange := [word for word in asked if word and word.lower() not in known]:
            message = _(
                "has “%(word)s”, which is not known; it can be %(known)s, or several with commas between."
            )
            raise ValidationError(message % {"word": strange[0][:40], "known": ", ".join(self.words)})
        return tuple(dict.fromkeys(known[word.lower()] for word in asked if word))


class MechanismsField(TextField):
    """SASL mechanisms, with commas between them, in the form in which they are kept: upper case, or `unknown`."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the mechanisms, each once."""
        asked = [word.strip().upper() for word in super().clean(value).split(",")]
        return tuple(dict.fromkeys("unknown" if word == "UNKNOWN" else word for word in asked if word))


class SourceField(TextField):
    """The name of a source of the tenant in scope."""

    def clean(self, value: Any) -> UUID | None:
        """Return its id, None where nothing is asked for. One query where something is."""
        name = super().clean(value)
        if not name:
            return None
        known = dict(Source.objects.values_list("name", "pk"))
        if name not in known:
            named = ", ".join(list(known)[:_NAMED]) or _("left out, because there is none yet")
            raise ValidationError(_("is no source here; it can be %(known)s.") % {"known": named})
        return known[name]


class OrderingField(TextField):
    """A column of the table at hand, with a leading `-` where it descends; the form sets the `columns`."""

    columns: Collection[str] = ()

    def clean(self, value: Any) -> str:
        """Return the ordering; "" where nothing is asked for."""
        ordering = str(super().clean(value))
        if ordering and ordering.removeprefix("-") not in self.columns:
            known = ", ".join(sorted(self.columns)) or _("left out")
            raise ValidationError(
                _("is not a column to sort by; it can be %(known)s, with a leading “-” to descend.")
                % {"known": known}
            )
        return ordering
