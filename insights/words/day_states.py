"""What is known of a day, in words: of one source, and of the numbers of all."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from insights.health.days import DayEvidence, DayState, Wholeness


class Words(NamedTuple):
    """A word, the light beside it, and what it means."""

    label: str | Promise
    light: str
    meaning: str | Promise


STATES: dict[DayState, Words] = {
    DayState.DATA: Words(_lazy("received"), "state-good", _lazy("Somebody sent, or a login was refused.")),
    DayState.QUIET: Words(
        _lazy("nobody sent"), "", _lazy("The log was read, or none was to be expected: the zero is one.")
    ),
    DayState.PENDING: Words(_lazy("not yet"), "", _lazy("The day is not over, or its log comes later.")),
    DayState.GAP: Words(
        _lazy("nothing received"),
        "state-warn",
        _lazy("The source usually has something on such a day, and no log of it was read."),
    ),
    DayState.UNDONE: Words(_lazy("undone"), "state-warn", _lazy("What had been read was taken back.")),
    DayState.NOTHING_SINCE: Words(
        _lazy("nothing since"), "state-bad", _lazy("Nothing has come since the newest line.")
    ),
    DayState.BEFORE: Words(_lazy("before the first line"), "", _lazy("The data begins later.")),
    DayState.ENDED: Words(_lazy("ended"), "", _lazy("Nothing has come for weeks.")),
}


def remark(found: DayEvidence) -> str:
    """Say in a few words what a day lacks."""
    if found.wholeness == Wholeness.BEFORE:
        return _("before the first line")
    undone = ", ".join(name for name, state in found.missing if state == DayState.UNDONE)
    absent = ", ".join(name for name, state in found.missing if state != DayState.UNDONE)
    parts = []
    if absent:
        parts.append(_("nothing received from %(sources)s") % {"sources": absent})
    if undone:
        parts.append(_("undone: %(sources)s") % {"sources": undone})
    return "; ".join(parts)
