"""Cast Lindner Maschinenbau in Berlin: the largest tenant, with old scanners and guessed passwords."""

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
from insights.demo.incidents import ForgottenPassword, Guessing, Incoming, ScatteredGuessing
from insights.demo.people import GERMAN, Site, client
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "Europe/Berlin"


def script(*, now: datetime) -> TenantScript:
    """Give the tenant."""
    today = Today.at(ZONE, now)
    site = Site(1, "lindner.example")
    accounts = tuple(site.account(name) for name in GERMAN)
    erp_senders = (
        "rechnung@lindner.example",
        "bestellung@lindner.example",
        "mahnung@lindner-inkasso.example",
    )
    actors: list[Actor] = [
        Incoming(per_day=14, domain=site.domain, people=tuple(GERMAN[:20])),
        *staff(site, GERMAN, per_day=3.2),
        scanner(site, "scanner-halle1", 2, TlsVersion.TLS1_0, per_day=9),
        scanner(site, "scanner-halle2", 3, TlsVersion.TLS1_0, per_day=7, until=today.ago(38)),
        scanner(site, "scanner-halle2", 3, TlsVersion.TLS1_2, per_day=7, since=today.ago(38)),
        scanner(site, "scanner-empfang", 4, TlsVersion.TLS1_1, per_day=12),
        scanner(site, "plotter", 5, TlsVersion.SSL3, per_day=0.6),
        scanner(site, "zeiterfassung", 6, TlsVersion.NONE, per_day=3),
        application(site, "erp", 7, rhythm=Rhythm.BATCH, per_day=9, senders=erp_senders, messages=(2, 9)),
        application(site, "backup", 8, rhythm=Rhythm.NIGHTLY, per_day=3, mechanism="CRAM-MD5"),
        application(site, "monitoring", 9, rhythm=Rhythm.ALWAYS, per_day=7, tls=TlsVersion.TLS1_3),
        ForgottenPassword(
            client=client(site.account("usv-keller"), site.device(10), TlsVersion.TLS1_2, "LOGIN"),
            since=today.ago(16),
        ),
        ScatteredGuessing(accounts=accounts, per_day=6),
        Guessing(
            address="203.0.113.222", accounts=accounts, per_day=420, since=today.ago(4), until=today.ago(1)
        ),
    ]
    style = LogStyle(host="mx1", zone=ZoneInfo(ZONE), stamp=StampStyle.BSD, repeats=True)
    return TenantScript(
        provider=NORTHWIND,
        slug="lindner",
        name="Lindner Maschinenbau GmbH",
        time_zone=ZONE,
        retention_days=90,
        accepted_domains=("lindner.example",),
        first_on=today.ago(89),
        sources=(SourceScript("mx1", style, tuple(actors)),),
    )
