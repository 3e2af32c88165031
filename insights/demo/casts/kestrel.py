"""Cast Kestrel Architects in Sydney: the only tenant of a second provider, unseen by the first."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from insights.demo.casts.script import (
    SOUTHBANK,
    SourceScript,
    TenantScript,
    Today,
    application,
    scanner,
    staff,
)
from insights.demo.habits import Actor, Rhythm
from insights.demo.incidents import Incoming, ScatteredGuessing
from insights.demo.people import COASTAL, Site
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "Australia/Sydney"


def script(*, now: datetime) -> TenantScript:
    """Give the tenant; it keeps 30 days only."""
    today = Today.at(ZONE, now)
    site = Site(8, "kestrel.example")
    actors: list[Actor] = [
        Incoming(per_day=8, domain=site.domain, people=tuple(COASTAL)),
        *staff(site, COASTAL, per_day=5.0, oauth_from=today.ago(12)),
        application(site, "render-farm", 2, rhythm=Rhythm.ALWAYS, per_day=16, tls=TlsVersion.TLS1_3),
        scanner(site, "plotter", 3, TlsVersion.TLS1_0, per_day=4),
        ScatteredGuessing(accounts=tuple(site.account(name) for name in COASTAL), per_day=3),
    ]
    style = LogStyle(host="kestrel-mail", zone=ZoneInfo(ZONE), stamp=StampStyle.ISO)
    return TenantScript(
        provider=SOUTHBANK,
        slug="kestrel",
        name="Kestrel Architects",
        time_zone=ZONE,
        retention_days=30,
        accepted_domains=("kestrel.example",),
        first_on=today.ago(29),
        sources=(SourceScript("kestrel-mail", style, tuple(actors)),),
    )
