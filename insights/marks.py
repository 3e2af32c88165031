"""How TLS versions, auth classes and the views of the report are named and marked on pages, in charts and in mails.

One table, so that a class has the same word, order and colour everywhere. The colours themselves stand in
the style sheet, as `--c-<css>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.enums import AuthClass, TlsVersion


class Mark(NamedTuple):
    """A class as people see it: `css` is the class name of its colour, `label` its word."""

    css: str
    label: str | Promise


class Segment(NamedTuple):
    """One part of a stacked bar: its colour's class name, its word and its count."""

    css: str
    label: str | Promise
    value: int


# Newest first: what is well stands at the left of a bar, what needs work at the right.
TLS_MARKS: dict[TlsVersion, Mark] = {
    TlsVersion.TLS1_3: Mark("tls-1-3", "TLS 1.3"),
    TlsVersion.TLS1_2: Mark("tls-1-2", "TLS 1.2"),
    TlsVersion.TLS1_1: Mark("tls-1-1", "TLS 1.1"),
    TlsVersion.TLS1_0: Mark("tls-1-0", "TLS 1.0"),
    TlsVersion.SSL3: Mark("tls-ssl3", "SSL 3"),
    TlsVersion.NONE: Mark("tls-none", _("No TLS")),
    TlsVersion.UNKNOWN: Mark("tls-unknown", _("TLS unknown")),
}
AUTH_MARKS: dict[AuthClass, Mark] = {
    AuthClass.OAUTH: Mark("auth-oauth", _("OAuth")),
    AuthClass.BASIC: Mark("auth-basic", _("Basic")),
    AuthClass.OTHER: Mark("auth-other", _("Other")),
    AuthClass.UNKNOWN: Mark("auth-unknown", _("Unknown")),
}


def tls_segments(counts: Mapping[TlsVersion, int]) -> Sequence[Segment]:
    """Give the parts of a TLS bar in their fixed order, those without a message left out."""
    return [Segment(*mark, counts[key]) for key, mark in TLS_MARKS.items() if counts.get(key)]


def auth_segments(counts: Mapping[AuthClass, int]) -> Sequence[Segment]:
    """Give the parts of an authentication bar in their fixed order, those without a message left out."""
    return [Segment(*mark, counts[key]) for key, mark in AUTH_MARKS.items() if counts.get(key)]


class View(TextChoices):
    """What the report shows: “View data by”."""

    VOLUME = "volume", _("Sending volume")
    TLS = "tls", _("TLS usage")
    AUTH = "auth", _("Authentication")
