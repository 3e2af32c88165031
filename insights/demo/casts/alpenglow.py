"""Cast Alpenglow Hotels in Vienna: fax gateways, a foreign sender domain, a device that fell silent."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from insights.demo.casts.script import (
    NORTHWIND,
    SourceScript,
    TenantScript,
    Today,
    application,
    scanner,
    staff,
)
from insights.demo.habits import Actor, Rhythm
from insights.demo.incidents import Incoming, ScatteredGuessing
from insights.demo.people import ALPINE, Site
from insights.demo.postfix_lines import LogStyle
from insights.demo.queue_ids import QueueIdStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "Europe/Vienna"
SILENT_DAYS = 5
"""The fire panel sent its last message so many days before the story ends."""


def script(*, now: datetime) -> TenantScript:
    """Give the tenant."""
    today = Today.at(ZONE, now)
    site = Site(6, "alpenglow.example")
    actors: list[Actor] = [
        Incoming(per_day=10, domain=site.domain, people=tuple(ALPINE)),
        *staff(site, ALPINE, per_day=3.4),
        application(
            site,
            "booking",
            2,
            rhythm=Rhythm.ALWAYS,
            per_day=42,
            tls=TlsVersion.TLS1_3,
            senders=("reservierung@alpenglow.example", "booking@alpenglow-hotels.example"),
            recipients=(1, 2),
        ),
        application(
            site, "fax1", 3, rhythm=Rhythm.ALWAYS, per_day=6, tls=TlsVersion.TLS1_0, mechanism="LOGIN"
        ),
        application(
            site, "fax2", 4, rhythm=Rhythm.ALWAYS, per_day=5, tls=TlsVersion.TLS1_0, mechanism="LOGIN"
        ),
        application(
            site,
            "newsletter",
            5,
            rhythm=Rhythm.WEEKLY,
            per_day=2,
            mechanism="DIGEST-MD5",
            senders=("news@alpenglow-news.example", ""),
            messages=(8, 14),
            recipients=(20, 40),
        ),
        application(
            site, "brandmelder", 6, rhythm=Rhythm.NIGHTLY, per_day=2, until=today.ago(SILENT_DAYS - 1)
        ),
        scanner(site, "kopierer-rezeption", 7, TlsVersion.TLS1_1, per_day=8),
        scanner(
            site, "kopierer-kueche", 8, TlsVersion.NONE, per_day=2, sender='"küche oben"@alpenglow.example'
        ),
        ScatteredGuessing(accounts=tuple(site.account(name) for name in ALPINE), per_day=4),
    ]
    style = LogStyle(
        host="post",
        zone=ZoneInfo(ZONE),
        stamp=StampStyle.PADDED,
        queue_ids=QueueIdStyle.LONG,
        names_failures=False,
    )
    return TenantScript(
        provider=NORTHWIND,
        slug="alpenglow",
        name="Alpenglow Hotels",
        time_zone=ZONE,
        retention_days=90,
        accepted_domains=("alpenglow.example",),
        first_on=today.ago(89),
        sources=(SourceScript("post", style, tuple(actors)),),
    )
