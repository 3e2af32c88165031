"""Percentages become whole messages: nothing is lost, nothing is made up, and what nobody told is unknown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.enums import TlsVersion
from insights.ingest.formats.exchange_online.shares import Percent, percent_of, whole_counts

OLD, MIDDLE, NEW, UNKNOWN = TlsVersion.TLS1_0, TlsVersion.TLS1_1, TlsVersion.TLS1_2, TlsVersion.UNKNOWN


@pytest.mark.parametrize(
    ("written", "value", "decimals"),
    [
        ("12.5%", Fraction(25, 2), 1),
        ("12,50 %", Fraction(25, 2), 2),
        ("100", Fraction(100), 0),
        ("33.33% (3)", Fraction(3333, 100), 2),
        ("7%(1,234)", Fraction(7), 0),
        ("", Fraction(0), 0),
        ("-", Fraction(0), 0),
    ],
)
def test_percentage_is_read_exactly(written: str, value: Fraction, decimals: int) -> None:
    assert percent_of(written) == Percent(value, decimals)


@pytest.mark.parametrize(
    "written", ["101%", "-1%", "1e1", "abc", "12.", "١٢", "%", "1" * 400, "9." + "9" * 60]
)
def test_what_is_no_percentage_is_refused(written: str) -> None:
    assert percent_of(written) is None


@pytest.mark.parametrize(
    ("messages", "shares", "counts"),
    [
        (3, ("33.33", "0", "66.67"), {OLD: 1, NEW: 2}),
        (3, ("33", "33", "33"), {OLD: 1, MIDDLE: 1, NEW: 1}),
        (1_000, ("12.5", "12.5", "50"), {OLD: 125, MIDDLE: 125, NEW: 500, UNKNOWN: 250}),
        (7, ("0", "0", "100"), {NEW: 7}),
        (7, ("0", "0", "0"), {UNKNOWN: 7}),
        # A hundredth that is missing is rounding; a whole percent of one version is not.
        (1_000, ("33.33", "0", "66.66"), {OLD: 333, NEW: 667}),
        (1_000, ("0", "0", "99"), {NEW: 990, UNKNOWN: 10}),
        (1, ("50", "0", "50"), {OLD: 1}),
        (2, ("33.3", "33.3", "33.4"), {NEW: 1, OLD: 1}),
        (0, ("0", "0", "100"), {}),
        (10, ("80", "0", "50"), None),
        (10, ("50.01", "0", "50"), {OLD: 5, NEW: 5}),
    ],
)
def test_whole_messages_by_the_largest_remainder(
    messages: int, shares: tuple[str, ...], counts: dict[TlsVersion, int] | None
) -> None:
    read = [percent_of(one) for one in shares]
    given = {version: one for version, one in zip((OLD, MIDDLE, NEW), read, strict=True) if one is not None}
    assert whole_counts(messages, given) == counts


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    counts=st.fixed_dictionaries({version: st.integers(0, 5_000) for version in (OLD, MIDDLE, NEW, UNKNOWN)}),
    decimals=st.integers(2, 6),
)
def test_counts_come_back_from_their_rounded_percentages(
    counts: dict[TlsVersion, int], decimals: int
) -> None:
    messages = sum(counts.values())
    if not messages:
        return
    shares = {
        version: Percent(
            Fraction(round(Fraction(number * 100, messages) * 10**decimals), 10**decimals), decimals
        )
        for version, number in counts.items()
        if version is not UNKNOWN
    }
    found = whole_counts(messages, shares)
    assert found is not None
    assert sum(found.values()) == messages
    # No count is further from the truth than rounding to that many decimals, and to whole messages, explains.
    most = 2 + Fraction(messages * 4, 100 * 10**decimals)
    assert all(abs(found.get(version, 0) - number) <= most for version, number in counts.items())
