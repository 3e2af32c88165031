"""Tables in the form that is asked for: `format=json`, `csv` or `xlsx`, with the same rows and columns."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from project.tables import Row, csv_lines, write_xlsx
from tenants.scope import tenant_scope

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("json", "csv", "xlsx")
MOST_XLSX_ROWS = 100_000
"""A workbook is made as a whole before it is sent; CSV has no such bound."""
FORMAT_SCHEMA = OpenApiParameter(
    "format",
    {"type": "string", "enum": list(FORMATS), "default": "json"},
    description="`csv` and `xlsx` give every row as a file, for which `cursor` and `limit` are not taken.",
)


def format_of(request: Request, *, paged: bool = False) -> str:
    """Return the format that is asked for; raise ValidationError where it is none, or cannot be cut into pages."""
    asked = request.query_params.get("format", "json")
    if asked not in FORMATS:
        raise ValidationError({"format": [f"is not known; it can be {', '.join(FORMATS)}."]})
    if asked != "json" and paged and (wrong := sorted({"cursor", "limit"} & set(request.query_params))):
        raise ValidationError({name: [f"is for pages; format={asked} gives every row."] for name in wrong})
    return asked


def as_file(
    form: str,
    columns: Sequence[str],
    rows: Callable[[], Generator[Row]],
    *,
    name: str,
    title: str,
    scope: Collection[UUID],
) -> HttpResponseBase:
    """Answer with the table as a file called `name` and the format's suffix; the rows are read within `scope`.

    Raises ValidationError where a workbook would be too large.
    """
    make = _csv if form == "csv" else _xlsx
    response = make(columns, rows, title=title, scope=scope)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def file_responses() -> dict[Any, OpenApiResponse]:
    """Return the files for the `responses` of `extend_schema`."""
    return {
        (200, CSV): OpenApiResponse(
            OpenApiTypes.STR, "The rows as CSV: UTF-8, a line of names first, times in UTC."
        ),
        (200, XLSX): OpenApiResponse(
            OpenApiTypes.BINARY, f"The rows as a workbook, up to {MOST_XLSX_ROWS:,} of them."
        ),
    }


def _csv(
    columns: Sequence[str], rows: Callable[[], Generator[Row]], *, title: str, scope: Collection[UUID]
) -> HttpResponseBase:
    def lines() -> Iterator[str]:
        with tenant_scope(scope):  # the view's own scope has ended when the answer is streamed
            yield from csv_lines(columns, rows())

    return StreamingHttpResponse(lines(), content_type=f"{CSV}; charset=utf-8")


def _xlsx(
    columns: Sequence[str], rows: Callable[[], Generator[Row]], *, title: str, scope: Collection[UUID]
) -> HttpResponseBase:
    with ExitStack() as unless_sent:
        file = unless_sent.enter_context(cast("IO[bytes]", tempfile.TemporaryFile()))  # noqa: SIM115
        # Closed within the scope also where it ends early, because the cursor that it reads from ends with the scope.
        with tenant_scope(scope), closing(rows()) as found:
            write_xlsx(file, title, columns, _bounded(found), about={"title": title})
        file.seek(0)
        unless_sent.pop_all()
    return FileResponse(file, content_type=XLSX)


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number == MOST_XLSX_ROWS:
            reason = (
                f"has a bound of {MOST_XLSX_ROWS:,} rows for xlsx; narrow the selection, or take format=csv."
            )
            raise ValidationError({"format": [reason]})
        yield row
