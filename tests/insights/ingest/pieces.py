"""Logs for property tests: lines put together from pieces, and any bytes among them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

ENDS = (b"\n", b"\n", b"\n", b"\r\n", b"\r", b"")


def logs_of(*pieces: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return logs of up to 25 lines, each of one of the first pieces, one of the second ones …, and an end."""
    written = st.tuples(*(st.sampled_from(parts) for parts in (*pieces, ENDS))).map(b"".join)
    return st.lists(st.one_of(written, written, written, st.binary(max_size=60)), max_size=25).map(b"".join)
