"""Cast Prairie Seed in Chicago: its server was switched off twelve days ago, so the last week is empty."""

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
from insights.demo.people import PRAIRIE, Site
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "America/Chicago"
OFF_DAYS = 12
"""The server's last day is so many days before the story ends."""


def script(*, now: datetime) -> TenantScript:
    """Give the tenant."""
    today = Today.at(ZONE, now)
    end = today.ago(OFF_DAYS - 1)
    site = Site(7, "prairieseed.example")
    actors: list[Actor] = [
        Incoming(per_day=6, domain=site.domain, people=tuple(PRAIRIE), until=end),
        *staff(site, PRAIRIE, per_day=4.0, until=end),
        application(site, "scale-house", 2, rhythm=Rhythm.BATCH, per_day=11, messages=(1, 3), until=end),
        application(
            site, "grain-dryer", 3, rhythm=Rhythm.ALWAYS, per_day=9, tls=TlsVersion.TLS1_1, until=end
        ),
        scanner(site, "front-desk", 4, TlsVersion.TLS1_0, per_day=5, until=end),
        ScatteredGuessing(accounts=tuple(site.account(name) for name in PRAIRIE), per_day=3, until=end),
    ]
    style = LogStyle(host="silo", zone=ZoneInfo(ZONE), stamp=StampStyle.BSD, syslog_name="postfix-silo")
    return TenantScript(
        provider=NORTHWIND,
        slug="prairie-seed",
        name="Prairie Seed Co-op",
        time_zone=ZONE,
        retention_days=90,
        accepted_domains=("prairieseed.example",),
        first_on=today.ago(89),
        sources=(SourceScript("silo", style, tuple(actors)),),
    )
