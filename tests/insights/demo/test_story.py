"""The demo's story has its cast and its incidents, and is the same for the same `now` and seed."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from insights.demo.stamps import StampStyle
from insights.demo.story import DemoSource, DemoTenant, demo_story
from insights.demo.truth import Truth
from insights.enums import TlsVersion
from tests.insights.demo.told import NOW, SOURCES, story, tenant, truth

DOCUMENTATION = tuple(
    ipaddress.ip_network(block)
    for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def parts() -> list[tuple[DemoTenant, DemoSource]]:
    return [(tenant(slug), tenant(slug).sources[number]) for slug, number in SOURCES]


def all_truth() -> list[Truth]:
    return [truth(slug, number) for slug, number in SOURCES]


def days_ago(slug: str, days: int) -> datetime:
    zone = ZoneInfo(tenant(slug).time_zone)
    local = NOW.astimezone(zone).replace(hour=0, minute=0, second=0)
    return (local - timedelta(days=days)).astimezone(UTC)


def test_cast_has_two_providers_and_tenants_in_many_zones() -> None:
    assert [(p.slug, len(p.tenants)) for p in story()] == [("northwind-it", 6), ("southbank-systems", 1)]
    assert len({t.time_zone for p in story() for t in p.tenants}) == 7
    assert {source.stamp for _, source in parts()} == set(StampStyle)


def test_whole_story_has_a_believable_size() -> None:
    assert 40_000 < sum(len(each.submissions) for each in all_truth()) < 80_000


@pytest.mark.parametrize("slug", ["fenwick-dental", "kestrel", "alpenglow"])
def test_log_told_twice_is_the_same_and_another_seed_tells_another(slug: str) -> None:
    start = NOW - timedelta(days=9)

    def digest(seed: int) -> str:
        (who,) = (t for p in demo_story(now=NOW, seed=seed) for t in p.tenants if t.slug == slug)
        return hashlib.sha256(b"".join(who.write_log(who.sources[0], start, NOW))).hexdigest()

    assert digest(7) == digest(7)
    assert digest(7) != digest(8)


@pytest.mark.parametrize(("slug", "number"), [("lindner", 0), ("harbor-pine", 0), ("harbor-pine", 1)])
def test_log_written_in_parts_equals_the_whole(slug: str, number: int) -> None:
    who = tenant(slug)
    source = who.sources[number]
    start, middle = NOW - timedelta(days=5), NOW - timedelta(days=2, hours=3, minutes=17, seconds=5)
    whole = b"".join(who.write_log(source, start, NOW))
    halves = (*who.write_log(source, start, middle), *who.write_log(source, middle, NOW))
    assert b"".join(halves) == whole
    first, second, both = (
        who.truth(source, *span) for span in ((start, middle), (middle, NOW), (start, NOW))
    )
    assert first.submissions + second.submissions == both.submissions
    assert first.failures + second.failures == both.failures


def test_iso_stamps_never_go_back_and_stay_within_the_range() -> None:
    who = tenant("hangang")
    start = NOW - timedelta(days=4)
    text = b"".join(who.write_log(who.sources[0], start, NOW)).decode()
    stamps = [datetime.fromisoformat(line.partition(" ")[0]) for line in text.splitlines()]
    assert stamps == sorted(stamps)
    assert start <= stamps[0]
    assert stamps[-1] < NOW


def test_chunks_end_at_line_ends() -> None:
    who = tenant("kestrel")
    assert all(chunk.endswith(b"\n") for chunk in who.write_log(who.sources[0], who.start, NOW))


def test_story_ends_at_now_and_begins_with_the_kept_days() -> None:
    for who in (t for p in story() for t in p.tenants):
        zone = ZoneInfo(who.time_zone)
        assert (NOW.astimezone(zone).date() - who.first_on).days == who.retention_days - 1
        assert who.start == datetime.combine(who.first_on, time(), tzinfo=zone)


def test_addresses_come_from_documentation_ranges_only() -> None:
    for who, source in parts():
        text = b"".join(who.write_log(source, NOW - timedelta(days=3), NOW)).decode()
        for address in set(re.findall(r"\[([0-9a-f:.]+)\]", text)) - {"127.0.0.1"}:
            if not address.isdigit():
                assert any(ipaddress.ip_address(address) in block for block in DOCUMENTATION)


def test_taken_over_account_sends_ten_times_as_much_in_one_night() -> None:
    zone = ZoneInfo("Asia/Seoul")
    daily: Counter[object] = Counter()
    for event in truth("hangang").submissions:
        if event.account == "minji.seo@hangang.example":
            daily[event.occurred_at.astimezone(zone).date()] += event.recipients
    night = days_ago("hangang", 2).astimezone(zone).date()
    usual = [count for day, count in daily.items() if day != night]
    assert daily[night] > 10 * max(usual)


def test_fire_panel_has_been_silent_for_five_days() -> None:
    seen = [e.occurred_at for e in truth("alpenglow").submissions if e.account.startswith("brandmelder")]
    assert days_ago("alpenglow", 5) <= max(seen) < days_ago("alpenglow", 4)


def test_switched_off_server_has_data_but_none_in_the_last_week() -> None:
    seen = [e.occurred_at for e in truth("prairie-seed").submissions]
    assert len(seen) > 2_000
    assert days_ago("prairie-seed", 14) < max(seen) < days_ago("prairie-seed", 7)
    failures = [e.occurred_at for e in truth("prairie-seed").failures]
    assert max(failures) < days_ago("prairie-seed", 7)


def test_guessing_comes_mostly_from_one_address() -> None:
    addresses = Counter(e.client_ip for e in truth("lindner").failures)
    assert addresses.most_common(1)[0][0] == "203.0.113.222"
    assert addresses["203.0.113.222"] > 600


def test_every_tls_class_and_both_auth_classes_are_there() -> None:
    assert {version for each in all_truth() for version in each.tls()} == set(TlsVersion)
    assert {"XOAUTH2", "OAUTHBEARER", "PLAIN", "LOGIN"} == set(truth("harbor-pine").mechanisms())
    assert set(truth("harbor-pine", 1).tls()) == {TlsVersion.UNKNOWN}


def test_some_sender_domains_are_not_accepted() -> None:
    foreign = {
        slug: {sender.rpartition("@")[2] for sender in truth(slug).senders()}
        - set(tenant(slug).accepted_domains)
        for slug in ("lindner", "alpenglow", "hangang", "fenwick-dental")
    }
    assert foreign == {
        "lindner": {"lindner-inkasso.example"},
        "alpenglow": {"alpenglow-hotels.example", "alpenglow-news.example"},
        "hangang": {"bank.example"},
        "fenwick-dental": set(),
    }


def test_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        demo_story(now=NOW.replace(tzinfo=None), seed=7)


def test_year_of_the_first_line_is_that_of_the_servers_zone() -> None:
    source = tenant("lindner").sources[0]
    assert source.year_at(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)) == 2026
    assert source.log_zone == "Europe/Berlin"
