"""Messages cut out of a TCP stream: both framings, every cut, every octet accounted for."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.ingest.listening.framing import KEPT_OF_LONG, MAX_MESSAGE, MAX_SKIPPED, Frame, Framing

LONG = b"<22>" + b"x" * (MAX_MESSAGE - 4)


def fed(*parts: bytes) -> tuple[list[bytes], Framing]:
    """Return the messages of a connection that ends after these parts, and its framing."""
    framing = Framing()
    frames = [frame for part in parts for frame in framing.feed(part)]
    frames += framing.end()
    return [frame.message for frame in frames], framing


def counted(*messages: bytes) -> bytes:
    return b"".join(b"%d %b" % (len(one), one) for one in messages)


def accounted(framing: Framing) -> int:
    return framing.octets_framed + framing.octets_between + framing.octets_discarded + framing.held


@pytest.mark.parametrize(
    ("stream", "messages"),
    [
        (b"", []),
        (b"<22>one\n<22>two\n", [b"<22>one", b"<22>two"]),
        (b"<22>one\n<22>two", [b"<22>one", b"<22>two"]),
        (b"<22>one\0<22>two\0", [b"<22>one", b"<22>two"]),
        (b"<22>one\0<22>t\nwo\0", [b"<22>one", b"<22>t\nwo"]),
        (b"<22>one\n<22>t\0wo\n", [b"<22>one", b"<22>t\0wo"]),
        (b"<22>one\r\n\n\n<22>two\r\n", [b"<22>one\r", b"<22>two\r"]),
        (counted(b"<22>one", b"<22>t\nwo\0"), [b"<22>one", b"<22>t\nwo\0"]),
        (b"7 <22>one\n7 <22>two\n", [b"<22>one", b"<22>two"]),
        (b"2026-11-24 one\n2026-11-24 two\n", [b"2026-11-24 one", b"2026-11-24 two"]),
        (b"20 one\n3 two\n", [b"20 one", b"3 two"]),
        (b"<22>one\n7 <22>two\n", [b"<22>one", b"7 <22>two"]),
        (b"Nov 24 one\n<22>two\n", [b"Nov 24 one", b"<22>two"]),
        (b"0 <22>one\n", [b"0 <22>one"]),
        (b"123", [b"123"]),
    ],
)
def test_messages_of_both_framings(stream: bytes, messages: list[bytes]) -> None:
    found, framing = fed(stream)
    assert found == messages
    assert not framing.is_broken
    for cut in range(len(stream)):
        assert fed(stream[:cut], stream[cut:])[0] == messages
    assert fed(*(stream[at : at + 1] for at in range(len(stream))))[0] == messages


@pytest.mark.parametrize(
    ("stream", "messages"),
    [
        (b"7 <22>onexxx", [b"<22>one"]),
        (b"7 <22>one7 22>two", [b"<22>one"]),
        (b"7 <22>one<22>two\n", [b"<22>one"]),
        (b"7 <22>one8 <22>two", [b"<22>one"]),
        (b"7 <22>one99", [b"<22>one"]),
        (b"7 <22>one99999999999", [b"<22>one"]),
        (b"%d <22>one" % (MAX_SKIPPED + 1), []),
        (b"70000 <22>one", []),
    ],
)
def test_wrong_count_breaks_the_connection_and_is_accounted_for(stream: bytes, messages: list[bytes]) -> None:
    for cut in range(len(stream) + 1):
        found, framing = fed(stream[:cut], stream[cut:])
        assert found == messages
        assert framing.is_broken
        assert framing.feed(b"more") == []
        assert accounted(framing) == len(stream) + 4


@pytest.mark.parametrize("by", [1_000, 65_536, 400_000])
def test_longest_message_is_whole_and_a_longer_one_keeps_its_beginning(by: int) -> None:
    for stream in (LONG + b"y\n<22>two\n", LONG + b"y\0<22>two\0", counted(LONG + b"y", b"<22>two")):
        framing = Framing()
        parts = [stream[at : at + by] for at in range(0, len(stream), by)]
        frames = [frame for part in parts for frame in framing.feed(part)]
        assert frames == [Frame(LONG[:KEPT_OF_LONG], len(LONG) + 1), Frame(b"<22>two", 7)]
        assert [frame.is_too_long for frame in frames] == [True, False]
        assert accounted(framing) == len(stream)
        whole = stream.replace(b"y", b"", 1).replace(b"65537", b"65536")
        assert fed(*(whole[at : at + by] for at in range(0, len(whole), by)))[0] == [LONG, b"<22>two"]


def test_message_without_end_is_held_within_bounds() -> None:
    framing = Framing()
    for _time in range(100):
        assert framing.feed(b"x" * 65_536) == []
        assert framing.held <= MAX_MESSAGE + 2
    assert framing.is_within
    assert framing.end() == [Frame(b"x" * KEPT_OF_LONG, 6_553_600)]
    assert accounted(framing) == 6_553_600


_pieces = st.sampled_from(
    [
        b"<22>one",
        b"\n",
        b"\0",
        b"\r",
        b" ",
        b"7 <22>one",
        b"7 ",
        b"<",
        b"99 <",
        b"1",
        b"70000 <",
        b"x" * 70_000,
    ]
)
_streams = st.lists(st.one_of(st.binary(max_size=20), _pieces), max_size=12).map(b"".join)


@given(_streams, st.data())
def test_any_bytes_in_any_cuts_give_the_same_and_every_octet_is_accounted_for(
    stream: bytes, data: st.DataObject
) -> None:
    whole, framing = fed(stream)
    assert accounted(framing) == len(stream)
    assert framing.held == 0
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    pieces = [stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]
    cut = Framing()
    messages: list[bytes] = []
    done = 0
    for piece in pieces:
        messages += [frame.message for frame in cut.feed(piece)]
        done += len(piece)
        assert accounted(cut) == done
    messages += [frame.message for frame in cut.end()]
    assert messages == whole
    assert cut.is_broken == framing.is_broken


@given(st.lists(st.binary(max_size=40).map(lambda raw: b"<22>" + raw), max_size=20))
def test_counted_messages_come_out_as_they_went_in(messages: list[bytes]) -> None:
    assert fed(counted(*messages))[0] == messages


@pytest.mark.parametrize("unit", [b"<22>hello\n", b"9 <22>hello", b"\n", b"x", b"9 <22>hello\n", b"<22>\0"])
def test_time_grows_with_the_stream(unit: bytes) -> None:
    def seconds(count: int) -> float:
        framing, stream = Framing(), unit * count
        begun = time.process_time()
        for at in range(0, len(stream), 1_000):
            framing.feed(stream[at : at + 1_000])
        return time.process_time() - begun

    seconds(1_000)
    small, large = min(seconds(10_000) for _time in range(3)), min(seconds(80_000) for _time in range(3))
    assert large < small * 8 * 4 + 0.05
