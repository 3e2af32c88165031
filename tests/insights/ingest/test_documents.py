"""A JSON document is the lines of its records, however it is laid out and however its bytes come."""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.documents import MAX_RECORD, Unfolder
from insights.ingest.errors import BrokenInput, EmptyInput
from insights.ingest.inputs import open_log
from insights.ingest.lines import MAX_LINE

RECORDS: list[dict[str, Any]] = [
    {"id": "1", "text": 'a "quote", [brackets] {braces} \\ and \\" more', "status": {"errorCode": 0}},
    {"id": "2", "value": "no array", "list": [{"value": [1, 2]}, []]},
    {"id": "ü3", "text": '"value":[', "empty": {}},
]
LAYOUTS: dict[str, Callable[[list[Any]], str]] = {
    "array": json.dumps,
    "array over lines": lambda records: json.dumps(records, indent=2),
    "array with line ends of Windows": lambda records: json.dumps(records, indent="\t").replace("\n", "\r\n"),
    "answer": lambda records: json.dumps({"@odata.context": "https://x/$metadata#[a]", "value": records}),
    "answer over lines": lambda records: json.dumps(
        {"@odata.count": 3, "value": records, "z": [{}]}, indent=1
    ),
    "answers one after the other": lambda records: "\n".join(json.dumps({"value": [one]}) for one in records),
    "arrays one after the other": lambda records: "".join(json.dumps([one], indent=0) for one in records),
    "objects over lines": lambda records: "\n".join(json.dumps(one, indent=2) for one in records),
    "a record a line": lambda records: "\n".join(json.dumps(one, ensure_ascii=False) for one in records),
    "a record a line, with an end": lambda records: "".join(f"{json.dumps(one)}\n" for one in records),
}


def unfolded(*pieces: bytes) -> bytes:
    unfolder = Unfolder(name="x")
    return b"".join([*(unfolder.feed(piece) for piece in pieces), unfolder.end()])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_records_are_lines_in_every_layout(layout: str) -> None:
    data = LAYOUTS[layout](RECORDS).encode()
    lines = unfolded(data)
    assert lines.endswith(b"\n")
    assert [json.loads(line) for line in lines.splitlines()] == RECORDS
    for size in (1, 2, 7):
        assert unfolded(*(data[at : at + size] for at in range(0, len(data), size))) == lines


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if not name.startswith("a record")])
def test_document_cut_anywhere_is_broken_after_its_whole_records(layout: str) -> None:
    data = LAYOUTS[layout](RECORDS).encode()
    whole = unfolded(data)
    for place in range(1, len(data)):
        unfolder = Unfolder(name="x")
        lines = unfolder.feed(data[:place])
        assert whole.startswith(lines)
        assert lines == b"" or lines.endswith(b"\n")
        try:
            rest = unfolder.end()
        except BrokenInput:
            continue
        # Right behind one of several documents, or within the first line of all.
        assert rest == b"" or b"\n" not in data[:place]


def test_lines_pass_as_they_are() -> None:
    for data in (
        b'{"a":1}\nno json\n\n{"b":[\n',
        b'rest":1}\n{"a":1}\n',
        b"Nov 24 10:00:00 mx postfix/qmgr[9]: x\n[1]\n",
        b'{"a":"no end',
    ):
        assert unfolded(data) == data
    assert unfolded(b'{"a":1}') == b'{"a":1}\n'
    assert unfolded(b'{"a":1}\n{"b":') == b'{"a":1}\n{"b":'


def test_what_is_no_record_is_a_line_as_well() -> None:
    assert unfolded(b'[{"a":1}, 7, "x, [y]", [1, {"b": 2}], null {"c":3}, } true]') == (
        b'{"a":1}\n7\n"x, [y]"\n[1, {"b": 2}]\nnull\n{"c":3}\n}\ntrue\n'
    )


