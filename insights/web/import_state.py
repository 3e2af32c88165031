"""What is said of an import: its light, its word, and what it means for the person who looks at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from insights.ingest.held import is_held
from insights.ingest.run import SILENT_AFTER
from insights.ingest.undo import UNDOABLE
from insights.models import ImportKind, ImportStatus, LogImport
from insights.templatetags.figures import number

_NO_WORKER_AFTER = timedelta(minutes=2)
_QUICK_POLL, _SLOW_POLL = 1, 15


class State(NamedTuple):
    """The light's class name, a sentence (may be empty), the seconds until the page asks again (0: never)."""

    light: str
    sentence: str
    poll_seconds: int = 0


def state_of(log_import: LogImport, *, running: LogImport | None, now: datetime) -> State:
    """Tell how an import stands; `running` is the import that its source is being read by, if any."""
    if log_import.status == ImportStatus.WAITING:
        return _waiting(log_import, running=running, now=now)
    if log_import.status == ImportStatus.RUNNING:
        return _running(log_import, now=now)
    if log_import.status == ImportStatus.UNDOING:
        return State(
            "state-busy", _("Its events are being removed and their days counted again."), _QUICK_POLL
        )
    return _ended(log_import)


def _ended(log_import: LogImport) -> State:
    message = log_import.message
    if log_import.status == ImportStatus.DONE:
        return State("state-warn" if message and log_import.lines_unrecognised else "state-good", message)
    if log_import.status == ImportStatus.REFUSED:
        return State("state-bad", _joined(message, _("Nothing of it was stored.")))
    if log_import.status == ImportStatus.FAILED:
        return State("state-bad", _joined(message, _kept(log_import)))
    return State("", message)


def _waiting(log_import: LogImport, *, running: LogImport | None, now: datetime) -> State:
    if is_held(log_import):
        return State("state-warn", _("It waits until somebody has said which column is what."), _SLOW_POLL)
    if running is not None and running.pk != log_import.pk:
        text = _("“%(file)s” is being read into the same source; a source reads one file after the other.")
        return State("state-busy", text % {"file": running.file_name}, _QUICK_POLL)
    if log_import.stored_file and log_import.created_at < now - _NO_WORKER_AFTER:
        text = _(
            "No worker has begun it yet. It stays queued and nothing is lost; whoever runs this installation "
            "can see whether its worker is up."
        )
        return State("state-warn", text, _SLOW_POLL)
    return State("state-busy", _("A worker begins it in a moment."), _QUICK_POLL)


def _running(log_import: LogImport, *, now: datetime) -> State:
    if log_import.heartbeat_at is not None and log_import.heartbeat_at > now - SILENT_AFTER:
        return State("state-busy", _("You can leave this page; the import goes on."), _QUICK_POLL)
    if log_import.stored_file:
        text = _("Its worker gave no sign of life for long. The import is taken up again where it stopped.")
    else:
        text = _("The command that read it has been silent for long. Run it again: nothing is stored twice.")
    return State("state-warn", text, _SLOW_POLL)


def _kept(log_import: LogImport) -> str:
    text = _("Of it, %(submissions)s submissions and %(failures)s failed logins are stored.")
    return text % {
        "submissions": number(log_import.submissions_stored),
        "failures": number(log_import.failures_stored),
    }


def _joined(message: str, sentence: str) -> str:
    return f"{message} {sentence}".strip()


def can_undo(log_import: LogImport) -> bool:
    """Tell whether the import has ended in a way that can be undone."""
    return log_import.status in UNDOABLE and log_import.kind != ImportKind.SHARED
