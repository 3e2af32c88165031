"""Follow one log: give what was written since, file by file, each piece with the place after it. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from errno import ENOENT
from os import strerror
from typing import Final

from insights.ingest.follow.chain import Begin, Match, Seen, Watched, Way, way_from
from insights.ingest.follow.files import match_file, open_at
from insights.ingest.follow.packed import PackedFile
from insights.ingest.follow.plain import PlainFile
from insights.ingest.follow.prints import Place
from insights.ingest.follow.taken import Damaged, Replaced

LIMIT: Final = 4 * 1024 * 1024
"""Bytes of one piece at most: what is stored in one transaction, and about a tenth of the memory it takes."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
LINGER_SECONDS: Final = 1.0
"""How long a rotated file stays quiet before the next one is read: its writer may not have changed over yet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a log as UTF-8: complete lines, except at the end of a file that has ended.

    `place` is the one after them. `goes_on`: they are a part of a line that is longer than a piece.
    """

    data: bytes
    begin: Begin
    place: Place
    goes_on: bool


class Tail:
    """Reads a log from a place on; what it gave it does not give again.

    Without a place it begins with the file that is written to, or, of the `whole` log, with the oldest rotated one.

    `monotonic` gives seconds. `trouble` has the error that keeps the log from being read, or None; `remarks` what
    somebody should be told.
    """

    def __init__(
        self,
        watched: Watched,
        place: Place | None,
        *,
        monotonic: Callable[[], float],
        linger: float = LINGER_SECONDS,
        limit: int = LIMIT,
        whole: bool = False,
    ) -> None:
        self.watched = watched
        self.place = place
        self.trouble: OSError | None = None
        self.remarks: list[str] = []
        self._monotonic = monotonic
        self._linger = linger
        self._limit = limit
        self._whole = whole or watched.is_pattern
        self._file: PlainFile | PackedFile | None = None
        self._ahead: list[Seen] = []
        self._begin = Begin.ANEW
        self._succeeded_at: float | None = None
        self._lost_at: float | None = None
        self._passed: set[tuple[int, int]] = set()

    @property
    def behind(self) -> int:
        """How many bytes are known to be there that were not read."""
        here = self._file.behind if self._file is not None else 0
        return here + sum(seen.size for seen in self._ahead)

    def next(self) -> Piece | None:
        """Return the next piece, or None when there is nothing to read now; then `trouble` says why not."""
        self.trouble = None
        try:
            # What is renamed while we look is looked for again; a busy rotation has its end.
            for _attempt in range(20):
                piece, is_done = self._step()
                if piece is not None or is_done:
                    return piece
        except OSError as error:
            self.close()
            self.trouble = error
        return None

    def close(self) -> None:
        """Close what is open; `next` opens it again."""
        if self._file is not None:
            self._file.close()
        self._file, self._ahead, self._succeeded_at = None, [], None

    def go_to(self, place: Place | None) -> None:
        """Go on from another place."""
        self.close()
        self.place, self._lost_at = place, None
        self._passed.clear()

    def _step(self) -> tuple[Piece | None, bool]:
        """Return a piece if there is one, and whether there is nothing more to do for now."""
        file = self._file
        if file is None:
            return None, not self._open()
        is_over, is_begun = self._is_over(file), file.taken.offset > 0
        try:
            data = file.take(self._limit)
            goes_on = data[-1:] not in {b"", b"\n"}
            if not data and is_over:
                data = file.rest(self._limit)
        except Replaced:
            self.close()
            return None, False
        except Damaged:
            self.remarks.append(f"{file.taken.seen.path} is damaged; what follows in it is left out.")
            data, goes_on = b"", False
        if not data:
            return None, not (is_over and self._leave(file))
        if not is_begun and not self._is_next(file):
            self.close()
            return None, False
        self._succeeded_at = self._lost_at = None
        self._passed.clear()
        self.place = file.taken.place()
        if self._begin is not Begin.GOES_ON:
            # A writer that does not append leaves a hole where its file was emptied.
            data = data.lstrip(b"\0").removeprefix(_BYTE_ORDER_MARK)
            if not data:
                return None, False
        piece = Piece(data, self._begin, self.place, goes_on)
        self._begin = Begin.GOES_ON
        return piece, False

    def _open(self) -> bool:
        """Open the file to go on with; tell whether there is one."""
        way = self._way(self.watched.chain())
        if not way.files and way.begin is Begin.ANEW:
            raise FileNotFoundError(ENOENT, strerror(ENOENT), str(self.watched.path))
        if self.place is not None and way.begin is Begin.ANEW:
            # A rotation that is under way shows a file under no name at all.
            if not self._has_waited():
                return False
            self.remarks.append(
                f"{self.watched.path}: the file that was read up to byte {self.place.offset} is gone. Reading goes on "
                f"with {', '.join(seen.path.name for seen in way.files)}."
            )
        self._enter(way.files, way.offset, way.begin)
        return True

    def _way(self, chain: Sequence[Seen]) -> Way:
        place = self.place
        return way_from(
            place,
            chain,
            lambda seen: Match.NO if place is None else match_file(seen, place),
            whole=self._whole,
        )

    def _enter(self, files: Sequence[Seen], offset: int, begin: Begin) -> None:
        """Open the first of the files, or none when it has another name by now: then it is looked for again."""
        self.close()
        try:
            self._file = open_at(files[0], offset)
        except (FileNotFoundError, Replaced):
            return
        self._ahead, self._begin = list(files[1:]), begin

    def _leave(self, file: PlainFile | PackedFile) -> bool:
        """Go on with the file after one that was read to its end; tell whether there is one."""
        ahead = self._after(file)
        if not ahead:
            return False
        if not file.taken.offset:
            self._passed.add(file.taken.seen.key)
        self._enter(ahead, 0, Begin.ANEW if self._begin is Begin.ANEW else Begin.NEXT)
        return True

    def _is_next(self, file: PlainFile | PackedFile) -> bool:
        """Tell whether a file that was just begun comes right after the place.

        Copied and emptied before that, its lines would stand in a copy that came between the two: the copy is there
        before the file is emptied, so that it is seen by whoever looks after reading.
        """
        way = self._way(self.watched.chain())
        files = way.files[1:] if way.begin is Begin.GOES_ON else way.files
        ahead = (seen.key for seen in files if seen.size and seen.key not in self._passed)
        return next(ahead, None) == file.taken.seen.key

    def _after(self, file: PlainFile | PackedFile) -> Sequence[Seen]:
        """Return the files after an open one, whose inode is nobody else's while it is open."""
        chain = self.watched.chain()
        for index, seen in enumerate(chain):
            if seen.key == file.taken.seen.key:
                return chain[index + 1 :]
        way = self._way(chain)
        if way.begin is Begin.ANEW and not self._has_waited():
            return ()
        return way.files[1:] if way.begin is Begin.GOES_ON else way.files

    def _is_over(self, file: PlainFile | PackedFile) -> bool:
        """Tell whether nothing more will be written to a file: another one is in its place, and it has been quiet."""
        if isinstance(file, PackedFile) or len(self._ahead) > 1:
            return True
        newest = self.watched.newest()
        if newest is None or not newest.size or newest.key == file.taken.seen.key:
            self._succeeded_at = None
            return False
        if self._succeeded_at is None:
            self._succeeded_at = self._monotonic()
        return self._monotonic() - self._succeeded_at >= self._linger

    def _has_waited(self) -> bool:
        """Tell whether the file of the place has been nowhere for a while."""
        if self._lost_at is None:
            self._lost_at = self._monotonic()
        return self._monotonic() - self._lost_at >= self._linger
