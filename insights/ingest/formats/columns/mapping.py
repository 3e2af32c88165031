"""Which column of a table, or path of a JSON record, is what: checked, and kept as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from insights.enums import TlsVersion
from insights.ingest.formats.csv_rows import cells_of, column_names, delimiter_of

MAX_NAME: Final = 200
MAX_VALUES: Final = 100
MAX_HEADER: Final = 8_192


class Field(StrEnum):
    """What a column can be."""

    TIME = "time"
    ACCOUNT = "account"
    SENDER = "sender"
    CLIENT_IP = "client_ip"
    TLS = "tls"
    MECHANISM = "mechanism"
    RECIPIENTS = "recipients"
    MESSAGES = "messages"
    SIZE = "size"
    ID = "id"
    HOST = "host"
    OUTCOME = "outcome"
    REASON = "reason"


NEEDED: Final = (Field.TIME, Field.ACCOUNT)


class TimeFormat(StrEnum):
    """How times are written; never guessed, because 03/04 is two days."""

    ISO = "iso"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    EPOCH_US = "epoch_us"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    NAMED_MONTH = "named_month"


class RowKind(StrEnum):
    """What a row tells of: messages, or logins whose messages it does not tell."""

    MESSAGES = "messages"
    LOGINS = "logins"


class BadMapping(ValueError):
    """A mapping that cannot be; `key` is the part to blame."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key, self.reason = key, reason


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Where a row has what. `columns` has the names as they are compared, or paths such as `client.ip`.

    The values of the outcome's column are compared without regard to case; those of `success`, where there are any,
    are the only messages, those of `other` are neither. `header` is the header that a table without one follows.
    """

    columns: Mapping[Field, str]
    time_format: TimeFormat
    rows: RowKind = RowKind.MESSAGES
    success: frozenset[str] = frozenset()
    failure: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    tls_values: Mapping[str, TlsVersion] = field(default_factory=dict)
    mechanism_values: Mapping[str, str] = field(default_factory=dict)
    header: str = ""

    def dump(self) -> dict[str, Any]:
        """Return the mapping as plain data, without what is empty."""
        data: dict[str, Any] = {
            "columns": {str(name): column for name, column in self.columns.items()},
            "time_format": str(self.time_format),
            "rows": str(self.rows),
            **{name: sorted(getattr(self, name)) for name in _OUTCOMES},
            "tls_values": {written: str(version) for written, version in self.tls_values.items()},
            "mechanism_values": dict(self.mechanism_values),
            "header": self.header,
        }
        return {key: value for key, value in data.items() if value}

    def texts(self) -> Iterator[str]:
        """Yield every text in it that somebody wrote."""
        yield from self.columns.values()
        for values in (self.success, self.failure, self.other, self.tls_values, self.mechanism_values):
            yield from values
        yield from (*self.mechanism_values.values(), self.header)

    def identity(self) -> tuple[object, ...]:
        """Return what the ids of events rest on: with another one a row that is read again counts again."""
        parts = (Field.ID, Field.HOST, Field.ACCOUNT) if Field.ID in self.columns else ()
        columns = (Field.TIME, Field.OUTCOME, *parts)
        return (self.time_format, self.success, self.failure, *map(self.columns.get, columns))

    def missing(self, names: list[str]) -> list[str]:
        """Return the columns that a header with these names lacks, in the order of the fields."""
        return [column for column in dict.fromkeys(self.columns.values()) if column.lower() not in names]


_Kind = TypeVar("_Kind", bound=StrEnum)
_OUTCOMES: Final = ("success", "failure", "other")
_KEYS: Final = frozenset(
    {"columns", "time_format", "rows", *_OUTCOMES, "tls_values", "mechanism_values", "header"}
)


def mapping_of(data: Any) -> ColumnMapping:
    """Return the mapping that plain data describes; raise BadMapping with the part to blame."""
    if not isinstance(data, dict):
        raise BadMapping("mapping", "is a JSON object.")
    if unknown := sorted(str(key) for key in data if key not in _KEYS):
        raise BadMapping(unknown[0], f"is not known; the keys are {', '.join(sorted(_KEYS))}.")
    columns = _columns(data.get("columns"))
    outcomes = {name: _values(data.get(name, []), name) for name in _OUTCOMES}
    if any(outcomes.values()) and Field.OUTCOME not in columns:
        raise BadMapping("columns", "name no outcome, whose values are listed.")
    if Field.OUTCOME in columns and not (outcomes["success"] or outcomes["failure"]):
        raise BadMapping("success", "or failure lists the values of the outcome's column.")
    for one, another in (("success", "failure"), ("success", "other"), ("failure", "other")):
        if both := sorted(outcomes[one] & outcomes[another]):
            raise BadMapping(one, f"and {another} both have “{both[0]}”.")
    mapping = ColumnMapping(
        columns=columns,
        time_format=_one_of(TimeFormat, data.get("time_format"), "time_format"),
        rows=_one_of(RowKind, data.get("rows", RowKind.MESSAGES), "rows"),
        tls_values={
            key: _one_of(TlsVersion, value, f"tls_values.{key}")
            for key, value in _table(data.get("tls_values", {}), "tls_values").items()
        },
        mechanism_values={
            key: value.strip().upper()
            for key, value in _table(data.get("mechanism_values", {}), "mechanism_values").items()
        },
        header=_header(data.get("header", "")),
        **outcomes,
    )
    if not all(_can_be_kept(text) for text in mapping.texts()):
        raise BadMapping("mapping", "has a NUL or half a character in a text.")
    return mapping


def header_of(line: str) -> tuple[list[str], bytes]:
    """Return the compared names in a header's line and its delimiter; no names where it is none."""
    raw = line.encode()
    delimiter = delimiter_of(raw)
    return column_names(cells_of(raw, delimiter=delimiter) or []), delimiter


