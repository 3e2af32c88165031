"""The mail as text, for programs and people that show no HTML: the same numbers in aligned columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.marks import AUTH_MARKS, TLS_MARKS
from insights.templatetags.figures import number, share_of
from reports.content import ReportContent
from reports.render import words
from reports.render.labels import FAILURE_WORDS, Attachment

WIDTH = 76


def text_of(content: ReportContent, *, files: tuple[Attachment, ...]) -> str:
    """Return the text of the mail; `files` are attached, or fetched by their links."""
    return "\n".join(_lines(content, files)).rstrip() + "\n"


def _lines(content: ReportContent, files: tuple[Attachment, ...]) -> Iterator[str]:
    first, *further = words.sentences(content)
    yield from _wrapped(first)
    for sentence in further:
        yield from _wrapped(sentence)
    yield ""
    yield words.single_line(content.tenant_name)
    yield words.title(content)
    yield words.scope(content)
    yield _("Days in %(zone)s") % {"zone": content.time_zone}
    if content.note:
        yield ""
        for line in content.note.splitlines():
            yield from _wrapped(line, indent="> ")
    yield ""
    yield from _table([(label, number(count)) for label, count in words.facts(content)])
    if not content.is_empty:
        yield words.change(content)
        yield from _tables(content)
    yield ""
    yield _("The same view on screen:")
    yield content.view_url
    yield from _files(files)
    yield ""
    yield _footer(content)
    yield content.request_url


def _tables(content: ReportContent) -> Iterator[str]:
    total = content.totals.messages
    yield from _headed(_("Messages a day"))
    yield from _table([(date_format(line.day, "D j M"), number(line.messages)) for line in content.by_day])
    yield from _headed(_("TLS versions"))
    yield from _table(
        [
            (str(TLS_MARKS[line.tls_version].label), number(line.messages), share_of(line.messages, total))
            for line in content.tls
            if line.messages
        ]
        + [(_("Total"), number(total), "")]
    )
    yield from _headed(_("Authentication"))
    yield from _table(
        [
            (
                f"{AUTH_MARKS[line.auth_class].label}: {line.mechanism}",
                number(line.messages),
                share_of(line.messages, total),
            )
            for line in content.auth
        ]
        + [(_("Total"), number(total), "")]
    )
    if content.old_clients:
        yield from _headed(_("Clients to update: old TLS or none"))
        for client in content.old_clients:
            yield f"  {client.account}"
            place = client.client_ip or _("address unknown")
            label = TLS_MARKS[client.tls_version].label
            yield f"    {place} · {label} · {client.mechanism} · {number(client.messages)}"
        if content.old_clients_count > len(content.old_clients):
            yield "  " + _("%(shown)s of %(all)s clients; the others are in the detailed files.") % {
                "shown": number(len(content.old_clients)),
                "all": number(content.old_clients_count),
            }
    yield from _headed(_("Senders with most messages"))
    yield from _table(
        [(line.sender_address, number(line.messages)) for line in content.top_senders]
        + ([(_("All others"), number(content.other_senders))] if content.other_senders else [])
        + [(_("Total"), number(total))]
    )
    if content.top_failures:
        yield from _headed(_("Failed logins"))
        for line in content.top_failures:
            place = line.client_ip or _("address unknown")
            why = FAILURE_WORDS[line.reason]
            yield f"  {line.account or '–'} · {place} · {why} · {number(line.failures)}"


def _files(files: tuple[Attachment, ...]) -> Iterator[str]:
    if not files:
        return
    yield ""
    if not files[0].url:
        yield from _wrapped(
            _("Attached, per day, sender and client: %(names)s")
            % {"names": ", ".join(f"{file.name} ({filesizeformat(file.size_bytes)})" for file in files)}
        )
        return
    yield from _wrapped(
        _("The detailed files are too large for a mail. They can be fetched until %(day)s:")
        % {"day": date_format(files[0].expires_on, "j F Y")}
    )
    for file in files:
        yield f"{file.name} ({filesizeformat(file.size_bytes)})"
        yield file.url


def _footer(content: ReportContent) -> str:
    if content.requested_by:
        return _("%(person)s asked for this report, “%(name)s”:") % {
            "person": words.single_line(content.requested_by),
            "name": words.single_line(content.name),
        }
    return _("This is the report “%(name)s”:") % {"name": words.single_line(content.name)}


def _headed(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Align a table: the first column to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        yield f"  {first.ljust(widths[0])}  {'  '.join(cells)}".rstrip()


def _wrapped(text: str, *, indent: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
