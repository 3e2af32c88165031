"""A log as one resumable stream: splitter and parser together, over any number of inputs cut anywhere.

An unterminated last line is held and joined to the next input, unless that begins with a line of its own. An
input that begins before the newest time read is an older log: it starts afresh. One that begins with the very
line an earlier one began with is that one again, perhaps grown: it starts where that one started, with the
sessions that were open then, so that it gives the same events again.

Entries of the journal are read as the lines that they wrap, whatever the format, except where a mapping names members.
"""

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from insights.ingest.errors import BadState
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.formats.base import HoldsRows, Parser
from insights.ingest.journal import bare, is_entry, may_hold_entries, unwrap
from insights.ingest.lines import MAX_LINE, Lines, Splitter
from insights.ingest.record import Batch, LineCounts, Skipped, SkipReason, empty_batch, joined
from insights.ingest.texts import sample_of

_VERSION: Final = 1
_BLOCK: Final = 262_144
_OPENING: Final = MAX_LINE * 2
_FIRST_LINES: Final = 16
_BEGINNINGS: Final = 4
"""Of how many of the newest inputs the beginning is kept."""
_MAX_BEGINNING: Final = 262_144
_LONGEST_HEAD: Final = 300
_HEAD_BEFORE_STAMP = re.compile(
    rb"(?:exim[^ \[\]:]{0,100}(?:\[\d{1,10}\])?: (?:\[1[/\\]\d{1,4}\] )?"
    rb"|^[A-Za-z0-9][\w.-]{0,127} {1,64}\| (?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z )?"
    rb"|(?:^|stalwart[\w.-]{0,60}(?:(?:\[\d{1,10}\])?: | [^ ]{1,128} [^ ]{1,32} - ))(?:\x1b\[37m)?(?<=.))$",
    re.IGNORECASE,
)