def test_long_record_is_a_line_without_its_lists() -> None:
    policies = [{"id": f"{number:036d}", "result": "notApplied" * 20} for number in range(400)]
    record = {"id": "1", "status": {"errorCode": 0, "more": policies}, "policies": policies, "a": "ü"}
    line = unfolded(json.dumps([record, {"id": "2"}]).encode())
    assert [json.loads(one) for one in line.splitlines()] == [
        {"id": "1", "status": {"errorCode": 0}, "a": "ü"},
        {"id": "2"},
    ]
    text = {"id": "x" * (MAX_LINE + 1)}
    assert json.loads(unfolded(json.dumps([text]).encode())) == text


@pytest.mark.parametrize(
    "opening", [b"[", b'{"value":[', b'[{"a":"', b"[[[", b'{"a":{', b'[{"a":\n{', b'["', b"[7"]
)
def test_memory_is_bounded_whatever_is_never_closed(opening: bytes) -> None:
    def forever() -> None:
        unfolder = Unfolder(name="x.json")
        unfolder.feed(opening)
        while True:
            unfolder.feed(b"x" * (MAX_RECORD // 16))

    with pytest.raises(BrokenInput, match=r"x\.json holds a record of more than 1 MiB"):
        forever()


@pytest.mark.parametrize(
    "hostile",
    [b'"', b'\\"', b"[", b"{", b"}", b'{"', b'""', b'"a":[', b"\n", b'"value" ', b" ", b"\\", b"x,", b"{}"],
)
def test_hostile_documents_take_no_time(hostile: bytes) -> None:
    began = time.process_time()
    for opening in (b"[", b'{"value":[', b"[{", b'{"a":'):
        unfolder = Unfolder(name="x")
        data = opening + hostile * (900_000 // len(hostile))
        try:
            for at in range(0, len(data), 65_536):
                unfolder.feed(data[at : at + 65_536])
            unfolder.end()
        except BrokenInput:
            pass
    assert time.process_time() - began < 8


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "value", 'q"', "[", "}"]), inner, max_size=3),
    ),
    max_leaves=6,
)
records = st.lists(
    st.dictionaries(st.sampled_from(["id", "value", "x\\", "{"]), values, min_size=1), max_size=5
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    records=records, layout=st.sampled_from(["array", "array over lines"]), cuts=st.lists(st.integers(0, 900))
)
def test_any_records_come_out_whatever_the_pieces(records: list[Any], layout: str, cuts: list[int]) -> None:
    data = LAYOUTS[layout](records).encode()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    lines = unfolded(*(data[begin:end] for begin, end in itertools.pairwise(edges)))
    assert [json.loads(line) for line in lines.splitlines()] == records


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    data=st.lists(
        st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b"\n", b"a", b'"value":[', b" "])
    ).map(b"".join)
)
def test_any_bytes_give_the_same_in_any_pieces(data: bytes) -> None:
    def told(pieces: list[bytes]) -> tuple[bytes, bool]:
        unfolder = Unfolder(name="x")
        lines = b"".join(unfolder.feed(piece) for piece in pieces)
        try:
            return lines + unfolder.end(), True
        except BrokenInput:
            return lines, False

    assert told([data]) == told([data[at : at + 1] for at in range(len(data))])


def test_file_gives_records_whatever_it_is_packed_with(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for packed in (lambda data: data, gzip.compress):
        for codec in ("utf-8", "utf-8-sig", "utf-16"):
            path.write_bytes(packed(json.dumps(RECORDS, indent=2, ensure_ascii=False).encode(codec)))
            with open_log(path, unfolds=True) as log:
                assert [json.loads(line) for line in b"".join(log.chunks()).splitlines()] == RECORDS
    path.write_bytes(b'{"value": []}')
    with open_log(path, unfolds=True) as log, pytest.raises(EmptyInput, match=r"x\.json holds no records"):
        list(log.chunks())
    path.write_bytes(gzip.compress(json.dumps(RECORDS).encode())[:-20])
    with open_log(path, unfolds=True) as log, pytest.raises(BrokenInput):
        list(log.chunks())
