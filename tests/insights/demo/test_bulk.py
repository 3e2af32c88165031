"""A bulk log has exactly the lines that it says, in order, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from insights.demo.bulk import write_bulk

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_log_has_eight_lines_for_each_submission(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    truth = write_bulk(path, submissions=5_000, users=300, days=3, start=START, seed=1)
    text = path.read_text()
    lines = text.splitlines()
    assert truth.lines == len(lines) == 40_000
    assert truth.file_bytes == path.stat().st_size
    per_id = Counter(line.split()[5].rstrip(":") for line in lines if "smtpd" not in line)
    assert set(per_id.values()) == {4}
    for word in (
        " connect from",
        "Anonymous TLS",
        ": client=",
        "message-id=",
        "queue active",
        "disconnect from",
    ):
        assert text.count(word) == 5_000
    assert text.count("status=sent") == text.count(": removed") == 5_000


def test_truth_equals_the_client_lines(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    truth = write_bulk(path, submissions=5_000, users=300, days=3, start=START, seed=1)
    clients = [line for line in path.read_text().splitlines() if ": client=" in line]
    days = Counter(date(2026, 3, int(line[4:6])) for line in clients)
    assert truth.by_day == dict(days)
    assert list(truth.by_day) == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    methods = Counter(line.partition("sasl_method=")[2].partition(",")[0] for line in clients)
    assert truth.by_mechanism == dict(methods)
    assert truth.accounts == len({line.partition("sasl_username=")[2] for line in clients}) == 300
    assert sum(truth.by_tls.values()) == truth.submissions == truth.recipients == 5_000
    assert truth.first_at.strftime("%H:%M:%S") == clients[0][7:15]
    assert truth.last_at.strftime("%H:%M:%S") == clients[-1][7:15]


def test_stamps_never_go_back_and_sessions_interleave(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    write_bulk(path, submissions=2_000, users=50, days=3, start=START, seed=1)
    lines = path.read_text().splitlines()
    assert [line[:15] for line in lines] == sorted(line[:15] for line in lines)
    connects = [number for number, line in enumerate(lines) if " connect from" in line]
    gone = [number for number, line in enumerate(lines) if "disconnect from" in line]
    assert connects[1] < gone[0] < connects[2]


def test_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_bulk(tmp_path / name, submissions=500, users=50, days=1, start=START, seed=seed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()