class LogStream:
    """Feeds a parser. After `end_of_input` the next bytes are another input of the same source.

    `consumed_bytes` counts the bytes of the current input: a crashed import goes on there with its state.
    """

    def __init__(self, parser: Parser) -> None:
        self.parser = parser
        self.consumed_bytes = 0
        self._splitter = Splitter()
        self._lines_read = 0
        self._opening: bytes | None = b""
        self._ended = False
        self._first_lines: list[str] = []
        self._beginnings: dict[str, str] = {}
        self._unwraps = parser.name not in BY_COLUMNS

    @property
    def held_bytes(self) -> int:
        """Return how many bytes of an unterminated line, or of a row that goes on, wait for the next input."""
        rows = self.parser.waiting_bytes if isinstance(self.parser, HoldsRows) else 0
        return len(self._splitter.tail) + len(self._opening or b"") + rows

    def feed(self, data: bytes) -> Batch:
        """Read the next bytes of the input.

        Raises `YearRequired` when a stamp needs a year that nobody gave; then nothing of the input counts.
        """
        if not data:
            return empty_batch()
        if self._ended:
            self._ended, self.consumed_bytes, self._lines_read = False, 0, 0
        self.consumed_bytes += len(data)
        if self._opening is None:
            return self._read(data)
        self._opening += data
        return self._open(at_end=False)

    def feed_apart(self, lines: Sequence[bytes]) -> Batch:
        """Read complete lines that came by themselves, not as part of a file; they are numbered from 1.

        They go on from the newest lines read, and may be a little out of order. A line that a file left without its end
        stays held for the next file.
        """
        first = next((line for line in lines if self.parser.begins_at(line) is not None), None)
        if first is not None:
            self.parser.start_input(first, fresh=False)
        self._opening, self._ended = b"", True
        return self.parser.feed(lines, first_line_number=1)

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written, also one that an entry of the journal wraps; change nothing."""
        return self.parser.begins_at(self._bare(line))

    def end_of_input(self) -> Batch:
        """Close the input; what it leaves without a line end stays held. Returns what was still undecided."""
        batch = empty_batch() if self._opening is None else self._open(at_end=True)
        self._opening, self._ended = b"", True
        return batch

    def state(self) -> bytes:
        """Return everything another process needs to go on, as JSON."""
        return json.dumps(
            {
                "version": _VERSION,
                "parser": self.parser.state().decode(),
                "splitter": self._splitter.state(),
                "opening": None if self._opening is None else self._opening.decode("latin-1"),
                "ended": self._ended,
                "consumed": self.consumed_bytes,
                "lines": self._lines_read,
                "first_lines": self._first_lines,
                "beginnings": self._beginnings,
            },
            separators=(",", ":"),
        ).encode()

    def restore(self, state: bytes) -> None:
        """Take up what `state` gave; raises `BadState` when it is something else."""
        try:
            data: dict[str, Any] = json.loads(state)
            if data["version"] != _VERSION:
                raise BadState(f"The saved state is not one of version {_VERSION}.")
            self.parser.restore(data["parser"].encode())
            self._splitter.restore(data["splitter"])
            opening = data["opening"]
            self._opening = None if opening is None else opening.encode("latin-1")
            self._ended = bool(data["ended"])
            self.consumed_bytes, self._lines_read = int(data["consumed"]), int(data["lines"])
            self._first_lines = list(data["first_lines"])
            self._beginnings = dict(data.get("beginnings", {}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadState("The saved state cannot be read.") from error

    def _open(self, *, at_end: bool) -> Batch:
        """Decide, once the first stamped line is there, how this input continues the one before."""
        opening = self._opening or b""
        first, stands_alone = self._first_stamped(opening[:_OPENING], at_end=at_end)
        if first is None and not at_end and len(opening) < _OPENING:
            return empty_batch()
        ended = empty_batch()
        if first is not None:
            fresh = self._begin(first)
            self.parser.start_input(first, fresh=fresh)
            if fresh:
                self._splitter.take_tail()
            elif stands_alone and not _awaits_stamp(self._splitter.tail):
                ended = self._parse(self._splitter.take_tail(), first_number=0, may_wrap=self._unwraps)
        self._opening = None
        return joined([ended, self._read(opening)])

    def _first_stamped(self, opening: bytes, *, at_end: bool) -> tuple[bytes | None, bool]:
        """Return the first line that has a full header, and whether it is the very first."""
        lines = opening.split(b"\n")
        if not at_end:
            lines.pop()
        for index, line in enumerate(lines):
            if not index and self._ends_entry(line):
                continue  # the rest of an entry, cut right before a stamp that the daemon wrote itself
            if self.parser.begins_at(found := self._bare(line)) is not None:
                return found, index == 0
        return None, False

    def _begin(self, line: bytes) -> bool:
        """Go back to where a known input began, or note where a new one does; tell whether it starts afresh."""
        digest = blake2b(line, digest_size=16).hexdigest()
        if beginning := self._beginnings.get(digest):
            whole = json.loads(zlib.decompress(b64decode(beginning)))
            self.parser.restore(whole["parser"].encode())
            self._splitter.restore(whole["splitter"])
            return False
        known = digest in self._first_lines
        if not known:
            self._first_lines = [*self._first_lines, digest][-_FIRST_LINES:]
        begins, last = self.parser.begins_at(line), self.parser.last_at
        if begins is not None and last is not None and (known or begins < last.replace(microsecond=0)):
            return True
        self._note_beginning(digest)
        return False

    def _note_beginning(self, digest: str) -> None:
        whole = {"parser": self.parser.state().decode(), "splitter": self._splitter.state()}
        packed = b64encode(zlib.compress(json.dumps(whole).encode(), 1)).decode()
        if len(packed) <= _MAX_BEGINNING:
            newest = [*self._beginnings.items(), (digest, packed)][-_BEGINNINGS:]
            self._beginnings = dict(newest)

    def _read(self, data: bytes) -> Batch:
        """Read bytes in blocks that stay in the processor's cache."""
        if len(data) <= _BLOCK:
            return self._parse_next(data)
        starts = range(0, len(data), _BLOCK)
        return joined(self._parse_next(data[start : start + _BLOCK]) for start in starts)

    def _parse_next(self, data: bytes) -> Batch:
        may_wrap = self._unwraps and may_hold_entries(self._splitter.tail, data)
        lines = self._splitter.feed(data)
        batch = self._parse(lines, first_number=self._lines_read + 1, may_wrap=may_wrap)
        self._lines_read += len(lines.lines)
        return batch

    def _parse(self, lines: Lines, *, first_number: int, may_wrap: bool) -> Batch:
        left_out = [(index, SkipReason.TOO_LONG, beginning) for index, beginning in lines.too_long]
        if may_wrap and (without := unwrap(lines.lines)):
            left_out = sorted([*left_out, *without])
        if not left_out:
            return self.parser.feed(lines.lines, first_line_number=first_number)
        batches, done = [], 0
        for index, reason, beginning in left_out:
            batches.append(self.parser.feed(lines.lines[done:index], first_line_number=first_number + done))
            skipped = Skipped(first_number + index, reason, sample_of(beginning))
            batches.append(Batch([], [], [skipped], LineCounts(unrecognised={reason: 1})))
            done = index + 1
        batches.append(self.parser.feed(lines.lines[done:], first_line_number=first_number + done))
        return joined(batches)

    def _ends_entry(self, line: bytes) -> bool:
        """Tell whether a line completes the entry that is held."""
        tail = self._splitter.tail
        return self._unwraps and tail != b"" and is_entry(tail + line)

    def _bare(self, line: bytes) -> bytes:
        return bare(line) if self._unwraps else line


def _awaits_stamp(tail: bytes) -> bool:
    """Tell whether a held tail is only what stands before a stamp, which belongs to what follows.

    That is the `<PRI>` of syslog, the head that syslog puts before a line which Exim or Stalwart has stamped itself,
    the colour of Stalwart's stamp, or what `docker compose logs` begins every line with.
    """
    if tail[:1] == b"<" and len(tail) <= 7:
        return tail.rstrip(b"1 ")[-1:] == b">"
    return _HEAD_BEFORE_STAMP.search(tail[-_LONGEST_HEAD:]) is not None
