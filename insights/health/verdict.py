"""Why a source shows no message, as a table of decisions: the first that holds is the reason, with one next step. Pure.

The words stand in `insights.words.zero`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from insights.health.pauses import Standing
from project.periods import DayRange

BEFORE_KEPT, FUTURE = "before_retention", "in_the_future"


class Reason(StrEnum):
    """Why there is no message."""

    BEING_READ = "being_read"
    UNDONE = "undone"
    NOTHING_READ = "nothing_read"
    ALL_BEFORE_KEPT = "all_before_kept"
    ALL_FUTURE = "all_future"
    ALL_UNRECOGNISED = "all_unrecognised"
    OTHER_PROGRAMS = "other_programs"
    ONLY_LOGINS = "only_logins"
    ONLY_REFUSED = "only_refused"
    NOTHING_SINCE = "nothing_since"
    OTHER_DAYS = "other_days"
    NO_LOGINS = "no_logins"
    NO_LINES = "no_lines"


class NextStep(StrEnum):
    """What to do about it."""

    WAIT = "wait"
    READ_AGAIN = "read_again"
    CONNECT = "connect"
    KEEP_MORE_DAYS = "keep_more_days"
    CHECK_CLOCK = "check_clock"
    LOOK_AT_SAMPLES = "look_at_samples"
    OTHER_LOG = "other_log"
    ADD_MESSAGES = "add_messages"
    LOOK_AT_FAILURES = "look_at_failures"
    CHECK_SENDER = "check_sender"
    SHOW_DAYS = "show_days"
    CHECK_LOGINS = "check_logins"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a source over some days; lines are those that were read on these days.

    `is_all_after`: all of them are after the newest line, so that lines read on them tell of other days.
    """

    days: DayRange
    messages: int = 0
    logins: int = 0
    failures: int = 0
    events: int = 0
    evidence: int = 0
    other: int = 0
    unrecognised: Mapping[str, int] = field(default_factory=dict)
    has_read: bool = False
    events_undone: int = 0
    is_being_read: bool = False
    standing: Standing = Standing.NO_LINE
    last_message_on: date | None = None
    is_all_after: bool = False

    @property
    def lines_unrecognised(self) -> int:
        """The lines that could not be read, for every reason."""
        return sum(self.unrecognised.values())

    @property
    def lines(self) -> int:
        """All lines read on these days."""
        return self.events + self.evidence + self.other + self.lines_unrecognised

    @property
    def main_reason(self) -> str:
        """The reason for which most lines were not recognised, "" without any."""
        return max(sorted(self.unrecognised), key=lambda one: self.unrecognised[one], default="")

    @property
    def is_useless(self) -> bool:
        """Whether lines came and not one of them was recognised."""
        return 0 < self.lines == self.lines_unrecognised


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reason and the step."""

    reason: Reason
    next: NextStep


@dataclass(frozen=True, slots=True)
class _Rule:
    holds: Callable[[Facts], bool]
    verdict: Verdict


def _rule(reason: Reason, step: NextStep, holds: Callable[[Facts], bool]) -> _Rule:
    return _Rule(holds, Verdict(reason, step))


RULES: tuple[_Rule, ...] = (
    _rule(Reason.BEING_READ, NextStep.WAIT, lambda f: not f.has_read and f.is_being_read),
    _rule(Reason.UNDONE, NextStep.READ_AGAIN, lambda f: not f.has_read and f.events_undone > 0),
    _rule(Reason.NOTHING_READ, NextStep.CONNECT, lambda f: not f.has_read),
    _rule(
        Reason.ALL_BEFORE_KEPT,
        NextStep.KEEP_MORE_DAYS,
        lambda f: f.is_useless and f.main_reason == BEFORE_KEPT,
    ),
    _rule(Reason.ALL_FUTURE, NextStep.CHECK_CLOCK, lambda f: f.is_useless and f.main_reason == FUTURE),
    _rule(Reason.ALL_UNRECOGNISED, NextStep.LOOK_AT_SAMPLES, lambda f: f.is_useless),
    _rule(Reason.ONLY_LOGINS, NextStep.ADD_MESSAGES, lambda f: f.logins > 0),
    _rule(Reason.ONLY_REFUSED, NextStep.LOOK_AT_FAILURES, lambda f: f.failures > 0),
    _rule(
        Reason.OTHER_PROGRAMS, NextStep.OTHER_LOG, lambda f: f.other > 0 and not f.events and not f.evidence
    ),
    _rule(Reason.UNDONE, NextStep.READ_AGAIN, lambda f: f.events_undone > 0),
    _rule(
        Reason.NOTHING_SINCE,
        NextStep.CHECK_SENDER,
        lambda f: (not f.lines or f.is_all_after) and f.standing in {Standing.SILENT, Standing.STALE},
    ),
    _rule(Reason.NO_LOGINS, NextStep.CHECK_LOGINS, lambda f: f.lines > 0 and not f.events),
    _rule(Reason.OTHER_DAYS, NextStep.SHOW_DAYS, lambda f: f.last_message_on is not None),
    _rule(Reason.NO_LINES, NextStep.CHECK_SENDER, lambda f: not f.lines),
    _rule(Reason.NO_LOGINS, NextStep.CHECK_LOGINS, lambda _: True),
)
"""In this order: what is wrong with the source first, then with the days that were asked for."""


def why_zero(facts: Facts) -> Verdict | None:
    """Return why there is no message, None where there is one."""
    if facts.messages:
        return None
    return next(rule.verdict for rule in RULES if rule.holds(facts))
