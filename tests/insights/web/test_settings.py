"""Settings: owners change them, others read them; what deletes data is asked about; a new zone counts days anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.models import SubmissionDay
from insights.rollups.fill import compare, counted_days
from tenants.models import RecipientPolicy, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
PATH = "/t/acme/settings/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def answers(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Acme",
        "time_zone": "Europe/Berlin",
        "retention_days": 90,
        "recipient_policy": RecipientPolicy.MEMBERS_AND_DOMAINS,
        **changed,
    }


def test_settings_are_changed_by_owners_and_read_by_others(cast: Cast, client_of: ClientOf) -> None:
    for person, status in ((cast.mallory, 404), (cast.dora, 404), (cast.eve, 404)):
        assert client_of(person).get(PATH).status_code == status
        assert client_of(person).post(PATH, answers(name="Mine")).status_code == status
    for person in (cast.bob, cast.carol):
        page = client_of(person).get(PATH)
        assert "Only owners can change these." in words(page)
        assert b">Save</button>" not in page.content
        refused = client_of(person).post(PATH, answers(name="Mine"))
        assert refused.status_code == 403
        assert "You may not do that" in words(refused)
    assert Tenant.objects.get(slug="acme").name == "Acme"
    saved = client_of(cast.alice).post(PATH, answers(name="Acme GmbH", recipient_policy="members"))
    assert (saved.status_code, saved["Location"]) == (302, PATH)
    acme = Tenant.objects.get(slug="acme")
    assert (acme.name, acme.recipient_policy) == ("Acme GmbH", "members")
    assert Tenant.objects.get(slug="globex").name == "Globex"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"retention_days": 6}, "greater than or equal to 7"),
        ({"retention_days": 4000}, "less than or equal to 3660"),
        ({"retention_days": "many"}, "Enter a whole number."),
    ],
)
def test_settings_refuse_a_wrong_answer_and_keep_the_old_ones(
    cast: Cast, client_of: ClientOf, wrong: dict[str, Any], said: str
) -> None:
    page = client_of(cast.alice).post(PATH, answers(**wrong))
    assert page.status_code == 200
    assert said in words(page)
    acme = Tenant.objects.get(slug="acme")
    assert (acme.name, acme.time_zone, acme.retention_days) == ("Acme", "Europe/Berlin", 90)


def test_settings_ask_before_fewer_days_delete_events(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(40), count=3)
    submit(cast.acme, at=days_ago(2), count=100)
    fail_login(cast.acme, at=days_ago(41), count=2)
    submit(cast.globex, at=days_ago(40), count=500)
    client = client_of(cast.alice)
    asked = client.post(PATH, answers(retention_days=30))
    told = "This deletes, tonight, 3 submissions and 2 failed logins from before 19 October 2026."
    assert told in words(asked)
    assert Tenant.objects.get(slug="acme").retention_days == 90
    # Another number than the one that was asked about is asked about again.
    assert client.post(PATH, answers(retention_days=20, confirmed_days="30")).status_code == 200
    assert client.post(PATH, answers(retention_days=30, confirmed_days="30")).status_code == 302
    assert Tenant.objects.get(slug="acme").retention_days == 30


def test_settings_do_not_ask_when_nothing_would_be_deleted(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(2))
    assert client_of(cast.alice).post(PATH, answers(retention_days=30)).status_code == 302
    assert Tenant.objects.get(slug="acme").retention_days == 30


def test_settings_say_that_deleted_events_do_not_come_back(cast: Cast, client_of: ClientOf) -> None:
    Tenant.objects.filter(slug="acme").update(raw_from_on=date(2026, 8, 20))
    page = client_of(cast.alice).post(PATH, answers(retention_days=180), follow=True)
    assert "Events from before 20 August 2026 were deleted and do not come back" in words(page)


def test_settings_with_another_zone_count_the_days_anew(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=datetime(2026, 11, 16, 22, 30, tzinfo=UTC), count=2)  # 23:30 in Berlin
    page = client_of(cast.alice).post(PATH, answers(time_zone="Asia/Seoul"), follow=True)
    assert "Every day was counted anew, from midnight to midnight in Asia/Seoul." in words(page)
    assert "Days and times in Asia/Seoul." in words(page)
    acme = Tenant.objects.get(slug="acme")
    with tenant_scope([acme.pk]):
        assert list(SubmissionDay.objects.values_list("day", "messages")) == [(date(2026, 11, 17), 2)]
        days = counted_days(acme)
        assert days is not None
        assert compare(acme, days) == []


def test_settings_name_the_days_that_keep_their_old_borders(cast: Cast, client_of: ClientOf) -> None:
    Tenant.objects.filter(slug="acme").update(raw_from_on=date(2026, 8, 20))
    page = client_of(cast.alice).post(PATH, answers(time_zone="Asia/Seoul"), follow=True)
    assert "The days from 20 August 2026 on were counted anew in Asia/Seoul" in words(page)
    assert "Days before 20 August 2026 were counted in an earlier time zone" in words(page)


def test_settings_keep_a_zone_that_the_choices_lack(cast: Cast, client_of: ClientOf) -> None:
    Tenant.objects.filter(slug="acme").update(time_zone="Etc/GMT+3")
    saved = client_of(cast.alice).post(PATH, answers(time_zone="Etc/GMT+3", name="Acme South"))
    assert saved.status_code == 302
    acme = Tenant.objects.get(slug="acme")
    assert (acme.name, acme.time_zone) == ("Acme South", "Etc/GMT+3")
