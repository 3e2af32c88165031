"""The parser of JSON records, one a line, whose members a mapping names by path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from insights.ingest.formats.columns.mapping import Field
from insights.ingest.formats.columns.parser import MappedParser, refused_line
from insights.ingest.formats.columns.rows import Problem, Read
from insights.ingest.json_values import NotJson, value_of
from insights.ingest.record import SkipReason


class NdjsonParser(MappedParser):
    """Reads JSON records of one source."""

    name: ClassVar[str] = "ndjson"

    def record_of(self, line: bytes) -> Read:
        """Return what one record tells."""
        value = value_of(line)
        if not isinstance(value, dict):
            return [Problem(Field.TIME, SkipReason.NO_JSON)]
        return self._row(self._cells(value), line.strip())

    def _read_line(self, line: bytes) -> int | SkipReason:
        value = value_of(line)
        if not isinstance(value, dict):
            return refused_line(
                line, SkipReason.NO_JSON if isinstance(value, NotJson) else SkipReason.BAD_ROW
            )
        return self._take(self._cells(value), line.strip())

    def _time_in(self, line: bytes) -> bytes | None:
        value = value_of(line) if line.lstrip()[:1] == b"{" else None
        return self._cells(value)[Field.TIME] if isinstance(value, dict) else None

    def _cells(self, record: Mapping[str, Any]) -> dict[Field, bytes]:
        return {
            field: written(member(record, path), is_list=field is Field.RECIPIENTS)
            for field, path in self.mapping.columns.items()
        }

    def _dump(self) -> dict[str, Any]:
        return {"ordinals": self._ordinals.dump()}

    def _load(self, data: dict[str, Any]) -> None:
        self._ordinals.load(data["ordinals"])


def member(record: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path such as `client.ip`; a member whose name has the dot goes first. None without one."""
    if path in record:
        return record[path]
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def written(value: Any, *, is_list: bool) -> bytes:
    """Return a value as a cell would hold it; of a list of recipients their number."""
    if value is None:
        return b""
    if isinstance(value, list):
        return (
            b"%d" % len(value) if is_list else written(value[0], is_list=False) if len(value) == 1 else b"[]"
        )
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace")
    return json.dumps(value).encode("utf-8", "backslashreplace")
