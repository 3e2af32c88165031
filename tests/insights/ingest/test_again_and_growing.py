"""Files that come twice, that grow, that come in the wrong order, and years that nobody says again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from insights.models import Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, assert_recounted, imported, kept, lines_in, source_of
from tests.insights.ingest.lines import message, messages, refused_login, stamped

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def days_of(cast: Cast) -> list[str]:
    with tenant_scope([cast.acme.pk]):
        return [
            f"{at:%Y-%m-%d}"
            for at in Submission.objects.values_list("occurred_at", flat=True).order_by("occurred_at")
        ]


def test_identical_refused_logins_of_one_second_are_counted_once_each(cast: Cast, tmp_path: Path) -> None:
    data = refused_login(AT) * 3 + refused_login(AT, pid=201)
    assert imported(cast.acme, tmp_path, data, year=2026).accounting()["stored"] == 4
    again = imported(cast.acme, tmp_path, data)
    assert (again.accounting()["stored"], again.accounting()["duplicate"]) == (0, 4)
    assert_recounted(cast.acme)


def test_growing_file_is_read_as_if_at_once(cast: Cast, tmp_path: Path) -> None:
    data = messages(AT, 40) + refused_login(AT + timedelta(hours=1)) * 2
    imported(cast.acme, tmp_path, data, year=2026, source="at once")
    at_once = kept(cast.acme, with_ids=False)
    imported(cast.globex, tmp_path, data[: len(data) * 6 // 10], year=2026)
    whole = imported(cast.globex, tmp_path, data)
    numbers = whole.accounting()
    assert (numbers["lines"], numbers["stored"] + numbers["duplicate"]) == (lines_in(data), 42)
    grown = kept(cast.globex, with_ids=False)
    assert (grown.submissions, grown.failures) == (at_once.submissions, at_once.failures)
    assert_recounted(cast.globex)


def test_growing_file_goes_on_with_what_is_new(cast: Cast, tmp_path: Path) -> None:
    first, second = messages(AT, 5), messages(AT + timedelta(hours=1), 5, first=5)
    imported(cast.acme, tmp_path, first, year=2026)
    whole = imported(cast.acme, tmp_path, first + second)
    tail = imported(cast.acme, tmp_path, second)
    assert (whole.accounting()["stored"], whole.accounting()["duplicate"]) == (5, 5)
    assert (tail.accounting()["stored"], tail.accounting()["duplicate"]) == (0, 5)


def test_rotated_file_that_comes_late_is_counted_and_moves_nothing_back(cast: Cast, tmp_path: Path) -> None:
    older, newer = messages(AT, 5), messages(AT + timedelta(days=1), 5, first=5)
    open_session = stamped(AT + timedelta(days=2), "postfix/submission/smtpd[7]: CCC001: client=x[192.0.2.9],"
                           " sasl_method=PLAIN, sasl_username=zoe@acme.example")  # fmt: skip
    taken = stamped(
        AT + timedelta(days=2),
        "postfix/qmgr[9]: CCC001: from=<zoe@acme.example>, size=9, nrcpt=1 (queue active)",
    )
    imported(cast.acme, tmp_path, newer + open_session, year=2026)
    before = source_of(cast.acme)
    late = imported(cast.acme, tmp_path, older)
    after = source_of(cast.acme)
    assert late.accounting()["stored"] == 5
    assert (after.last_line_at, after.parser_state) == (before.last_line_at, before.parser_state)
    assert imported(cast.acme, tmp_path, taken).accounting()["stored"] == 1
    assert_recounted(cast.acme)


def test_year_is_taken_from_the_file_before(cast: Cast, tmp_path: Path) -> None:
    imported(cast.acme, tmp_path, messages(AT, 2), year=2026)
    imported(cast.acme, tmp_path, messages(AT + timedelta(days=2), 1, first=5))
    assert days_of(cast) == ["2026-11-20", "2026-11-20", "2026-11-22"]


def test_new_year_within_a_file(cast: Cast, tmp_path: Path) -> None:
    eve = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    imported(cast.acme, tmp_path, messages(eve, 3), year=2026, now=datetime(2027, 1, 2, tzinfo=UTC))
    assert days_of(cast) == ["2026-12-31", "2027-01-01", "2027-01-01"]


def test_new_year_between_files(cast: Cast, tmp_path: Path) -> None:
    now = datetime(2027, 1, 9, tzinfo=UTC)
    eve, later = (
        messages(datetime(2026, 12, 31, 20, 0, tzinfo=UTC), 1),
        datetime(2027, 1, 3, 9, 0, tzinfo=UTC),
    )
    imported(cast.acme, tmp_path, eve, year=2026, now=now)
    imported(cast.acme, tmp_path, message(later, queue_id="DDD001"), now=now)
    # A log of the old year after one of the new: the newest year must not be given to it.
    late = messages(datetime(2026, 12, 29, 9, 0, tzinfo=UTC), 1, first=9)
    imported(cast.acme, tmp_path, late, now=now)
    assert days_of(cast) == ["2026-12-29", "2026-12-31", "2027-01-03"]
    assert source_of(cast.acme).last_line_at == later
    again = imported(cast.acme, tmp_path, eve, now=now)
    assert (again.accounting()["stored"], again.accounting()["duplicate"]) == (0, 1)
    assert_recounted(cast.acme)


def test_session_over_the_rotation_is_counted_once(cast: Cast, tmp_path: Path) -> None:
    data = message(AT, queue_id="EEE001")
    for end in range(1, lines_in(data)):
        cut = len(b"".join(data.splitlines(keepends=True)[:end]))
        source = f"rotated after line {end}"
        imported(cast.acme, tmp_path, data[:cut], year=2026, source=source)
        imported(cast.acme, tmp_path, data[cut:], source=source)
    found = kept(cast.acme, with_ids=False).submissions
    assert (len(found), found.total()) == (1, 4)


def test_given_year_counts_after_a_silence_of_a_year(cast: Cast, tmp_path: Path) -> None:
    cast.acme.retention_days = 500
    cast.acme.save()
    imported(cast.acme, tmp_path, messages(AT.replace(year=2025), 1), year=2025)
    imported(
        cast.acme, tmp_path, messages(AT.replace(day=28), 1, first=3), year=2026, now=NOW + timedelta(days=9)
    )
    assert days_of(cast) == ["2025-11-20", "2026-11-28"]


def test_given_year_counts_after_a_silence_of_nine_months(cast: Cast, tmp_path: Path) -> None:
    cast.acme.retention_days = 500
    cast.acme.save()
    imported(cast.acme, tmp_path, messages(AT.replace(month=2), 1), year=2026)
    imported(cast.acme, tmp_path, messages(AT, 1, first=3), year=2026)
    imported(cast.acme, tmp_path, messages(AT + timedelta(days=1), 1, first=4))
    assert days_of(cast) == ["2026-02-20", "2026-11-20", "2026-11-21"]


def test_year_is_not_that_of_the_first_import_for_ever(cast: Cast, tmp_path: Path) -> None:
    now = datetime(2027, 1, 20, tzinfo=UTC)
    imported(cast.acme, tmp_path, messages(datetime(2026, 12, 20, 9, 0, tzinfo=UTC), 1), year=2026, now=now)
    imported(cast.acme, tmp_path, messages(datetime(2027, 1, 9, 9, 0, tzinfo=UTC), 1, first=3), now=now)
    imported(cast.acme, tmp_path, messages(datetime(2027, 1, 19, 9, 0, tzinfo=UTC), 1, first=5), now=now)
    assert days_of(cast) == ["2026-12-20", "2027-01-09", "2027-01-19"]
    assert f"{source_of(cast.acme).last_line_at:%Y-%m-%d}" == "2027-01-19"
