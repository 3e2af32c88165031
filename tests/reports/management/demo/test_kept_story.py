"""The demo's story between runs: it goes on without repeating or losing a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from reports.management.demo.kept_story import KeptStory, Part, keep_story, load_story

TOLD_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def story(*ends: datetime, days: int | None = None) -> KeptStory:
    return KeptStory(told_at=TOLD_AT, days=days, ends=list(ends))


def parts_of(kept: KeptStory, slug: str) -> list[Part]:
    return [part for part in kept.parts() if part.tenant.slug == slug]


def test_story_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    kept = story(TOLD_AT, TOLD_AT + timedelta(days=1), days=3)
    keep_story(tmp_path / "demo", kept)
    assert load_story(tmp_path / "demo") == kept


def test_no_story_where_none_was_kept(tmp_path: Path) -> None:
    assert load_story(tmp_path) is None


def test_extending_is_left_out_when_little_time_has_passed() -> None:
    kept = story(TOLD_AT)
    kept.extend(now=TOLD_AT + timedelta(minutes=59))
    assert kept.ends == [TOLD_AT]
    kept.extend(now=TOLD_AT + timedelta(hours=1))
    assert kept.ends == [TOLD_AT, TOLD_AT + timedelta(hours=1)]


def test_every_source_has_one_part_an_end_in_the_order_of_time() -> None:
    parts = story(TOLD_AT, TOLD_AT + timedelta(days=1)).parts()
    assert len(parts) == 16
    assert [(part.tenant.slug, part.file_name) for part in parts[:2]] == [
        ("kestrel", "kestrel-mail.log"),
        ("kestrel", "kestrel-mail-20261125T0930.log"),
    ]
    assert parts[0].end == parts[1].start == TOLD_AT


def test_small_customers_come_first() -> None:
    slugs = [part.tenant.slug for part in story(TOLD_AT).parts()]
    assert (slugs[0], slugs[-1]) == ("kestrel", "lindner")


def test_days_shorten_the_first_part_only() -> None:
    first, second = parts_of(story(TOLD_AT, TOLD_AT + timedelta(days=1), days=2), "kestrel")
    assert (first.start, first.end) == (TOLD_AT - timedelta(days=2), TOLD_AT)
    assert (second.start, second.end) == (TOLD_AT, TOLD_AT + timedelta(days=1))


def test_parts_one_after_another_are_the_whole_log(tmp_path: Path) -> None:
    later = TOLD_AT + timedelta(hours=30)
    parts = parts_of(story(TOLD_AT, later, days=2), "kestrel")
    (whole,) = parts_of(KeptStory(told_at=TOLD_AT, days=2, ends=[later]), "kestrel")
    written = [part.write(tmp_path / "parts").read_bytes() for part in parts]
    assert all(written)
    assert b"".join(written) == whole.write(tmp_path / "whole").read_bytes()