def _columns(data: Any) -> dict[Field, str]:
    if not isinstance(data, dict):
        raise BadMapping("columns", "is an object of what a column is and its name.")
    known = [str(name) for name in Field]
    for name, column in data.items():
        if name not in known:
            raise BadMapping("columns", f"have no “{name}”; there can be {', '.join(known)}.")
        if not isinstance(column, str) or not 1 <= len(column.strip()) <= MAX_NAME:
            raise BadMapping(f"columns.{name}", f"is a name of 1 to {MAX_NAME} characters.")
    for needed in NEEDED:
        if needed not in data:
            raise BadMapping("columns", f"lack {needed}.")
    return {name: data[name].strip() for name in Field if name in data}


def _one_of(kind: type[_Kind], value: Any, key: str) -> _Kind:
    try:
        return kind(value)
    except ValueError:
        raise BadMapping(key, f"can be {', '.join(kind)}.") from None


def _values(data: Any, key: str) -> frozenset[str]:
    if not isinstance(data, list) or len(data) > MAX_VALUES:
        raise BadMapping(key, f"is a list of at most {MAX_VALUES} values.")
    if not all(isinstance(one, str) and len(one) <= MAX_NAME for one in data):
        raise BadMapping(key, f"has texts of at most {MAX_NAME} characters.")
    return frozenset(one.strip().lower() for one in data)


def _table(data: Any, key: str) -> dict[str, str]:
    if not isinstance(data, dict) or len(data) > MAX_VALUES:
        raise BadMapping(key, f"is an object of at most {MAX_VALUES} values.")
    for written, meant in data.items():
        if not isinstance(meant, str) or not 1 <= len(meant.strip()) <= 64 or len(written) > MAX_NAME:
            raise BadMapping(
                key, f"gives each value a text of 1 to 64 characters; “{written[:40]}” has none."
            )
    return {written.strip().lower(): meant for written, meant in data.items()}


def _can_be_kept(text: str) -> bool:
    """Tell whether a database takes the text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _header(data: Any) -> str:
    if not isinstance(data, str) or len(data) > MAX_HEADER or "\n" in data:
        raise BadMapping("header", f"is one line of at most {MAX_HEADER} characters.")
    return data
