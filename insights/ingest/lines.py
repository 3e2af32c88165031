"""Splits a stream of bytes into complete lines, with memory bounded whatever the input holds."""

from typing import Any, Final, NamedTuple

MAX_LINE: Final = 65_536
"""A longer line is not kept: no mail server writes one."""
_SAMPLE: Final = 2_000
_WINDOW: Final = MAX_LINE // 2


class Lines(NamedTuple):
    """Complete lines in order. `too_long` has the index and the beginning of lines that were cut away."""

    lines: list[bytes]
    too_long: list[tuple[int, bytes]]


class Splitter:
    """Keeps the unterminated end of what it was fed as `tail`; an overlong line keeps only its beginning."""

    def __init__(self) -> None:
        self.tail = b""
        self._overlong = False

    def feed(self, data: bytes) -> Lines:
        """Return the lines that are complete now, without their ends (LF or CR LF)."""
        lines: list[bytes] = []
        too_long: list[tuple[int, bytes]] = []
        if self._overlong:
            first = data.find(b"\n")
            if first < 0:
                return Lines(lines, too_long)
            lines, too_long = [b""], [(0, self.tail)]
            data = data[first + 1 :]
            self.tail, self._overlong = b"", False
        end = data.rfind(b"\n")
        if end >= 0:
            self._split(self.tail + data[:end], lines, too_long)
            self.tail = b""
        self._keep(data[end + 1 :])
        return Lines(lines, too_long)

    def take_tail(self) -> Lines:
        """Return the unterminated end as if it were a complete line, and forget it."""
        tail, overlong = self.tail, self._overlong
        self.tail, self._overlong = b"", False
        if overlong:
            return Lines([b""], [(0, tail)])
        return Lines([tail.removesuffix(b"\r")] if tail else [], [])

    def state(self) -> dict[str, Any]:
        """Return tail and mode as plain data."""
        return {"tail": self.tail.decode("latin-1"), "overlong": self._overlong}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        self.tail, self._overlong = state["tail"].encode("latin-1"), bool(state["overlong"])

    def _keep(self, data: bytes) -> None:
        self.tail += data
        if len(self.tail) > MAX_LINE + 1:
            self.tail, self._overlong = self.tail[:_SAMPLE], True

    @staticmethod
    def _split(block: bytes, lines: list[bytes], too_long: list[tuple[int, bytes]]) -> None:
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").removesuffix(b"\r")
        before = len(lines)
        lines += block.split(b"\n")
        if _may_hold_long_line(block):
            for index in range(before, len(lines)):
                if len(lines[index]) > MAX_LINE:
                    too_long.append((index, lines[index][:_SAMPLE]))
                    lines[index] = b""


def _may_hold_long_line(block: bytes) -> bool:
    """Tell whether some window of half the limit has no line end, which is quicker than measuring lines."""
    windows = range(0, len(block) - _WINDOW + 1, _WINDOW)
    return any(block.find(b"\n", start, start + _WINDOW) < 0 for start in windows)
