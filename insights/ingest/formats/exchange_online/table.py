"""The table that Exchange admin centre shows and exports, *Messages sent using SMTP Auth*: its columns by name. Pure.

Source: learn.microsoft.com, "SMTP Auth clients report", for the columns as they are displayed; the header of the file
was not at hand, so that names are compared by their words alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from insights.enums import PLAIN_OR_LOGIN, TlsVersion
from insights.ingest.formats.csv_rows import cells_of, column_names, delimiter_of
from insights.ingest.record import UNKNOWN_MECHANISM

_SENDER: Final = frozenset({"senderaddress", "sender", "sendername"})
_MESSAGES: Final = frozenset({"messagessent", "messagecount", "messages"})
_METHOD: Final = frozenset({"authenticationprotocol", "authenticationmethod", "authprotocol", "authmethod"})
_TLS: Final = re.compile(r"tls(?:v|version)?1([0-3])(?:percentage|percent)?")
_VERSIONS: Final = (TlsVersion.TLS1_0, TlsVersion.TLS1_1, TlsVersion.TLS1_2, TlsVersion.TLS1_3)
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]")
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:[,.' \u00a0\u202f][0-9]{3}){1,4}|[0-9]{1,15}")
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]")


class Table(NamedTuple):
    """Where the columns stand; `method` may be missing, and the versions are those that are shown."""

    width: int
    delimiter: bytes
    sender: int
    messages: int
    method: int | None
    versions: dict[TlsVersion, int]

    def cells(self, record: bytes) -> list[str] | None:
        """Return the cells of a row as text, None where there are more or fewer than columns."""
        cells = cells_of(record, delimiter=self.delimiter)
        if cells is None or len(cells) != self.width:
            return None
        return [cell.decode("utf-8", "backslashreplace").strip() for cell in cells]


def table_of(line: bytes) -> Table | None:
    """Return the table that a line is the header of: with a sender, a number of messages and a TLS version."""
    if b"tls" not in line.lower() or len(line) > 4_096:
        return None
    delimiter = delimiter_of(line)
    names = [_NOT_A_WORD.sub("", name) for name in column_names(cells_of(line, delimiter=delimiter) or [])]
    versions = {
        _VERSIONS[int(found[1])]: place for place, name in enumerate(names) if (found := _TLS.fullmatch(name))
    }
    sender, messages = _place(names, _SENDER), _place(names, _MESSAGES)
    if sender is None or messages is None or not versions:
        return None
    return Table(len(names), delimiter, sender, messages, _place(names, _METHOD), versions)


def number_of(written: str) -> int | None:
    """Return a whole number as `1234`, `1,234` or `1.234` has it."""
    text = written.strip()
    return int(_NOT_A_DIGIT.sub("", text)) if _NUMBER.fullmatch(text) else None


def mechanism_of(written: str) -> str:
    """Return what stands for *Basic Authentication* and *OAuth*; unknown for both at once and anything else."""
    text = written.strip().lower()
    is_basic, is_oauth = "basic" in text, "oauth" in text or "modern" in text
    if is_basic == is_oauth:
        return UNKNOWN_MECHANISM
    return PLAIN_OR_LOGIN if is_basic else "XOAUTH2"


def _place(names: Sequence[str], known: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)
