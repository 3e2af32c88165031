"""`ingest --format auto`: what it prints, what it refuses and why, and what a source that is there does to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from insights.models import LogImport, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import events_of
from tests.insights.ingest.lines import messages
from tests.insights.management.test_ingest import KEYS, run, yesterday

CRON = b"Nov 16 10:00:00 mx1 CRON[71]: (root) CMD (x)\n"


def exim(count: int = 2) -> bytes:
    stamp = f"{yesterday():%Y-%m-%d %H:%M:%S}"
    fields = "<= a@acme.example H=x [192.0.2.9] P=esmtpsa X=TLS1.3:X:256 A=login:ann@acme.example S=391"
    return b"".join(f"{stamp} 1vTc2R-000DJ{number}-Lc {fields}\n".encode() for number in range(count))


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def auto(*files: Path, **options: Any) -> tuple[int, dict[str, Any], str]:
    return run(*files, format="auto", **options)


def nothing_is_there(cast: Cast) -> bool:
    with tenant_scope([cast.acme.pk]):
        return not LogImport.objects.exists() and not Source.objects.exists() and events_of(cast.acme) == 0


def test_new_source_has_the_format_that_was_recognised(cast: Cast, tmp_path: Path) -> None:
    code, numbers, errors = auto(write(tmp_path, "mainlog", exim()))
    assert (code, errors, numbers["format"], numbers["stored"]) == (0, "", "exim", 2)
    assert list(numbers) == [*KEYS, "recognised"]
    assert numbers["recognised"] == [
        {
            "file": "mainlog",
            "format": "exim",
            "sure": "certain",
            "doubt": None,
            "words": "Recognised as exim (certain): exim, 2 of 2 lines, 2 events.",
            "lines": 2,
            "found": [{"format": "exim", "events": 2, "matched": 2, "odd": 0}],
        }
    ]


def test_words_say_what_was_found(cast: Cast, tmp_path: Path) -> None:
    out = StringIO()
    path = write(tmp_path, "mainlog", exim())
    call_command("ingest", path, tenant="acme", source="mx1", format="auto", stdout=out)
    assert out.getvalue().splitlines()[:2] == [
        "mainlog: Recognised as exim (certain): exim, 2 of 2 lines, 2 events.",
        "mainlog: done",
    ]


@pytest.mark.parametrize(
    ("data", "doubt", "said"),
    [
        (
            CRON * 4,
            "nothing",
            "None of the first 4 lines is of a mail server's log that can be read. They are of CRON.",
        ),
        (
            b"<html>\n<body>\n",
            "nothing",
            "None of the first 2 lines is of a mail server's log that can be read.",
        ),
        (b"account,sent,day\nann,3,4\n", "table", "This is a table with the columns account, sent, day, and"),
        (b'{"a": 1}\n', "records", "This file holds JSON, and no record in it is of a known mail server."),
        (
            b"x" * 5_000_000,
            "nothing",
            "It begins with a line that does not end, which no mail server writes.",
        ),
        (b"", "unreadable", "x.log is empty."),
        (
            random.Random(1).randbytes(9_000),
            "unreadable",
            "x.log is not a text file. Give a mail server's log.",
        ),
    ],
)
def test_what_is_not_recognised_is_refused_with_the_reason(
    cast: Cast, tmp_path: Path, data: bytes, doubt: str, said: str
) -> None:
    good = write(tmp_path, "mainlog", exim())
    code, numbers, errors = auto(good, write(tmp_path, "x.log", data))
    assert (code, numbers["format"], numbers["status"], numbers["stored"]) == (1, None, "refused", 0)
    assert (numbers["files"], numbers["not_begun"]) == ([], ["mainlog", "x.log"])
    assert [one["doubt"] for one in numbers["recognised"]] == [None, doubt]
    assert numbers["message"].startswith(f"x.log: {said}")
    next_step = "" if doubt == "unreadable" else "; give --format to read it all the same"
    assert errors == f"{numbers['message']} Nothing was imported{next_step}.\n"
    assert nothing_is_there(cast)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: CRON * 2, "None of its lines is about a login, read as postfix."),
        (
            exim,
            (
                "None of its lines is about a login, read as postfix. Recognised as exim (certain): exim, 2 of 2 lines,"
                " 2 events. To read it as that, give --format auto and another source."
            ),
        ),
        (lambda: messages(yesterday(), 1), ""),
    ],
)
def test_log_that_tells_of_no_login_is_no_silent_zero(
    cast: Cast, tmp_path: Path, data: Callable[[], bytes], said: str
) -> None:
    out = StringIO()
    path = write(tmp_path, "x.log", data())
    call_command("ingest", path, tenant="acme", source="mx1", year=yesterday().year, stdout=out)
    assert [line.strip() for line in out.getvalue().splitlines()[3:]] == ([said] if said else [])


def test_log_of_one_daemon_is_no_other_log_for_a_source_of_several(cast: Cast, tmp_path: Path) -> None:
    out = StringIO()
    quiet = b"Nov 16 10:00:00 mx1 postfix/qmgr[9]: 4bRZ2k3vPmzQ1c: removed\n" * 3
    path = write(tmp_path, "x.log", quiet)
    call_command(
        "ingest", path, tenant="acme", source="mx1", format="mixed", year=yesterday().year, stdout=out
    )
    told = [line.strip() for line in out.getvalue().splitlines()[3:]]
    assert told == ["None of its lines is about a login, read as mixed."]


def test_source_keeps_its_format(cast: Cast, tmp_path: Path) -> None:
    log, other = write(tmp_path, "mainlog", exim()), write(tmp_path, "mail.log", messages(yesterday(), 2))
    assert auto(log)[0] == 0
    code, numbers, _ = auto(other)
    assert code == 1
    assert numbers["message"] == (
        "mail.log: The source “mx1” is of the kind exim and keeps it. This file: "
        "Recognised as postfix (certain): postfix, 10 of 10 lines, 2 events."
    )
    assert events_of(cast.acme) == 2
    assert auto(log)[1]["duplicate"] == 2


def test_several_servers_in_one_syslog_are_read_together(cast: Cast, tmp_path: Path) -> None:
    both = write(tmp_path, "mail.log", messages(yesterday(), 2) + exim())
    code, numbers, _ = auto(both)
    assert (code, numbers["format"], numbers["stored"]) == (0, "mixed", 4)
    assert (numbers["event"], numbers["evidence"], numbers["unrecognised"]) == (4, 8, 0)
    assert auto(both)[1]["duplicate"] == 4


def test_files_of_one_run_are_read_in_one_format(cast: Cast, tmp_path: Path) -> None:
    first, second = write(tmp_path, "1", messages(yesterday(), 2)), write(tmp_path, "2", exim())
    haraka = Path(__file__).resolve().parents[2] / "samples" / "haraka" / "json.log"
    code, numbers, _ = auto(first, second)
    assert (code, numbers["format"], numbers["stored"]) == (0, "mixed", 4)
    code, numbers, _ = auto(first, haraka, source="new")
    assert code == 1
    assert numbers["message"] == (
        "The files are of several formats (1: postfix, json.log: haraka). Give each format a source of its own."
    )
