"""A reading process is ready for the command that names a large file, and goes when it is not used."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.ingest import spare


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as large."""
    monkeypatch.setattr(spare, "WORTH_A_PROCESS", 1)
    file = tmp_path / "mail.log"
    file.write_bytes(b"x\n")
    return file


def test_process_made_ready_is_the_one_that_reads(large: Path) -> None:
    spare.make_ready(["--tenant", "contoso", str(large), "--format", "exim"])
    [ready] = spare._ready
    with spare.reading_process("exim") as process:
        process.kill()
    assert process is ready
    assert isinstance(ready.args, list)
    assert ready.args[-1] == "exim"


def test_process_that_nobody_wants_ends_without_a_word(large: Path) -> None:
    spare.make_ready([str(large)])
    process = spare._ready.pop()
    output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, b"")


def test_no_process_is_started_for_small_files_and_none_stays(large: Path) -> None:
    spare.make_ready([f"{large}.gone", "--tenant", "contoso"])
    assert spare._ready == []
    spare.make_ready([str(large)])
    [process] = spare._ready
    spare._end_unused()
    assert process.returncode is not None
