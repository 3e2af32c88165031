"""Why lines were not recognised, in words, with what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.ingest.record import SkipReason


class Words(NamedTuple):
    """A reason as people read it, and a hint, which may be empty."""

    label: str | Promise
    hint: str | Promise = ""


class Unrecognised(NamedTuple):
    """The lines of one reason."""

    reason: str
    lines: int
    label: str | Promise
    hint: str | Promise


REASONS: dict[SkipReason, Words] = {
    SkipReason.EMPTY: Words(_("Empty lines")),
    SkipReason.NO_STAMP: Words(
        _("No time stamp at the beginning"),
        _("Often the rest of a message that was written over several lines, or another program's log."),
    ),
    SkipReason.BAD_STAMP: Words(
        _("A time stamp that cannot be"), _("For instance a 31 February, or a clock that was not set.")
    ),
    SkipReason.TOO_LONG: Words(_("Longer than 64 KiB"), _("No mail server writes such a line.")),
    SkipReason.BINARY: Words(_("Not text"), _("Often a damaged stretch of the file.")),
    SkipReason.BEFORE_RETENTION: Words(
        _("From before the days kept"), _("When more days are kept (settings), import the file again.")
    ),
    SkipReason.IN_THE_FUTURE: Words(
        _("From the future"), _("Look at the year that was given, and at the time zone of the source.")
    ),
    SkipReason.UNKNOWN_FORM: Words(
        _("A form that is not known"), _("The samples show them; a log of another program has many of these.")
    ),
    SkipReason.TOO_MANY_REPEATS: Words(_("“Message repeated” more often than is believable")),
    SkipReason.NO_JSON: Words(
        _("No JSON"),
        _("A record that could not be read at all, in a log of JSON records or sent over the API."),
    ),
    SkipReason.NO_MESSAGE: Words(
        _("JSON without a log line"),
        _(
            "The line is looked for in log, message, msg, MESSAGE, line and rawmsg: look at what the shipper sends. "
            "journalctl leaves messages of more than 4 KiB out unless it is asked for --all."
        ),
    ),
    SkipReason.BAD_RECORD: Words(
        _("Not an event"),
        _("The answer to the request named the member and the reason; the samples show the record."),
    ),
    SkipReason.NO_LOGIN: Words(
        _("A message whose login is not in the log"),
        _("Import the log before this one first. Sendmail writes logins from LogLevel 9 on."),
    ),
    SkipReason.BAD_ROW: Words(
        _("Not a whole row"),
        _("It has more or fewer cells than the header, or a quote that is never closed."),
    ),
    SkipReason.BAD_VALUE: Words(
        _("A cell that cannot be read"),
        _(
            "An address that is none, a number that is none, or an outcome that is not listed among the columns."
        ),
    ),
    SkipReason.NO_ACCOUNT: Words(
        _("A row without an account"),
        _("Mail that came without a login, as message traces have it, is not counted."),
    ),
    SkipReason.OTHER_COLUMNS: Words(
        _("Under another header"), _("A mapped column is not in it; look at the columns of the source.")
    ),
}


def in_words(unrecognised: Mapping[str, int]) -> list[Unrecognised]:
    """Return the reasons that occurred, the most frequent first; an unknown one is named as stored."""
    known = {str(reason): words for reason, words in REASONS.items()}
    found = [
        Unrecognised(reason, lines, *known.get(reason, Words(reason)))
        for reason, lines in unrecognised.items()
        if lines
    ]
    return sorted(found, key=lambda one: (-one.lines, one.reason))
