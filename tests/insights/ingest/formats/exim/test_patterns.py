"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.exim.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from tests.insights.ingest.formats.exim.reading import ID, STAMP, log, read

READS = [(name, line) for name, form in FORMS.items() for line in form.reads]
LEAVES = [(name, line) for name, form in FORMS.items() for line in form.leaves]


@pytest.mark.parametrize(("name", "line"), READS)
def test_pattern_reads_its_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is not None


@pytest.mark.parametrize(("name", "line"), LEAVES)
def test_pattern_leaves_other_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is None


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        f"{ID} <= ",
        f"{ID} <= ann H=",
        f"{ID} <= ann H=(",
        f"{ID} <= ann H=(pc) [192.0.2.10] P=esmtpa A=plain:",
        f'{ID} <= ann H=(pc) [192.0.2.10] P=esmtpsa DN="',
        f'{ID} <= ann H=(pc) [192.0.2.10] P=esmtpa A=plain:ann S=1 T="',
        f"{ID} <= ann H=(pc) [192.0.2.10] P=esmtpa A=plain:ann S=1 id=",
        f"{ID} <= ann H=(pc) [192.0.2.10] P=esmtpa A=plain:ann S=1 for ",
        "login authenticator failed for ",
        "login authenticator failed for (pc) [203.0.113.9]: 535 no (set_id=",
        'SMTP protocol error in "AUTH ',
        "H=(pc) [203.0.113.9] rejected AUTH PLAIN ",
        "message repeated 2 times: [ ",
        "[1/2] ",
    ],
)
@pytest.mark.parametrize(
    "filler",
    [
        *("a", " ", "[", "(", ") [", '"', '" ', "\\", "\\303"),
        *(" A=", " S=", " S=1 ", " PRX=a", " for a", '" H=', ": 535 ", "): "),
    ],
)
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    line = beginning + filler * ((MAX_LINE - 300) // len(filler))
    data = log(line) + log(line, stamp=f"Jun  3 10:40:57 mx1 exim[71]: {STAMP}") + f"{line}\n".encode()
    data += f"<22>1 2026-06-03T10:40:57Z mx1 exim 7 - [{line}\n".encode()
    begin = time.process_time()
    assert read(data, year=2026).counts.lines == 4
    assert time.process_time() - begin < 0.5
