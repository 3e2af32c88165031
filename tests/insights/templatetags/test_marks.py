"""Bars and badges: every class has its mark, the parts fill the bar, and nothing small is lost."""

import re

import pytest
from django.conf import settings

from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS, Segment, auth_segments, tls_segments
from insights.templatetags import marks

STYLE_SHEET = (settings.BASE_DIR / "project/static/css/marks.css").read_text()
ALL_CSS = sorted({mark.css for mark in (*TLS_MARKS.values(), *AUTH_MARKS.values())})


def test_every_class_has_a_mark() -> None:
    assert set(TLS_MARKS) == set(TlsVersion)
    assert set(AUTH_MARKS) == set(AuthClass)


@pytest.mark.parametrize("css", ALL_CSS)
def test_every_mark_has_its_colour_in_light_and_dark(css: str) -> None:
    assert len(re.findall(rf"--c-{css}: #[0-9a-f]{{6}};", STYLE_SHEET)) == 2
    assert len(re.findall(rf"^\.fill-{css}[ ,]", STYLE_SHEET, re.MULTILINE)) == 1


def test_segments_keep_their_order_and_leave_out_what_is_empty() -> None:
    counts = {TlsVersion.UNKNOWN: 1, TlsVersion.TLS1_0: 0, TlsVersion.TLS1_3: 5}
    assert [(segment.css, segment.value) for segment in tls_segments(counts)] == [
        ("tls-1-3", 5),
        ("tls-unknown", 1),
    ]
    assert [segment.css for segment in auth_segments({AuthClass.BASIC: 2, AuthClass.OAUTH: 1})] == [
        "auth-oauth",
        "auth-basic",
    ]


def test_badge_shows_the_word_beside_the_colour() -> None:
    assert re.sub(r"<[^>]+>", "", marks.tls_badge("SSL3")) == "SSL 3"
    assert re.sub(r"<[^>]+>", "", marks.auth_badge("oauth")) == "OAuth"


def test_stacked_bar_is_filled_and_shows_one_in_a_million() -> None:
    bar = marks.stacked_bar([Segment("tls-1-3", "TLS 1.3", 999_999), Segment("tls-none", "No TLS", 1)], "TLS")
    widths = [float(part["width"].rstrip("%")) for part in bar["parts"]]
    assert sum(widths) == pytest.approx(100, abs=0.01)
    assert widths[1] == pytest.approx(0.6, abs=0.01)
    assert bar["total"] == 1_000_000


def test_stacked_bar_of_nothing_has_no_parts() -> None:
    assert marks.stacked_bar([], "TLS")["parts"] == []


def test_sparkline_starts_at_zero_and_leaves_gaps() -> None:
    svg = marks.sparkline([0, 10, None, 5], "Messages a day")
    assert re.findall(r'd="([^"]*)"', svg) == ["M2.0 22.0L32.7 2.0M94.0 12.0"]
    assert 'aria-label="Messages a day: 0; 10; –; 5"' in svg


def test_sparkline_of_unknown_days_is_not_known() -> None:
    assert marks.sparkline([None, None], "Messages a day") == '<span class="spark-none">–</span>'
