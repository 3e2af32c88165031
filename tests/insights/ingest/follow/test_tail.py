"""Everything that was written is read, once and in order, whatever happens to the file and to the reader."""

from __future__ import annotations

import codecs
import gzip
import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from insights.ingest.follow.chain import Watched
from insights.ingest.follow.prints import Place, place_from_json
from insights.ingest.follow.tail import Tail
from tests.insights.ingest.follow.rotation import RotatedLog

ROUNDS = 60


def clock() -> Callable[[], float]:
    """Return a clock that goes on by two seconds whenever somebody looks: every wait is over at the next look."""
    seconds = itertools.count(0.0, 2.0)
    return lambda: next(seconds)


def tail_of(path: Path, place: Place | None = None, *, limit: int = 1_000, whole: bool = False) -> Tail:
    return Tail(Watched(path), place, monotonic=clock(), limit=limit, whole=whole)


def drain(tail: Tail) -> bytes:
    """Return everything that is there by now."""
    read, nothing = b"", 0
    while nothing < 4:
        piece = tail.next()
        nothing = nothing + 1 if piece is None else 0
        read += b"" if piece is None else piece.data
    return read


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_or_read_twice_through_rotations_and_restarts(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    log = RotatedLog(tmp_path / "mail.log")
    tail, read, place = tail_of(log.path, whole=True), b"", None
    for number in range(ROUNDS):
        line = (b"%d." % number) * random.choice([2, 20, 500]) + b"\n"
        cut = random.randrange(len(line))
        match random.randrange(8):
            case 0 | 1:
                log.append(line)
            case 2:
                log.append(line[:cut])
                if piece := tail.next():
                    read, place = read + piece.data, piece.place
                log.append(line[cut:])
            case 3:
                # A server ends its line before it lets its file go.
                log.append(line)
                log.rotate(random, late=b"late %d\n" % number)
            case 4:
                tail.close()
                tail = tail_of(log.path, place and place_from_json(place.as_json()), whole=True)
            case _:
                if piece := tail.next():
                    read, place = read + piece.data, piece.place
    log.append(b"the end\n")
    tail.close()
    tail = tail_of(log.path, place, whole=True)
    read += drain(tail)
    assert read == log.written
    assert tail.remarks == []


def test_line_without_its_end_waits(tmp_path: Path) -> None:
    log = RotatedLog(tmp_path / "mail.log")
    log.append(b"one\ntw")
    tail = tail_of(log.path)
    assert drain(tail) == b"one\n"
    log.append(b"o\n")
    assert drain(tail) == b"two\n"


def test_file_that_is_not_there_yet_is_told_and_read_once_it_is(tmp_path: Path) -> None:
    tail = tail_of(tmp_path / "mail.log")
    assert tail.next() is None
    assert isinstance(tail.trouble, FileNotFoundError)
    (tmp_path / "mail.log").write_bytes(b"one\n")
    assert drain(tail) == b"one\n"
    assert tail.trouble is None


def test_without_a_place_the_newest_file_is_read_or_the_whole_log(tmp_path: Path) -> None:
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(b"one\n"))
    (tmp_path / "mail.log.1").write_bytes(b"two\n")
    (tmp_path / "mail.log").write_bytes(b"three\n")
    (tmp_path / "mail.log.bak").write_bytes(b"no\n")
    assert drain(tail_of(tmp_path / "mail.log")) == b"three\n"
    assert drain(tail_of(tmp_path / "mail.log", whole=True)) == b"one\ntwo\nthree\n"


def test_pattern_is_read_in_the_order_of_its_dates(tmp_path: Path) -> None:
    for day in (9, 10, 11):
        (tmp_path / f"mail-2026-11-{day}.log").write_bytes(b"%d\n" % day)
    tail = tail_of(tmp_path / "mail-*.log")
    assert drain(tail) == b"9\n10\n11\n"
    (tmp_path / "mail-2026-11-12.log").write_bytes(b"12\n")
    assert drain(tail) == b"12\n"


