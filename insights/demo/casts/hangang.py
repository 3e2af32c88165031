"""Cast Hangang Logistics in Seoul: a stolen account sends to very many recipients in one night."""

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
from insights.demo.incidents import Burst, Incoming, ScatteredGuessing
from insights.demo.people import KOREAN, Site, client
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "Asia/Seoul"


def script(*, now: datetime) -> TenantScript:
    """Give the tenant; the burst is two nights ago, from an address that nobody of the house uses."""
    today = Today.at(ZONE, now)
    site = Site(4, "hangang.example")
    accounts = tuple(site.account(name) for name in KOREAN)
    stolen = client(accounts[0], "203.0.113.236", TlsVersion.TLS1_2, "LOGIN")
    actors: list[Actor] = [
        Incoming(per_day=12, domain=site.domain, people=tuple(KOREAN)),
        *staff(site, KOREAN, per_day=3.6),
        application(
            site,
            "tracking",
            2,
            rhythm=Rhythm.ALWAYS,
            per_day=34,
            senders=(
                "tracking@hangang.example",
                "배송알림@hangang.example",
                "no-reply@hangang-express.example",
            ),
            messages=(1, 4),
        ),
        application(site, "wms", 3, rhythm=Rhythm.BATCH, per_day=12, tls=TlsVersion.TLS1_0, messages=(1, 6)),
        application(site, "gps", 4, rhythm=Rhythm.ALWAYS, per_day=5, tls=TlsVersion.TLS1_1),
        scanner(site, "label-printer-1", 5, TlsVersion.TLS1_0, per_day=4),
        scanner(site, "label-printer-2", 6, TlsVersion.NONE, per_day=4),
        scanner(site, "mfp-5f", 7, TlsVersion.TLS1_2, per_day=9),
        ScatteredGuessing(accounts=accounts, per_day=8),
        Burst(
            client=stolen,
            senders=(accounts[0], "ceo@hangang.example", "invoice@bank.example"),
            sessions_a_night=70,
            on=today.ago(2),
        ),
    ]
    style = LogStyle(host="mta-a", zone=ZoneInfo(ZONE), stamp=StampStyle.ISO, syslog_name="postfix-out")
    return TenantScript(
        provider=NORTHWIND,
        slug="hangang",
        name="Hangang Logistics 한강물류",
        time_zone=ZONE,
        retention_days=90,
        accepted_domains=("hangang.example", "hangang-express.example"),
        first_on=today.ago(89),
        sources=(SourceScript("mta-a", style, tuple(actors)),),
    )
