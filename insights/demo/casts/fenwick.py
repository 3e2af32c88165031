"""Cast Fenwick Dental in London: small, with a content filter, a device without TLS, half a year of data."""

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
from insights.demo.people import BRITISH, Site
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "Europe/London"


def script(*, now: datetime) -> TenantScript:
    """Give the tenant."""
    today = Today.at(ZONE, now)
    site = Site(5, "fenwick-dental.example")
    names = BRITISH[:4]
    actors: list[Actor] = [
        Incoming(per_day=3, domain=site.domain, people=tuple(names)),
        *staff(site, names, per_day=2.4),
        scanner(site, "x-ray", 2, TlsVersion.NONE, per_day=2),
        application(site, "reminders", 3, rhythm=Rhythm.BATCH, per_day=1, messages=(2, 6)),
        ScatteredGuessing(accounts=(site.account("reception"), site.account(names[0])), per_day=1.5),
    ]
    style = LogStyle(host="surgery", zone=ZoneInfo(ZONE), stamp=StampStyle.BSD, reinjects=True)
    return TenantScript(
        provider=NORTHWIND,
        slug="fenwick-dental",
        name="Fenwick Dental",
        time_zone=ZONE,
        retention_days=180,
        accepted_domains=("fenwick-dental.example",),
        first_on=today.ago(179),
        sources=(SourceScript("surgery", style, tuple(actors)),),
    )
