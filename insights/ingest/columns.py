"""The mapping of a source's columns: set, and compared with a file's header."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insights.ingest.errors import NoMapping, OtherColumns
from insights.ingest.first_rows.head import head_of
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.formats.columns.mapping import ColumnMapping, Field, header_of, mapping_of
from insights.ingest.formats.csv_rows import is_preamble
from insights.ingest.formats.ndjson import member
from insights.ingest.inputs import open_log
from insights.ingest.json_values import value_of
from insights.ingest.lines import MAX_LINE
from insights.ingest.locks import source_is_free
from insights.ingest.sources import SourceBusy, busy_words, holds_events
from insights.models import LineFeed, Source

NAMES_TOLD: Final = 12


def is_unmapped(source: Source) -> bool:
    """Tell whether the source is a table, and nobody has said yet which of its columns is what."""
    return source.format in BY_COLUMNS and source.mapping is None


def map_columns(source: Source, mapping: ColumnMapping) -> None:
    """Read the source by this mapping from now on; raise SourceBusy while it is read by the one before.

    What the ids of events rest on is for sources without events alone (ValidationError): a row that is read again would
    be counted twice. Events that are stored stay as they are. Must run in the tenant's scope. Up to five queries.
    """
    if not source_is_free(source.pk):
        raise SourceBusy(busy_words())
    changed: dict[str, Any] = {"mapping": mapping.dump()}
    if source.mapping is not None and mapping_of(source.mapping).identity() != mapping.identity():
        if holds_events(source):
            raise ValidationError(fixed_columns_words())
        # The newest time, and what was open at the end of the last table, were read in the old way.
        changed |= {"parser_state": None, "last_line_at": None}
        LineFeed.objects.filter(source=source).delete()
    for field, value in changed.items():
        setattr(source, field, value)
    source.save(update_fields=[*changed])


def fixed_columns_words() -> str:
    """Say what of a mapping stays once events are stored."""
    return _(
        "Events of this source are stored, and their ids rest on the time, its form, the id with host and account, and "
        "the outcomes: with others, rows that are read again would be counted twice. Undo the imports of this source "
        "first, or make a new source."
    )


def refuse_other_columns(path: Path, *, name: str, source: Source) -> None:
    """Raise NoMapping for a source without one, OtherColumns for a table whose header lacks what is mapped.

    A table that begins with a row goes on from the one before. Raises what `LogInput.chunks` raises.
    """
    with open_log(path, name=name) as log:
        head = next(log.chunks())
    if source.mapping is None:
        raise NoMapping
    is_table = source.format == "csv"
    missing = missing_columns if is_table else missing_members
    if lacking := missing(head, mapping_of(source.mapping)):
        names, found = lacking
        what = "column" if is_table else "member"
        raise OtherColumns(
            f"{name} has no {what} {_listed(names)}.",
            hint=f"It has {_listed(found[:NAMES_TOLD])}. Change the columns of “{source.name}”, or read it into "
            "another source.",
        )


def missing_columns(head: bytes, mapping: ColumnMapping) -> tuple[list[str], list[str]] | None:
    """Return the mapped columns that a table's first line lacks and those that it has; None if it lacks none.

    A first line that is a row, or that has no name in common and cannot be a header, lacks none.
    """
    lines = head[:MAX_LINE].split(b"\n")
    first = next((line for line in lines if line.strip() and not is_preamble(line)), b"")
    names, _delimiter = header_of(first.decode("utf-8", "backslashreplace").rstrip("\r"))
    lacking = mapping.missing(names)
    if not lacking or not _is_header(names, mapping):
        return None
    return lacking, names


def missing_members(head: bytes, mapping: ColumnMapping) -> tuple[list[str], list[str]] | None:
    """Return the member for the time, if none of the first JSON records has it, and those that they have; else None.

    Any other may be missing in many records, the account too: that is how they say that there is nothing to tell.
    """
    first, path = head_of(head, "ndjson"), mapping.columns[Field.TIME]
    records = [value for line in first.lines if isinstance(value := value_of(line), dict)]
    if not records or any(member(record, path) is not None for record in records):
        return None
    return [path], list(first.columns)


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{one}”" for one in names)


def _is_header(names: list[str], mapping: ColumnMapping) -> bool:
    """Tell a header from a row: it has a name that the known one has, or only names, no two the same."""
    known = {*header_of(mapping.header)[0], *(column.lower() for column in mapping.columns.values())} - {""}
    if known & set(names):
        return True
    is_of_names = all(
        name and not any(letter.isdigit() or letter == "@" for letter in name) for name in names
    )
    return len(names) > 1 and is_of_names and len(set(names)) == len(names)
