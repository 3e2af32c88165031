"""Times as tables write them, brought to the one form that the clock reads. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from insights.ingest.formats.columns.mapping import TimeFormat

_OFFSET: Final = rb" ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
_CLOCK: Final = rb"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?"
_ISO: Final = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[Tt ]" + _CLOCK + _OFFSET)
_NUMBERS: Final = re.compile(rb"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,? |T)" + _CLOCK + _OFFSET)
_NAMED: Final = re.compile(
    rb"(?:[A-Za-z]{3,9},? )?(\d{1,2})[ /-]([A-Za-z]{3})[a-z]{0,6}[ /-](\d{4})[ :]" + _CLOCK + _OFFSET
)
_EPOCH: Final = re.compile(rb"(\d{1,17})(?:\.(\d{1,9})\d{0,20})?")
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"), 1
    )
}
_PER_SECOND: Final = {TimeFormat.EPOCH_S: 1, TimeFormat.EPOCH_MS: 1_000, TimeFormat.EPOCH_US: 1_000_000}
_LONGEST: Final = 80


def stamp_of(cell: bytes, written: TimeFormat) -> bytes | None:
    """Return a time as the clock reads it (ISO 8601 and a blank), None where it is none of that form.

    It may still be a day that does not exist; that is the clock's to say.
    """
    cell = cell.strip()
    if len(cell) > _LONGEST:
        return None
    if written in _PER_SECOND:
        return _from_epoch(cell, _PER_SECOND[written])
    if written is TimeFormat.ISO:
        found = _ISO.fullmatch(cell)
        return found and _stamp(found[1], found[2], found[3], *found.groups()[3:])
    if written is TimeFormat.NAMED_MONTH:
        found = _NAMED.fullmatch(cell)
        month = found and _MONTHS.get(found[2].lower())
        return (
            None
            if not found or not month
            else _stamp(found[3], b"%02d" % month, found[1], *found.groups()[3:])
        )
    found = _NUMBERS.fullmatch(cell)
    if found is None:
        return None
    day, month_number = (found[1], found[3]) if written is TimeFormat.DAY_FIRST else (found[3], found[1])
    return _stamp(found[4], month_number, day, *found.groups()[4:])


def _stamp(
    year: bytes,
    month: bytes,
    day: bytes,
    hour: bytes,
    minute: bytes,
    second: bytes | None,
    fraction: bytes | None,
    half: bytes | None,
    offset: bytes | None,
) -> bytes | None:
    if half is not None:
        twelve = int(hour)
        if not 1 <= twelve <= 12:
            return None
        hour = b"%02d" % (twelve % 12 + (12 if half in b"Pp" else 0))
    return b"%b-%b-%bT%b:%b:%b%b%b " % (
        year,
        month.zfill(2),
        day.zfill(2),
        hour.zfill(2),
        minute,
        second or b"00",
        b"." + fraction if fraction else b"",
        _offset(offset),
    )


def _offset(written: bytes | None) -> bytes:
    if not written:
        return b""
    if written[:1] not in b"+-":
        return b"Z"
    digits = written[1:].replace(b":", b"").ljust(4, b"0")
    return b"%b%b:%b" % (written[:1], digits[:2], digits[2:])


def _from_epoch(cell: bytes, per_second: int) -> bytes | None:
    found = _EPOCH.fullmatch(cell)
    if found is None:
        return None
    whole, rest = divmod(int(found[1]), per_second)
    micros = rest * (1_000_000 // per_second)
    if found[2]:
        micros += int(found[2].ljust(9, b"0")) // (1_000 * per_second)
    try:
        at = datetime.fromtimestamp(whole, tz=UTC).replace(microsecond=micros)
    except (ValueError, OverflowError, OSError):
        return None
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ ").encode().rjust(28, b"0")
