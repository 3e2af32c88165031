"""From what each parser made of the same lines to one format, or to why there is none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

ENOUGH: Final = 5
"""So many lines of logins and sessions leave no doubt, even without a whole submission."""
MIXED: Final = "mixed"


class Sureness(StrEnum):
    """How sure a recognition is."""

    CERTAIN = "certain"
    LIKELY = "likely"


class Doubt(StrEnum):
    """Why no format was recognised."""

    NOTHING = "nothing"
    SEVERAL = "several"
    TABLE = "table"
    RECORDS = "records"


class Found(NamedTuple):
    """What the parser of a format made of the lines.

    `events` are submissions and refused logins, `matched` the lines that told of them or of their sessions, `odd`
    those that looked like its own and could not be read.
    """

    format: str
    events: int
    matched: int
    odd: int


class Recognition(NamedTuple):
    """What was found in the first `lines` of a log.

    `format` and `sureness` are None where `doubt` says why; `found` are the formats with lines of their own, the
    strongest first. Without a doubt `found` names the format, or the members of the mixed one, also where they told of
    no login. `programs` has the busiest writers of syslog lines, `columns` those of a table.
    """

    format: str | None
    sureness: Sureness | None
    doubt: Doubt | None
    lines: int
    found: tuple[Found, ...]
    programs: Mapping[str, int] = {}
    columns: tuple[str, ...] = ()

    def of(self, log_format: str) -> Found:
        """Return what was found of a format."""
        none = Found(log_format, 0, 0, 0)
        return next((found for found in self.found if found.format == log_format), none)


def dump(recognition: Recognition) -> dict[str, Any]:
    """Return a recognition as plain data, to be kept with an import."""
    return {
        "format": recognition.format,
        "sure": recognition.sureness,
        "doubt": recognition.doubt,
        "lines": recognition.lines,
        "found": [list(look) for look in recognition.found],
        "programs": dict(recognition.programs),
        "columns": list(recognition.columns),
    }


def load(data: Mapping[str, Any]) -> Recognition:
    """Return the recognition that `dump` gave."""
    return Recognition(
        format=data["format"],
        sureness=None if data["sure"] is None else Sureness(data["sure"]),
        doubt=None if data["doubt"] is None else Doubt(data["doubt"]),
        lines=int(data["lines"]),
        found=tuple(Found(*look) for look in data["found"]),
        programs=data["programs"],
        columns=tuple(data["columns"]),
    )


def decide(
    looks: Sequence[Found], *, lines: int, by_syslog: Collection[str], quiet: Collection[str] = ()
) -> Recognition:
    """Return the one format that has lines of its own, or the mixed one where several of `by_syslog` have.

    Lines that a parser understood count first, then those that look like its own and cannot be read, then the formats
    in `quiet`, whose servers wrote lines that tell of no login. Of two formats that claim lines nobody knows which is
    right: that is refused.
    """
    found = tuple(sorted((look for look in looks if look.matched or look.odd), key=_strength, reverse=True))
    claiming = [look for look in found if look.matched] or list(found)
    if not claiming:
        claiming = [Found(name, 0, 0, 0) for name in quiet]
        found = tuple(claiming)
    if not claiming:
        return Recognition(None, None, Doubt.NOTHING, lines, found)
    sureness = min((_sureness(look) for look in claiming), key=list(Sureness)[::-1].index)
    if len(claiming) == 1:
        return Recognition(claiming[0].format, sureness, None, lines, found)
    if all(look.format in by_syslog for look in claiming) and sum(look.matched for look in claiming) <= lines:
        return Recognition(MIXED, sureness, None, lines, found)
    return Recognition(None, None, Doubt.SEVERAL, lines, found)


def fits(
    recognition: Recognition, log_format: str, *, by_syslog: Collection[str], by_columns: Collection[str]
) -> bool:
    """Tell whether a log may be read as `log_format`, which its source has.

    One of several servers in a syslog may have a source of its own; a table is what its source's columns make of it.
    """
    if log_format in {recognition.format, *(look.format for look in recognition.found if look.matched)}:
        return recognition.doubt is None
    if log_format == MIXED:
        return recognition.format in by_syslog
    return log_format in by_columns and recognition.doubt in {Doubt.TABLE, Doubt.RECORDS}


def agreed(recognitions: Sequence[Recognition], *, by_syslog: Collection[str]) -> str | None:
    """Return the one format that all of the logs can be read as, None where there is none or one is in doubt."""
    formats = {recognition.format for recognition in recognitions}
    if len(formats) == 1:
        return formats.pop()
    return MIXED if formats <= {MIXED, *by_syslog} else None


def _strength(look: Found) -> tuple[int, int, int]:
    return look.events, look.matched, look.odd


def _sureness(look: Found) -> Sureness:
    is_clear = look.events or look.matched >= ENOUGH
    return Sureness.CERTAIN if is_clear and look.odd <= look.matched else Sureness.LIKELY
