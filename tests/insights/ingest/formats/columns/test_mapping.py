"""Mappings as data: what is kept, and what is refused with the part to blame."""

from __future__ import annotations

from typing import Any

import pytest

from insights.ingest.formats.columns.mapping import BadMapping, mapping_of
from tests.insights.ingest.formats.columns.reading import TRACE

LEAST: dict[str, Any] = {"columns": {"time": "Date", "account": "User"}, "time_format": "iso"}


def test_mapping_is_kept_as_it_was_given() -> None:
    for data in (LEAST, TRACE):
        mapping = mapping_of(data)
        assert mapping_of(mapping.dump()) == mapping
    assert mapping_of(LEAST).dump() == {**LEAST, "rows": "messages"}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"columns": None}, "columns"),
        ({"columns": {"time": "Date"}}, "columns"),
        ({"columns": {**LEAST["columns"], "colour": "x"}}, "columns"),
        ({"columns": {**LEAST["columns"], "host": " "}}, "columns.host"),
        ({"columns": {**LEAST["columns"], "host": 3}}, "columns.host"),
        ({"columns": {**LEAST["columns"], "outcome": "x"}}, "success"),
        ({"time_format": None}, "time_format"),
        ({"time_format": "%d/%m"}, "time_format"),
        ({"rows": "both"}, "rows"),
        ({"success": ["ok"]}, "columns"),
        ({"success": "ok", "columns": {**LEAST["columns"], "outcome": "x"}}, "success"),
        ({"success": ["OK"], "failure": ["ok "], "columns": {**LEAST["columns"], "outcome": "x"}}, "success"),
        ({"tls_values": {"x": "TLS1.9"}}, "tls_values.x"),
        ({"tls_values": []}, "tls_values"),
        ({"mechanism_values": {"x": ""}}, "mechanism_values"),
        ({"header": "a\nb"}, "header"),
        ({"colour": 1}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_its_part(change: dict[str, Any], key: str) -> None:
    with pytest.raises(BadMapping) as refused:
        mapping_of({**LEAST, **change})
    assert refused.value.key == key


@pytest.mark.parametrize("data", [None, [], "iso", 3])
def test_mapping_is_an_object(data: Any) -> None:
    with pytest.raises(BadMapping):
        mapping_of(data)
