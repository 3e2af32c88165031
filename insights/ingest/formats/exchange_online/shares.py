"""Percentages of a number of messages as whole messages, by the largest remainder. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from insights.enums import TlsVersion

_PERCENT: Final = re.compile(r"(\d{1,3})(?:[.,](\d{1,12}))?\s?%?(?:\s?\(\s?[\d.,]{1,12}\s?\))?")
_HALF: Final = Fraction(1, 2)
_WHOLE: Final = 100


class Percent(NamedTuple):
    """A percentage, and the decimals that it was rounded to."""

    value: Fraction
    decimals: int


def percent_of(written: str) -> Percent | None:
    """Return what `12.5%`, `12,5 %`, `12.5` or `12.5% (3)` says, 0 for nothing; None for what is no percentage."""
    text = written.strip()
    if text in {"", "-"}:
        return Percent(Fraction(0), 0)
    found = _PERCENT.fullmatch(text)
    if found is None or not text.isascii():
        return None
    decimals = found[2] or ""
    value = Fraction(int(found[1] + decimals), 10 ** len(decimals))
    return Percent(value, len(decimals)) if value <= _WHOLE else None


def whole_counts(messages: int, shares: Mapping[TlsVersion, Percent]) -> dict[TlsVersion, int] | None:
    """Return how many of the messages were of which version, those without a share as unknown; without zeroes.

    What the sum of the percentages is away from 100 by no more than their rounding is rounding. None where they are
    more than that above 100.
    """
    given = {version: share for version, share in shares.items() if share.value}
    total = sum((share.value for share in given.values()), Fraction(0))
    rounding = sum((_HALF / 10**share.decimals for share in given.values()), Fraction(0))
    if total > _WHOLE + rounding:
        return None
    exact = {version: share.value for version, share in given.items()}
    if given and abs(total - _WHOLE) <= rounding:
        exact = {version: value * _WHOLE / total for version, value in exact.items()}
    elif total < _WHOLE:
        exact[TlsVersion.UNKNOWN] = _WHOLE - total
    return _by_largest_remainder(messages, exact)


def _by_largest_remainder(messages: int, shares: Mapping[TlsVersion, Fraction]) -> dict[TlsVersion, int]:
    exact = {version: share * messages / _WHOLE for version, share in shares.items()}
    counts = {version: int(number) for version, number in exact.items()}
    left = messages - sum(counts.values())
    for version in sorted(exact, key=lambda one: (counts[one] - exact[one], one))[:left]:
        counts[version] += 1
    return {version: number for version, number in counts.items() if number}
