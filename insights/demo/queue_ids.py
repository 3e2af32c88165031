"""Make queue ids as Postfix makes them, short and long."""

from __future__ import annotations

from enum import StrEnum
from random import Random

from insights.demo.stamps import SECOND

_BASE_52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


class QueueIdStyle(StrEnum):
    """The forms of `enable_long_queue_ids`, and one that makes the weakness of the short form show."""

    SHORT = "short"
    """Microseconds within the second and the inode, in hexadecimal: unique only while in the queue."""
    LONG = "long"
    """Seconds and microseconds in base 52, `z`, the inode in base 51: unique for good."""
    RECURRING = "recurring"
    """Short, from so few values that each comes again within days."""


def _in_base(number: int, *, base: int, width: int) -> str:
    digits = ""
    while number or len(digits) < width:
        number, digit = divmod(number, base)
        digits = _BASE_52[digit] + digits
    return digits


class QueueIds:
    """Hand out queue ids of one style; those in the queue at one time differ."""

    RECURRENCE = 60

    def __init__(self, *, style: QueueIdStyle, rng: Random, first: int = 0) -> None:
        self._style = style
        self._rng = rng
        self._number = first

    def make(self, at: int) -> str:
        """Give the id of a message that enters the queue at this instant."""
        self._number += 1
        if self._style is QueueIdStyle.RECURRING:
            turn = self._number % self.RECURRENCE
            return f"{40_000 + turn * 7_919:05X}246{turn:03X}"
        inode = 0x246000 + self._number * 37 % 4_096
        if self._style is QueueIdStyle.SHORT:
            return f"{at % SECOND:05X}{inode:06X}"
        head = _in_base(at // SECOND, base=52, width=6) + _in_base(at % SECOND, base=52, width=4)
        return f"{head}z{_in_base(inode, base=51, width=2)}"
