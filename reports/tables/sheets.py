"""A kind of table as an XLSX workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO

from project.tables import LAST_ROW, LONGEST_CELL, Row
from project.tables import write_xlsx as write_table
from reports.tables.kinds import Kind

__all__ = ["LAST_ROW", "LONGEST_CELL", "write_xlsx"]


def write_xlsx(
    out: IO[bytes], kind: Kind, rows: Iterable[Row], *, about: Mapping[str, str], last_row: int = LAST_ROW
) -> None:
    """Write the table into `out`, with `about` as properties of the workbook. Memory stays bounded."""
    write_table(out, kind.name, kind.columns, rows, about=about, last_row=last_row)
