"""The shapes and examples of the report endpoints, made from the declaration of the tables."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from insights.enums import AuthClass, FailureReason, TlsVersion
from reports.tables import KINDS, Kind

FORMATS = ("json", "csv", "xlsx")
FORMAT = OpenApiParameter(
    "format",
    {"type": "string", "enum": list(FORMATS), "default": "json"},
    description="`csv` and `xlsx` give the same rows as a file.",
)
_TEXTS = {
    "sender_address": "In compared form: Unicode NFC, lower case.",
    "sender_domain": "In IDNA form; empty where the address has none.",
    "account": "In compared form; of failed logins as it was typed.",
    "tls_version": ", ".join(TlsVersion) + ".",
    "auth_class": ", ".join(AuthClass) + ".",
    "mechanism": "SASL mechanism; `unknown` where the log does not say.",
    "reason": ", ".join(FailureReason) + ".",
}
_VALUES: dict[str, Any] = {
    "day": "2026-11-16",
    "messages": 612,
    "recipients": 840,
    "percent": 71.2,
    "tls_version": "TLS1.2",
    "auth_class": "basic",
    "mechanism": "PLAIN",
    "sender_address": "anna@acme.example",
    "sender_domain": "acme.example",
    "account": "anna@acme.example",
    "client_ip": "192.0.2.10",
    "sender_addresses": 1,
    "first_at": "2026-11-16T07:02:11Z",
    "last_at": "2026-11-16T16:40:05Z",
    "reason": "wrong_credentials",
    "failures": 14,
    "tls_1_2": 612,
    "basic": 612,
}


def _field(name: str) -> serializers.Field[Any, Any, Any, Any]:
    if name == "day":
        return serializers.DateField()
    if name.endswith("_at"):
        return serializers.DateTimeField()
    if name == "percent":
        return serializers.FloatField(help_text="Of all messages, with one decimal.")
    if name == "client_ip":
        return serializers.IPAddressField(allow_null=True, help_text="Null where the log does not tell it.")
    if name in _TEXTS:
        return serializers.CharField(help_text=_TEXTS[name])
    return serializers.IntegerField()


def _serializer(name: str, text: str, **fields: Any) -> type[serializers.Serializer[Any]]:
    return type(f"{name}Serializer", (serializers.Serializer,), {"__doc__": text, **fields})


def table_serializer(kind: Kind) -> type[serializers.Serializer[Any]]:
    """Return the shape of a table as JSON, as docs/report-payloads.md explains it."""
    name = kind.name.title().replace("-", "")
    row = _serializer(f"{name}Row", "A row.", **{column: _field(column) for column in kind.members})
    totals = _serializer(
        f"{name}Totals",
        "The sums over all rows.",
        **{column: serializers.IntegerField() for column in kind.summed},
    )
    return _serializer(
        name,
        "A table, and what it is about.",
        kind=serializers.CharField(),
        tenant=serializers.CharField(),
        time_zone=serializers.CharField(help_text="The IANA zone in which the days begin and end."),
        start=serializers.DateField(),
        end=serializers.DateField(help_text="The last day, included."),
        sender_domain=serializers.CharField(
            allow_null=True, help_text="Null for all, empty for senders without one."
        ),
        filters=serializers.DictField(
            child=serializers.CharField(), help_text="The other filters as they were asked for."
        ),
        columns=serializers.ListField(child=serializers.CharField()),
        rows=row(many=True),
        totals=totals(),
    )


def table_example(kind: Kind) -> OpenApiExample:
    """Return an example of a table with one row."""
    row = {name: _VALUES.get(name, 0) for name in kind.members}
    value = {
        "kind": kind.name,
        "tenant": "acme",
        "time_zone": "Europe/Berlin",
        "start": "2026-11-16",
        "end": "2026-11-16",
        "sender_domain": None,
        "filters": {"source": "mx1"},
        "columns": list(kind.members),
        "rows": [row],
        "totals": {name: row[name] for name in kind.summed},
    }
    return OpenApiExample(
        "One row", value, response_only=True, status_codes=["200"], media_type="application/json"
    )


def table_responses(kind: Kind) -> dict[Any, Any]:
    """Return what a table endpoint answers, for the `responses` of `extend_schema`."""
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    text = "The rows as CSV: UTF-8, a line of names first, times in UTC."
    return {
        (200, "application/json"): OpenApiResponse(table_serializer(kind), "The table."),
        (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, text),
        (200, xlsx): OpenApiResponse(OpenApiTypes.BINARY, "The rows as a workbook with typed cells."),
    }


TABLES = {name: table_responses(kind) for name, kind in KINDS.items()}
"""The responses of each kind; made once, because their parts are named in the description."""
