"""Names from logs and from people, made to do harm, arrive in a mailed report as words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from reports.deliver import deliver
from reports.models import ReportRequest
from reports.render.cells import cell
from tests.cast import Cast
from tests.factories import submit
from tests.reports.attached import attached, csv_rows, html_of
from tests.reports.orders import NOW, again, at
from tests.reports.smtp_sink import Sink

CANARIES = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3@evil.example",
    "@SUM(1+1)",
    "\uff1d1+1",
    "  =1+1",
    "<script>alert(1)</script>@evil.example",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% now 'Y' %}",
    "x@evil.example\u202egnp.exe",
    "'; DROP TABLE insights_submission; --",
    "\x1b[31mred@evil.example",
]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\uff1d1", "'\uff1d1"),
        (" =1", "' =1"),
        ("ann@acme.example", "ann@acme.example"),
        ("", ""),
        (None, ""),
        (-5, -5),
        (1.5, 1.5),
        ("a\x1b[31m", "a⟨U+001B⟩[31m"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\r\nb", "a⟨U+000D⟩⟨U+000A⟩b"),
    ],
)
def test_cell_harmless(given: str | float | None, written: str | float) -> None:
    assert cell(given) == written


def test_canaries_in_names_stay_words(
    cast: Cast, make_order: Callable[..., ReportRequest], sink: Sink
) -> None:
    for canary in CANARIES:
        submit(cast.acme, at=at(12), account=canary, sender=canary, count=2)
    request = make_order(note="<b>bold</b> {{ 7*7 }}")
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    files = attached(sink.taken[0])
    html = html_of(sink.taken[0])
    for active in ("<script", "<img src=x", "<b>bold", ">49<", "\u202e", "\x1b"):
        assert active not in html
    content = files["acme-smtp-auth-2026-11-10-2026-11-16.csv"]
    assert b"\x1b" not in content
    rows = csv_rows(content)
    assert len(rows) == len(CANARIES)
    for row in rows:
        for name in ("account", "sender_address", "sender_domain"):
            assert not row[name].lstrip().startswith(("=", "+", "-", "@", "\uff1d")), row[name]
    book_content = files["acme-smtp-auth-2026-11-10-2026-11-16.xlsx"]
    book = load_workbook(io.BytesIO(book_content))
    cells = [value for sheet in book for row in sheet.iter_rows() for value in row]
    assert {value.data_type for value in cells} <= {"s", "n", "inlineStr"}
    assert all(value.hyperlink is None for value in cells)
    with zipfile.ZipFile(io.BytesIO(book_content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x00"])
def test_header_injection_impossible(
    cast: Cast, make_order: Callable[..., ReportRequest], sink: Sink, break_: str
) -> None:
    if break_ != "\x00":  # PostgreSQL keeps no NUL
        cast.acme.name = f"Acme{break_}Bcc: victim@evil.example"
        cast.acme.save()
    submit(cast.acme, at=at(12))
    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    assert again(request).status == "sent"
    assert sink.taken[0]["Bcc"] is None
    assert sink.envelopes[0].rcpt_tos == ["alice@example.com"]
    assert len(sink.taken[0]["Subject"].splitlines()) == 1


def test_address_with_a_line_break_is_none(cast: Cast) -> None:
    from reports.request.recipients import check_recipients, read_addresses
    from tenants.scope import tenant_scope

    addresses = read_addresses("alice@example.com\r\nBcc: victim@evil.example")
    with tenant_scope([cast.acme.pk]):
        checked = check_recipients(cast.acme, addresses)
    assert [bool(recipient.refusal) for recipient in checked] == [False, True, True]
