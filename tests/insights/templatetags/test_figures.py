"""Numbers on pages: separated, rounded half up, and never a zero for what is not known."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from insights.templatetags import figures


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (999, "999"), (1284, "1,284"), (1_600_000, "1,600,000"), (None, "–")]
)
def test_number_is_separated_and_keeps_zero(value: int | None, shown: str) -> None:
    assert figures.number(value) == shown


def test_number_follows_the_language() -> None:
    with override("de"):
        assert figures.number(1284) == "1.284"
        assert figures.percent(3.24) == "3,2\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0.0"), (3.24, "3.2"), (0.05, "0.1"), (2.25, "2.3"), (Decimal("99.95"), "100.0"), (100, "100.0")],
)
def test_percent_has_one_decimal_rounded_half_up(value: float | Decimal, shown: str) -> None:
    assert figures.percent(value) == f"{shown}\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(("part", "whole"), [(None, 10), (3, None), (0, 0)])
def test_share_of_nothing_is_not_known(part: int | None, whole: int | None) -> None:
    assert figures.share_of(part, whole) == "–"


def test_share_stands_beside_its_count() -> None:
    assert figures.share(1400, 43750) == (
        '<span class="share">3.2\N{NO-BREAK SPACE}% <span class="share-count">(1,400)</span></span>'
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (9_999, "9,999"),
        (98_211, '<span title="98,211">98.2\N{NO-BREAK SPACE}k</span>'),
        (4_250_000, '<span title="4,250,000">4.3\N{NO-BREAK SPACE}M</span>'),
        (None, "–"),
    ],
)
def test_short_number_is_exact_on_hover_once_shortened(value: int | None, shown: str) -> None:
    assert figures.short_number(value) == shown


@pytest.mark.parametrize(
    ("current", "previous", "rising", "tone", "sign", "words"),
    [
        (37, 34, "bad", "delta-bad", "+3", "3 more"),
        (37, 34, "good", "delta-good", "+3", "3 more"),
        (1, 1201, "bad", "delta-good", "−1,200", "1,200 fewer"),
        (5, 4, "neutral", "delta-neutral", "+1", "1 more"),
    ],
)
def test_delta_has_a_sign_and_words(
    current: int, previous: int, rising: str, tone: str, sign: str, words: str
) -> None:
    assert figures.delta(current, previous, "on last week", rising=rising) == (
        f'<span class="delta {tone}"><span aria-hidden="true">{sign}</span>'
        f'<span class="visually-hidden">{words}</span> <span class="delta-than">on last week</span></span>'
    )


def test_delta_without_a_change_says_so() -> None:
    assert figures.delta(4, 4, "on last week") == (
        '<span class="delta">no change <span class="delta-than">on last week</span></span>'
    )


def test_delta_against_an_unknown_week_is_not_known() -> None:
    assert figures.delta(4, None, "on last week") == '<span class="delta">–</span>'


@pytest.mark.parametrize(
    ("messages", "logins", "shown"),
    [
        (0, 0, "0"),
        (1284, 0, "1,284"),
        (1284, 9, "1,284"),
        (0, 1, '<span class="no-message">1 login, no message told</span>'),
        (0, 1200, '<span class="no-message">1,200 logins, no message told</span>'),
    ],
)
def test_messages_told_says_where_there_are_logins_alone(messages: int, logins: int, shown: str) -> None:
    assert figures.messages_told(messages, logins) == shown
