"""A table as an answer: JSON, CSV or a workbook, written once, tagged by its rows, and sent from a file.

It is written before the first byte is sent, so that an answer is whole or an error, no slow reader holds a transaction
open, and the tag can stand in the head. Memory stays bounded: what is large goes through a temporary file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any, cast

from django.http import FileResponse, HttpResponse, HttpResponseBase
from rest_framework.request import Request

from insights.filters import EventFilters
from insights.queries import Selection
from project.tables import Row
from reports.tables import Kind, csv_lines, json_pieces, write_xlsx
from tenants.api.conditional import conditional, digest
from tenants.models import Tenant

CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_MEMORY = 1 << 20
"""Bytes up to which an answer stays in memory."""


def table_answer(
    request: Request, kind: Kind, filters: EventFilters, *, tenant: Tenant, form: str
) -> HttpResponseBase:
    """Return the table in one of `CONTENT_TYPES`, or a 304. One query; runs within the tenant's scope."""
    selection, order = filters.selection(), filters.order() or kind.default_order
    tag = digest()
    about = (kind.name, form, tenant.slug, tenant.name, tenant.time_zone, selection, order, filters.asked())
    tag.update(repr(about).encode())

    def noted() -> Iterator[Row]:
        for row in kind.rows(selection, order):
            tag.update(repr([row[name] for name in kind.members]).encode())
            yield row

    with ExitStack() as open_files:
        file = cast("IO[bytes]", open_files.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)))
        _write(file, kind, noted(), filters, selection, tenant, form)

        def answer() -> HttpResponseBase:
            response = _response(file, CONTENT_TYPES[form])
            if response.streaming:
                open_files.pop_all()  # the response closes it
            if form != "json":
                days = selection.days
                name = f"{tenant.slug}-{kind.name}-{days.start}-{days.last}.{form}"
                response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response

        return conditional(request, tag.hexdigest(), answer)


def _write(
    file: IO[bytes],
    kind: Kind,
    rows: Iterable[Row],
    filters: EventFilters,
    selection: Selection,
    tenant: Tenant,
    form: str,
) -> None:
    if form == "xlsx":
        days = selection.days
        about = {"title": f"{tenant.name}: {kind.name}", "comments": f"{days.start} – {days.last}"}
        write_xlsx(file, kind, rows, about=about)
        return
    pieces = csv_lines(kind, rows)
    if form == "json":
        pieces = json_pieces(kind, rows, selection=selection, tenant=tenant, narrowed=filters.asked())
    for piece in pieces:
        file.write(piece.encode())


def _response(file: IO[bytes], content_type: str) -> HttpResponseBase:
    size = file.seek(0, 2)
    file.seek(0)
    if size > IN_MEMORY:
        return FileResponse(cast("Any", file), content_type=content_type)
    return HttpResponse(file.read(), content_type=content_type)
