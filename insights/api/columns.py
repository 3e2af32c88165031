"""The mapping of a source over the API: which column of a table, or path of a JSON record, is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError as Refused
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from insights.enums import TlsVersion
from insights.ingest.columns import map_columns
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.formats.columns.mapping import (
    MAX_HEADER,
    MAX_NAME,
    MAX_VALUES,
    NEEDED,
    BadMapping,
    Field,
    RowKind,
    TimeFormat,
    mapping_of,
)
from insights.ingest.held import uploads_waiting
from insights.models import Source
from insights.tasks import import_log

GATEWAY: Final[dict[str, Any]] = {
    "columns": {"time": "Date", "account": "User", "client_ip": "IP", "outcome": "Status"},
    "time_format": "iso",
    "success": ["accepted"],
    "failure": ["auth failed"],
}
"""A mapping, for examples."""
_VALUES: Final = {
    "type": "array", "maxItems": MAX_VALUES, "items": {"type": "string", "maxLength": MAX_NAME}
}  # fmt: skip
_COLUMN: Final = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["columns", "time_format"],
    "properties": {
        "columns": {
            "type": "object",
            "additionalProperties": False,
            "required": [str(name) for name in NEEDED],
            "properties": {str(name): _COLUMN for name in Field},
        },
        "time_format": {"type": "string", "enum": [str(one) for one in TimeFormat]},
        "rows": {"type": "string", "enum": [str(one) for one in RowKind]},
        "success": _VALUES,
        "failure": _VALUES,
        "other": _VALUES,
        "tls_values": {
            "type": "object",
            "additionalProperties": {"type": "string", "enum": [str(one) for one in TlsVersion]},
        },
        "mechanism_values": {
            "type": "object",
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 64},
        },
        "header": {"type": "string", "maxLength": MAX_HEADER},
    },
}


@extend_schema_field(SCHEMA)
class MappingField(serializers.JSONField):
    """A mapping as plain data that is checked when it comes in."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the mapping as it is kept; raise ValidationError with the part to blame."""
        try:
            return mapping_of(data).dump()
        except BadMapping as error:
            told = str(error).encode("utf-8", "backslashreplace").decode()
            raise ValidationError([told]) from error


@extend_schema_field(SCHEMA)
class ShownMappingField(serializers.JSONField):
    """A mapping as it is kept."""


def set_mapping(source: Source, mapping: Mapping[str, Any]) -> None:
    """Keep a mapping that `MappingField` gave, and have the uploads read that wait for it.

    Raises ValidationError and SourceBusy.
    """
    if source.format not in BY_COLUMNS:
        raise ValidationError({"mapping": [f"is for the formats {' and '.join(BY_COLUMNS)}."]})
    try:
        map_columns(source, mapping_of(dict(mapping)))
    except Refused as refused:
        raise ValidationError({"mapping": refused.messages}) from refused
    for log_import in uploads_waiting(source):
        import_log.delay_on_commit(tenant_id=str(source.tenant_id), import_id=str(log_import.pk))