def test_file_that_was_lost_is_told_and_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(b"one\n")
    tail = tail_of(path)
    assert drain(tail) == b"one\n"
    place = tail.place
    path.unlink()
    path.write_bytes(b"another\n")
    tail = tail_of(path, place)
    assert drain(tail) == b"another\n"
    [remark] = tail.remarks
    assert remark == f"{path}: the file that was read up to byte 4 is gone. Reading goes on with mail.log."


def test_damaged_archive_gives_what_is_before_the_damage(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"%d\n" % number for number in range(9_000)))
    (tmp_path / "mail.log.1.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "mail.log").write_bytes(b"new\n")
    tail = tail_of(tmp_path / "mail.log", whole=True)
    read = drain(tail)
    assert read.startswith(b"0\n1\n2\n")
    assert read.endswith(b"new\n")
    assert len(tail.remarks) == 1


def test_file_that_was_being_written_when_looked_at_counts_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(b"one\n")
    place = None
    for number in range(50):
        tail = tail_of(path, place)
        piece = tail.next()
        assert piece is not None
        assert piece.data == (b"one\n" if not number else b"%d\n" % (number - 1))
        place = piece.place
        tail.close()
        with path.open("ab") as log:
            log.write(b"%d\n" % number)


# Characters of which a half is a line end by itself, on either side of one that is none.
WIDE = "one\r\nĊ\u0a0d\u0a0aĊ two\n\n\U0001f4e8 three\nĊ\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("limit", [1_000, 7])
def test_text_in_utf_16_is_given_as_utf_8_however_it_grows(tmp_path: Path, codec: str, limit: int) -> None:
    path = tmp_path / "mail.log"
    written = f"\ufeff{WIDE * 3}".encode(codec)
    for step in (1, 3, 10, len(written)):
        path.unlink(missing_ok=True)
        read, place = b"", None
        for end in range(step, len(written) + step, step):
            path.write_bytes(written[:end])
            tail = tail_of(path, place and place_from_json(place.as_json()), limit=limit)
            pieces = []
            while (piece := tail.next()) is not None:
                pieces.append(piece)
                place = piece.place
            tail.close()
            if limit == 1_000:
                assert all(piece.data.endswith(b"\n") and not piece.goes_on for piece in pieces)
            read += b"".join(piece.data for piece in pieces)
        assert place is not None
        assert place.offset == len(written)
        if limit == 1_000:
            assert read.decode() == WIDE * 3
        else:
            # Parts of a line may end within a pair of surrogates, nowhere else.
            assert read.decode().replace("\ufffd\ufffd", "\U0001f4e8") == WIDE * 3


def test_each_file_of_a_rotation_is_read_as_it_is_written(tmp_path: Path) -> None:
    wide = codecs.BOM_UTF16_LE + "ö\n".encode("utf-16-le")
    (tmp_path / "mail.log.3.gz").write_bytes(gzip.compress(wide))
    (tmp_path / "mail.log.2").write_bytes(b"two\n")
    (tmp_path / "mail.log.1").write_bytes(wide + "no end Ċ".encode("utf-16-le"))
    (tmp_path / "mail.log").write_bytes("four\n".encode("utf-16"))
    assert drain(tail_of(tmp_path / "mail.log", whole=True)).decode() == "ö\ntwo\nö\nno end Ċfour\n"


def test_part_of_a_longer_line_is_told_from_an_end(tmp_path: Path) -> None:
    (tmp_path / "mail.log.1").write_bytes(b"x" * 25 + b"\nend")
    (tmp_path / "mail.log").write_bytes(b"y\n")
    tail = tail_of(tmp_path / "mail.log", whole=True, limit=10)
    pieces: list[tuple[bytes, bool]] = []
    while len(pieces) < 5:
        if piece := tail.next():
            pieces.append((piece.data, piece.goes_on))
    assert pieces == [
        (b"x" * 10, True),
        (b"x" * 10, True),
        (b"x" * 5 + b"\n", False),
        (b"end", False),
        (b"y\n", False),
    ]
