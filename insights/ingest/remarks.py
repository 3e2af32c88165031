"""What a person should know about an import that was read to its end."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from insights.ingest.lines import MAX_LINE
from insights.ingest.record import SkipReason
from insights.models import LogImport

_OF_OTHER_DAYS: Final = (SkipReason.BEFORE_RETENTION, SkipReason.IN_THE_FUTURE)
"""Reasons of lines that are log lines all the same: where most are, it is a log of that format."""


def is_no_log(log_import: LogImport) -> bool:
    """Tell whether nothing in the whole file was recognised, be it one endless line."""
    return log_import.lines == log_import.lines_unrecognised and (
        log_import.lines > 0 or log_import.bytes_taken > MAX_LINE
    )


def remarks(log_import: LogImport) -> str:
    """Say what a person should know about an import that was read to its end."""
    sentences = []
    unread = log_import.unrecognised
    if is_no_log(log_import):
        if 2 * sum(unread.get(reason, 0) for reason in _OF_OTHER_DAYS) > log_import.lines:
            sentences.append(_("Nothing was imported."))
        else:
            sentences.append(
                _(
                    "No line of this file could be used, so nothing was imported: is it a log of the format "
                    "%(format)s?"
                )
                % {"format": log_import.source.format}
            )
    if unread.get(SkipReason.IN_THE_FUTURE):
        sentences.append(_("Lines dated in the future were left out: is the year right?"))
    if unread.get(SkipReason.BEFORE_RETENTION):
        sentences.append(_("Lines dated before the days that are kept were left out."))
    if log_import.held_bytes and not is_no_log(log_import):
        words = _(
            "The last line has no end yet; its %(count)d bytes wait for the next import of this source."
        )
        if log_import.source.format == "csv":
            words = _(
                "The last line has no end yet, or a quote near the end has none; %(count)d bytes wait for the next "
                "import of this source."
            )
        sentences.append(words % {"count": log_import.held_bytes})
    return " ".join(sentences)
