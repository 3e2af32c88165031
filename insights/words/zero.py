"""Why a source shows no message, in one sentence, and what to do, in another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from insights.health.verdict import NextStep, Reason
from insights.queries.health import SourceHealth
from insights.templatetags.figures import number


class ZeroWords(NamedTuple):
    """The sentence on why, and the one on what next; `step` is what a page links it to."""

    why: str
    next: str
    step: NextStep


_WHY: dict[Reason, str | Promise] = {
    Reason.BEING_READ: _lazy("The first log is being read."),
    Reason.UNDONE: _lazy("What had been read for these days was undone: %(undone)s events."),
    Reason.NOTHING_READ: _lazy("Nothing has been read yet."),
    Reason.ALL_BEFORE_KEPT: _lazy(
        "No line could be used: %(main)s of %(unrecognised)s are from before the days that are kept."
    ),
    Reason.ALL_FUTURE: _lazy("No line could be used: %(main)s of %(unrecognised)s are dated in the future."),
    Reason.ALL_UNRECOGNISED: _lazy(
        "All %(unrecognised)s lines were unrecognised, most of them for %(reason)s."
    ),
    Reason.OTHER_PROGRAMS: _lazy(
        "%(lines)s lines were read, and none of them is about a submission or a login."
    ),
    Reason.ONLY_LOGINS: _lazy(
        "%(logins)s logins are told and no message: this source tells of logins alone."
    ),
    Reason.ONLY_REFUSED: _lazy("Nobody got in: every login was refused, %(failures)s of them."),
    Reason.NOTHING_SINCE: _lazy("Nothing has come since %(last_line)s."),
    Reason.OTHER_DAYS: _lazy("Nobody sent on these days; the last message was on %(last_message)s."),
    Reason.NO_LOGINS: _lazy("Lines come, but no one logs in: %(lines)s lines were read."),
    Reason.NO_LINES: _lazy("No line was read on these days."),
}
_NEXT: dict[NextStep, str | Promise] = {
    NextStep.WAIT: _lazy("Its numbers appear while it is read."),
    NextStep.READ_AGAIN: _lazy("Read the log again, if that was a mistake."),
    NextStep.CONNECT: _lazy("Upload a log of this server, or connect it."),
    NextStep.KEEP_MORE_DAYS: _lazy("Keep more days in the settings, and read the log again."),
    NextStep.CHECK_CLOCK: _lazy(
        "Look at the server's clock, at the year that was given, and at the time zone of the source."
    ),
    NextStep.LOOK_AT_SAMPLES: _lazy("Look at the samples: is it a log of this kind of server?"),
    NextStep.OTHER_LOG: _lazy("Read the log of the server that clients log in to."),
    NextStep.ADD_MESSAGES: _lazy("Add the server's own log, or a report of its messages, as another source."),
    NextStep.LOOK_AT_FAILURES: _lazy("Look at the failed logins."),
    NextStep.CHECK_SENDER: _lazy("Look whether the server still sends its log."),
    NextStep.SHOW_DAYS: _lazy("Show those days."),
    NextStep.CHECK_LOGINS: _lazy("If somebody should log in here, look whether clients use another server."),
}
_RECEIVERS = {"postfix": "smtpd"}
"""The program, of those that a server's log has, which tells of clients that log in."""


def zero_in_words(found: SourceHealth, *, zone: ZoneInfo) -> ZeroWords | None:
    """Return why there is no message and what to do; None where there is one."""
    if found.verdict is None:
        return None
    values = _values(found, zone)
    why = str(_WHY[found.verdict.reason]) % values
    if found.verdict.reason == Reason.OTHER_PROGRAMS and found.told.programs:
        why = _programs(found)
    return ZeroWords(why, str(_NEXT[found.verdict.next]), found.verdict.next)


def _values(found: SourceHealth, zone: ZoneInfo) -> dict[str, Any]:
    lines, reasons = found.lines, found.told.unrecognised
    return {
        "lines": number(lines.read),
        "unrecognised": number(lines.unrecognised),
        "reason": max(sorted(reasons), key=lambda one: reasons[one], default="–"),
        "main": number(max(reasons.values(), default=0)),
        "undone": number(found.told.events_undone),
        "logins": number(found.total("logins")),
        "failures": number(found.total("failures")),
        "last_line": _instant(found.source.last_line_at, zone),
        "last_message": _date(found.last_message_on),
    }


def _programs(found: SourceHealth) -> str:
    """Name the programs that wrote the log, and the one that is missing from it."""
    programs = found.told.programs
    name, lines = max(programs.items(), key=lambda one: (one[1], one[0]))
    values = {"lines": number(lines), "program": name, "all": number(found.lines.read)}
    receiver = _RECEIVERS.get(found.source.format)
    if receiver is None or any(one.rpartition("/")[2] == receiver for one in programs):
        told = _("The log has %(lines)s lines of %(program)s, and none about a login: is it the right log?")
        return told % values
    values["receiver"] = f"{found.source.format}/{receiver}"
    told = _("The log has %(lines)s lines of %(program)s, none of %(receiver)s: is this the relay's log?")
    return told % values


def _instant(at: datetime | None, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j F Y, H:i") if at else "–"


def _date(day: date | None) -> str:
    return date_format(day, "j F Y") if day else "–"
