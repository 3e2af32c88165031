"""Read a mailed report back: its texts and the rows of its files."""

from __future__ import annotations

import csv
import io
from email.message import EmailMessage
from typing import Any

from openpyxl import load_workbook


def html_of(message: EmailMessage) -> str:
    """Return the HTML of a mail."""
    part = next(part for part in message.walk() if part.get_content_type() == "text/html")
    content: str = part.get_content()
    return content


def text_of(message: EmailMessage) -> str:
    """Return the text of a mail."""
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    content: str = part.get_content()
    return content


def attached(message: EmailMessage) -> dict[str, bytes]:
    """Return the attached files by their names."""
    files = {}
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        files[str(part.get_filename())] = content
    return files


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of the CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def xlsx_rows(content: bytes) -> list[dict[str, Any]]:
    """Return the rows of the workbook's details, of all their sheets."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows: list[dict[str, Any]] = []
    for name in book.sheetnames[1:]:
        head, *body = book[name].iter_rows(values_only=True)
        rows += [dict(zip([str(title) for title in head], row, strict=True)) for row in body]
    return rows


def xlsx_summary(content: bytes) -> list[tuple[Any, ...]]:
    """Return the rows of the workbook's first sheet."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return [tuple(row) for row in book[book.sheetnames[0]].iter_rows(values_only=True)]
