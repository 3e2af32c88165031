"""The table of decisions: each row's reason and step, what goes before what, and that there is always one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.health.pauses import Standing
from insights.health.verdict import RULES, Facts, NextStep, Reason, why_zero
from project.periods import DayRange

DAYS = DayRange(date(2026, 11, 11), date(2026, 11, 18))
READ = {"has_read": True, "standing": Standing.UP_TO_DATE}
OLD = {"last_message_on": date(2026, 10, 1)}


@pytest.mark.parametrize(
    ("facts", "reason", "step"),
    [
        ({}, Reason.NOTHING_READ, NextStep.CONNECT),
        ({"is_being_read": True}, Reason.BEING_READ, NextStep.WAIT),
        ({"events_undone": 3}, Reason.UNDONE, NextStep.READ_AGAIN),
        (READ | {"unrecognised": {"no_stamp": 5}}, Reason.ALL_UNRECOGNISED, NextStep.LOOK_AT_SAMPLES),
        (
            READ | {"unrecognised": {"before_retention": 9, "no_stamp": 5}},
            Reason.ALL_BEFORE_KEPT,
            NextStep.KEEP_MORE_DAYS,
        ),
        (READ | {"unrecognised": {"in_the_future": 9}}, Reason.ALL_FUTURE, NextStep.CHECK_CLOCK),
        (
            READ | {"unrecognised": {"in_the_future": 9}, "other": 1},
            Reason.OTHER_PROGRAMS,
            NextStep.OTHER_LOG,
        ),
        (READ | {"other": 12_000}, Reason.OTHER_PROGRAMS, NextStep.OTHER_LOG),
        (READ | {"other": 12_000, "evidence": 1}, Reason.NO_LOGINS, NextStep.CHECK_LOGINS),
        (READ | OLD | {"other": 9, "evidence": 1}, Reason.NO_LOGINS, NextStep.CHECK_LOGINS),
        (READ | OLD | {"other": 9, "events": 1}, Reason.OTHER_DAYS, NextStep.SHOW_DAYS),
        (
            READ | {"failures": 2, "events": 2, "other": 4},
            Reason.ONLY_REFUSED,
            NextStep.LOOK_AT_FAILURES,
        ),
        (READ | {"logins": 2, "failures": 1, "events": 3}, Reason.ONLY_LOGINS, NextStep.ADD_MESSAGES),
        (READ | OLD | {"standing": Standing.SILENT}, Reason.NOTHING_SINCE, NextStep.CHECK_SENDER),
        (
            READ | OLD | {"standing": Standing.STALE, "events": 5, "is_all_after": True},
            Reason.NOTHING_SINCE,
            NextStep.CHECK_SENDER,
        ),
        (READ | OLD | {"standing": Standing.STALE, "events": 5}, Reason.OTHER_DAYS, NextStep.SHOW_DAYS),
        (READ | {"standing": Standing.STALE}, Reason.NOTHING_SINCE, NextStep.CHECK_SENDER),
        (
            READ | OLD | {"standing": Standing.SILENT, "events_undone": 4},
            Reason.UNDONE,
            NextStep.READ_AGAIN,
        ),
        (READ | OLD, Reason.OTHER_DAYS, NextStep.SHOW_DAYS),
        (READ, Reason.NO_LINES, NextStep.CHECK_SENDER),
        (READ | {"events": 5}, Reason.NO_LOGINS, NextStep.CHECK_LOGINS),
    ],
)
def test_first_rule_that_holds_is_the_reason(facts: dict[str, Any], reason: Reason, step: NextStep) -> None:
    verdict = why_zero(Facts(days=DAYS, **facts))
    assert verdict is not None
    assert (verdict.reason, verdict.next) == (reason, step)


def test_no_reason_where_there_are_messages() -> None:
    assert why_zero(Facts(days=DAYS, messages=1)) is None


def test_every_reason_and_every_step_stands_in_the_table() -> None:
    assert {rule.verdict.reason for rule in RULES} == set(Reason)
    assert {rule.verdict.next for rule in RULES} == set(NextStep)


_few = st.integers(0, 2)


@given(
    st.builds(
        Facts,
        days=st.just(DAYS),
        messages=_few,
        logins=_few,
        failures=_few,
        events=_few,
        evidence=_few,
        other=_few,
        unrecognised=st.dictionaries(st.sampled_from(["no_stamp", "in_the_future"]), _few),
        has_read=st.booleans(),
        events_undone=_few,
        is_being_read=st.booleans(),
        standing=st.sampled_from(Standing),
        last_message_on=st.none() | st.dates(),
    )
)
def test_a_zero_always_has_exactly_one_reason(facts: Facts) -> None:
    assert (why_zero(facts) is None) == (facts.messages > 0)
