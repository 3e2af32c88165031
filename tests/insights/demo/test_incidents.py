"""Incidents happen on their days and look as they do in life."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

from insights.demo.habits import LocalDay
from insights.demo.incidents import Burst, ForgottenPassword, Guessing, Incoming, Outage, ScatteredGuessing
from insights.demo.sessions import Service
from insights.enums import FailureReason, TlsVersion
from tests.insights.demo.stage import somebody

ON = date(2026, 6, 2)
DAY = LocalDay(ON, ZoneInfo("Europe/Berlin"))
BEFORE = LocalDay(ON - timedelta(days=1), ZoneInfo("Europe/Berlin"))
AFTER = LocalDay(ON + timedelta(days=1), ZoneInfo("Europe/Berlin"))
ACCOUNTS = ("a@b.example", "c@d.example")


def test_guessing_comes_from_one_address_on_its_days_only() -> None:
    actor = Guessing(address="203.0.113.9", accounts=ACCOUNTS, per_day=300, since=ON, until=AFTER.on)
    found = actor.sessions(DAY, Random(1))
    assert {session.client.address for session in found} == {"203.0.113.9"}
    assert 200 < sum(len(session.failures) for session in found) < 400
    assert {failure.account for session in found for failure in session.failures} > set(ACCOUNTS)
    assert [len(actor.sessions(day, Random(1))) for day in (BEFORE, AFTER)] == [0, 0]


def test_scattered_guessing_breaks_off_and_tries_other_mechanisms() -> None:
    found = ScatteredGuessing(accounts=ACCOUNTS, per_day=200).sessions(DAY, Random(1))
    assert {failure.reason for session in found for failure in session.failures} == {
        FailureReason.WRONG_CREDENTIALS,
        FailureReason.CANCELLED,
        FailureReason.MECHANISM_NOT_OFFERED,
    }
    assert len({session.client.address for session in found}) > 20


def test_forgotten_password_is_tried_every_hour() -> None:
    actor = ForgottenPassword(client=somebody(), since=ON)
    assert [len(actor.sessions(day, Random(1))) for day in (BEFORE, DAY, AFTER)] == [0, 24, 24]


def test_outage_is_the_fault_of_the_server() -> None:
    actor = Outage(clients=(somebody(), somebody()), on=ON)
    found = [failure for session in actor.sessions(DAY, Random(1)) for failure in session.failures]
    assert {failure.reason for failure in found} == {FailureReason.SERVER_FAULT}
    assert actor.sessions(AFTER, Random(1)) == []


def test_burst_reaches_very_many_recipients_in_one_night() -> None:
    actor = Burst(client=somebody(), senders=("x@y.example",), sessions_a_night=20, on=ON)
    found = actor.sessions(DAY, Random(1))
    assert sum(len(mail.recipients) for session in found for mail in session.mails) > 1_000
    assert [len(session.failures) for session in found] == [5] + [0] * 19
    assert actor.sessions(AFTER, Random(1)) == []


def test_incoming_mail_begins_each_day_with_tls_on_port_25() -> None:
    actor = Incoming(per_day=10, domain="b.example", people=("anna",), until=AFTER.on)
    found = actor.sessions(DAY, Random(1))
    assert {(session.client.service, session.client.account) for session in found} == {(Service.MX, "")}
    assert found[0].at - DAY.bounds[0] < 1_000_000
    assert found[0].client.tls in {TlsVersion.TLS1_2, TlsVersion.TLS1_3}
    assert actor.sessions(AFTER, Random(1)) == []
