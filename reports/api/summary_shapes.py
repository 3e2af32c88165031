"""The shape of the summary, and an example of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from insights.enums import AuthClass, TlsVersion
from insights.health.days import MISSING, DayState, Wholeness
from insights.queries import Summary

_MEANINGS = {
    "accounts": "Accounts that submitted, or logged in at least.",
    "messages": "Messages.",
    "recipients": "Envelope recipients of the messages.",
    "clients": "Different combinations of account, client address, TLS version and mechanism.",
    "accounts_on_legacy_tls": "Accounts that used SSL 3, TLS 1.0 or TLS 1.1.",
    "accounts_without_tls": "Accounts whose session was not encrypted, by evidence.",
    "accounts_on_basic": "Accounts that presented a password.",
    "messages_on_legacy_tls": "Messages over SSL 3, TLS 1.0 or TLS 1.1.",
    "messages_without_tls": "Messages over a session that was not encrypted, by evidence.",
    "messages_tls_unknown": "Messages of which the log does not tell the TLS version.",
    "messages_on_basic": "Messages of sessions with a password.",
    "failures": "Failed logins.",
    "failures_wrong_credentials": "Failed logins with a wrong name or password.",
    "logins": "Logins of which the sources tell no message.",
}


class ChangeSerializer(serializers.Serializer[Any]):
    """A number, the same number in the period before, and how much more it is now."""

    now = serializers.IntegerField()
    before = serializers.IntegerField()
    change = serializers.IntegerField()


def _change(name: str) -> ChangeSerializer:
    return ChangeSerializer(help_text=_MEANINGS[name], allow_null=name.startswith("failures"))


NumbersSerializer: type[serializers.Serializer[Any]] = type(
    "SummaryNumbersSerializer",
    (serializers.Serializer,),
    {
        "__doc__": "A period in numbers, beside the period before.",
        **{one.name: _change(one.name) for one in fields(Summary)},
    },
)


class BeforeSerializer(serializers.Serializer[Any]):
    """The period before; `is_known` is false where the data begins only within the period that was asked for."""

    start = serializers.DateField()
    end = serializers.DateField()
    is_known = serializers.BooleanField()


class DayVolumeSerializer(serializers.Serializer[Any]):
    """A day; accounts are counted for that day alone."""

    day = serializers.DateField()
    messages = serializers.IntegerField()
    recipients = serializers.IntegerField()
    accounts = serializers.IntegerField()


class TlsShareSerializer(serializers.Serializer[Any]):
    """The messages of a TLS version."""

    tls_version = serializers.CharField(help_text=", ".join(TlsVersion) + ".")
    messages = serializers.IntegerField()
    percent = serializers.FloatField()


class AuthShareSerializer(serializers.Serializer[Any]):
    """The messages of a mechanism."""

    auth_class = serializers.CharField(help_text=", ".join(AuthClass) + ".")
    mechanism = serializers.CharField()
    messages = serializers.IntegerField()
    percent = serializers.FloatField()


class TlsUnknownSerializer(serializers.Serializer[Any]):
    """How many of a source's messages carry no TLS version."""

    name = serializers.CharField(help_text="Of the source.")
    unknown = serializers.IntegerField()
    messages = serializers.IntegerField()


class MissingSourceSerializer(serializers.Serializer[Any]):
    """A source that a day lacks, and why."""

    name = serializers.CharField(help_text="Of the source.")
    state = serializers.ChoiceField(choices=sorted({*MISSING, DayState.ENDED}))


class DayNotWholeSerializer(serializers.Serializer[Any]):
    """A day whose numbers lack something."""

    day = serializers.DateField()
    wholeness = serializers.ChoiceField(
        choices=[one for one in Wholeness if one != Wholeness.WHOLE],
        help_text="`partial`: not every source is there; `missing`: none is, so that a zero is none; `before`: the "
        "data begins later.",
    )
    missing = MissingSourceSerializer(many=True)


class EvidenceSerializer(serializers.Serializer[Any]):
    """What the numbers rest on; all lists are empty where everything is known."""

    sentences = serializers.ListField(child=serializers.CharField(), help_text="The same in words.")
    tls_unknown = TlsUnknownSerializer(many=True)
    days_not_whole = DayNotWholeSerializer(many=True)


class LastLineSerializer(serializers.Serializer[Any]):
    """A source and the time of its newest line."""

    name = serializers.CharField()
    last_line_at = serializers.DateTimeField(allow_null=True)


class FreshnessSerializer(serializers.Serializer[Any]):
    """How far the data reaches, whatever was asked for, and the share of messages whose TLS version is known."""

    sources = LastLineSerializer(many=True)
    first_day = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)
    tls_coverage = serializers.FloatField(allow_null=True, help_text="In percent; null without messages.")


class SummarySerializer(serializers.Serializer[Any]):
    """A period in numbers, and what they are about."""

    tenant = serializers.CharField()
    time_zone = serializers.CharField(help_text="The IANA zone in which the days begin and end.")
    start = serializers.DateField()
    end = serializers.DateField(help_text="The last day, included.")
    sender_domain = serializers.CharField(
        allow_null=True, help_text="Null for all, empty for senders without one."
    )
    filters = serializers.DictField(
        child=serializers.CharField(), help_text="The other filters as they were asked for."
    )
    before = BeforeSerializer()
    numbers = NumbersSerializer()
    by_day = DayVolumeSerializer(many=True)
    tls_usage = TlsShareSerializer(many=True)
    authentication = AuthShareSerializer(many=True)
    evidence = EvidenceSerializer()
    freshness = FreshnessSerializer()


def _number(name: str) -> dict[str, int]:
    now = 5 if name.startswith("accounts") or name == "logins" else 612
    return {"now": now, "before": now - 2, "change": 2}


SUMMARY_EXAMPLE = OpenApiExample(
    "One day",
    {
        "tenant": "acme",
        "time_zone": "Europe/Berlin",
        "start": "2026-11-16",
        "end": "2026-11-16",
        "sender_domain": None,
        "filters": {},
        "before": {"start": "2026-11-15", "end": "2026-11-15", "is_known": True},
        "numbers": {name: _number(name) for name in _MEANINGS},
        "by_day": [{"day": "2026-11-16", "messages": 612, "recipients": 840, "accounts": 5}],
        "tls_usage": [{"tls_version": "TLS1.2", "messages": 612, "percent": 100.0}],
        "authentication": [{"auth_class": "basic", "mechanism": "PLAIN", "messages": 612, "percent": 100.0}],
        "evidence": {
            "sentences": ["12 November 2026: nothing received from mx2. What the others sent is shown."],
            "tls_unknown": [],
            "days_not_whole": [
                {
                    "day": "2026-11-12",
                    "wholeness": "partial",
                    "missing": [{"name": "mx2", "state": "gap"}],
                }
            ],
        },
        "freshness": {
            "sources": [{"name": "mx1", "last_line_at": "2026-11-16T16:40:05Z"}],
            "first_day": "2026-08-20",
            "last_day": "2026-11-16",
            "tls_coverage": 100.0,
        },
    },
    response_only=True,
    status_codes=["200"],
)
