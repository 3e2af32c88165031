"""Days of which nothing was received, and versions that no log tells: said by pages, charts, mails and the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from insights.enums import TlsVersion
from insights.models import Source
from reports.build.gather import content_of
from reports.models import ReportRequest
from reports.render.html import html_of
from reports.render.text import text_of
from tenants.models import User
from tenants.scope import tenant_scope
from tests.api import tenant_api
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.reports.web.conftest import NOW, days_ago
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]
REPORT = "/t/acme/reports/smtp-auth/"
NOTHING = "14 November 2026: nothing received from mx1, mx2. Nothing is known of what was sent there."
PARTLY = "12 November 2026: nothing received from mx2. What the others sent is shown."
HEADING = "Not all of these days are whole"


@pytest.fixture
def gaps(cast: Cast, now: object) -> Cast:
    """Two sources with a message every day of five weeks; mx2 lacks the 12th, both lack the 14th."""
    for back in range(35):
        for source in ("mx1", "mx2"):
            if back == 3 or (back == 5 and source == "mx2"):
                continue
            tls = TlsVersion.UNKNOWN if source == "mx2" else TlsVersion.TLS1_2
            submit(cast.acme, at=days_ago(back), source=source, tls=tls)
    fail_login(cast.acme, at=days_ago(1))
    submit(cast.initech, at=days_ago(1), source="other")
    return cast


def test_dashboard_names_the_newest_gap_and_counts_the_others(gaps: Cast, client_of: ClientOf) -> None:
    assert f"{NOTHING} And 1 more" in read(client_of(gaps.carol), "/t/acme/").text


def test_report_names_the_days_that_lack_something(gaps: Cast, client_of: ClientOf) -> None:
    page = read(client_of(gaps.carol), REPORT)
    assert f"{HEADING} {NOTHING} {PARTLY}" in page.text


@pytest.mark.parametrize(
    ("view", "chart"), [("volume", "volume"), ("tls", "tls"), ("auth", "authentication")]
)
def test_chart_has_no_zero_where_nothing_is_known(
    gaps: Cast, client_of: ClientOf, view: str, chart: str
) -> None:
    drawn = read(client_of(gaps.carol), f"{REPORT}?view={view}").chart(chart)
    assert {series["values"][3] for series in drawn["series"]} == {None}
    assert all(value for series in drawn["series"] for value in series["values"][4:])
    assert drawn["titles"][3] == "Sat 14 Nov: not known, nothing received from mx1, mx2"
    assert drawn["titles"][1].endswith(" (nothing received from mx2)")
    assert "nothing received" not in "".join([drawn["titles"][0], *drawn["titles"][4:]])


def test_data_table_has_a_dash_where_nothing_is_known(gaps: Cast, client_of: ClientOf) -> None:
    rows = read(client_of(gaps.carol), REPORT).tables["Messages per day"]
    assert [row[1] for row in rows[1:]] == ["2", "1", "2", "–", "2", "2", "2", "11"]


@pytest.mark.parametrize("page", ["reports/smtp-auth/details/", "clients/", "failed-logins/"])
def test_tables_name_the_days_too(gaps: Cast, client_of: ClientOf, page: str) -> None:
    assert f"{HEADING} {NOTHING} {PARTLY}" in read(client_of(gaps.carol), f"/t/acme/{page}").text


def test_empty_report_says_that_nothing_was_received(gaps: Cast, client_of: ClientOf) -> None:
    page = read(client_of(gaps.carol), f"{REPORT}?range=custom&start=2026-11-14&end=2026-11-14")
    assert NOTHING in page.text


def test_days_before_the_first_line_are_not_zeroes(gaps: Cast, client_of: ClientOf) -> None:
    page = read(client_of(gaps.carol), f"{REPORT}?range=custom&start=2026-10-01&end=2026-10-20")
    assert "1–13 October 2026: before the first line, so that nothing is known." in page.text


def test_whole_days_are_not_spoken_of(gaps: Cast, client_of: ClientOf) -> None:
    page = read(client_of(gaps.carol), f"{REPORT}?range=custom&start=2026-11-15&end=2026-11-17")
    assert HEADING not in page.text


def test_tls_view_names_the_source_that_does_not_tell(gaps: Cast, client_of: ClientOf) -> None:
    told = "TLS is not known for 5 of 11 messages (45.5 %): mx2 does not log it."
    for path in (f"{REPORT}?view=tls", f"{REPORT}details/?view=tls"):
        assert told in read(client_of(gaps.carol), path).text
    assert told not in read(client_of(gaps.carol), REPORT).text


def test_tls_view_tells_what_would_mend_it_for_each_kind_of_log(gaps: Cast, client_of: ClientOf) -> None:
    for number in range(3, 6):
        submit(gaps.acme, at=days_ago(1), source=f"mx{number}", tls=TlsVersion.UNKNOWN)
    with tenant_scope([gaps.acme.pk]):
        Source.objects.exclude(name__in=["mx1", "mx2"]).update(format="haraka")
        Source.objects.filter(name="mx5").update(format="exchange")
    text = read(client_of(gaps.carol), f"{REPORT}?view=tls").text
    assert "mx2 does not log it, mx3 does not log it, mx4 does not log it, and 1 further source." in text
    postfix, haraka = text.find("with this line in main.cf: smtpd_tls_loglevel = 1"), text.find("level=info")
    assert 0 < postfix < haraka
    assert (text.count("smtpd_tls_loglevel"), text.count("level=info"), text.count("log_selector")) == (
        1,
        1,
        0,
    )


def test_dashboard_says_it_in_its_widget_and_flyout(gaps: Cast, client_of: ClientOf) -> None:
    page = read(client_of(gaps.carol), "/t/acme/?panel=smtp-auth")
    assert page.text.count(NOTHING) == 2
    assert page.text.count(PARTLY) == 1
    assert page.chart("week-volume")["series"][0]["values"][3] is None


def test_mail_says_it_after_its_findings(gaps: Cast) -> None:
    request = ReportRequest(
        tenant=gaps.acme, name="Week", view="volume", start_on=date(2026, 11, 11), end_on=date(2026, 11, 17)
    )
    with tenant_scope([gaps.acme.pk]):
        content = content_of(request, tenant=gaps.acme, now=NOW)
    text = " ".join(text_of(content, files=()).split())
    assert f"{NOTHING} {PARTLY}" in text
    assert NOTHING in html_of(content, files=())


def test_api_tells_what_the_numbers_lack(gaps: Cast) -> None:
    found = tenant_api(gaps.acme).read("tenants/acme/summary/")["evidence"]
    assert found == {
        "sentences": [
            "TLS is not known for 5 of 11 messages (45.5\u00a0%): mx2 does not log it.",
            NOTHING,
            PARTLY,
        ],
        "tls_unknown": [{"name": "mx2", "unknown": 5, "messages": 5}],
        "days_not_whole": [
            {"day": "2026-11-12", "wholeness": "partial", "missing": [{"name": "mx2", "state": "gap"}]},
            {
                "day": "2026-11-14",
                "wholeness": "missing",
                "missing": [{"name": "mx1", "state": "gap"}, {"name": "mx2", "state": "gap"}],
            },
        ],
    }
