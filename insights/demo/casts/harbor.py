"""Cast Harbor & Pine in New York: a law firm that moves to OAuth, and a branch whose server logs no TLS."""

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
from insights.demo.incidents import Incoming, Outage, ScatteredGuessing
from insights.demo.people import AMERICAN, Site, client
from insights.demo.postfix_lines import LogStyle
from insights.demo.queue_ids import QueueIdStyle
from insights.demo.stamps import StampStyle
from insights.enums import TlsVersion

ZONE = "America/New_York"


def script(*, now: datetime) -> TenantScript:
    """Give the tenant; its main server stamps in UTC, the one of the branch in local time."""
    today = Today.at(ZONE, now)
    site, branch = Site(2, "harborpine.example"), Site(3, "harborpine.example")
    at_head, at_branch = AMERICAN[:18], AMERICAN[18:]
    accounts = tuple(site.account(name) for name in at_head)
    refused = tuple(client(account, site.office, TlsVersion.TLS1_3, "PLAIN") for account in accounts[1::2])
    head: list[Actor] = [
        Incoming(per_day=12, domain=site.domain, people=tuple(at_head)),
        *staff(site, at_head, per_day=4.6, oauth_from=today.ago(33)),
        application(
            site,
            "docketing",
            2,
            rhythm=Rhythm.BATCH,
            per_day=10,
            mechanism="XOAUTH2",
            tls=TlsVersion.TLS1_3,
            senders=("docket@harborpine.example", "deadlines@harborpine.example"),
            messages=(1, 5),
            recipients=(1, 3),
        ),
        application(
            site, "crm", 3, rhythm=Rhythm.ALWAYS, per_day=14, mechanism="OAUTHBEARER", tls=TlsVersion.TLS1_3
        ),
        application(site, "billing", 4, rhythm=Rhythm.NIGHTLY, per_day=2, messages=(3, 8)),
        scanner(site, "copier-12f", 5, TlsVersion.TLS1_1, per_day=11),
        scanner(site, "copier-14f", 6, TlsVersion.TLS1_2, per_day=8),
        ScatteredGuessing(accounts=accounts, per_day=5),
        Outage(clients=refused, on=today.ago(9)),
    ]
    beyond: list[Actor] = [
        *staff(branch, at_branch, per_day=3.0),
        scanner(branch, "copier-albany", 7, TlsVersion.TLS1_2, per_day=6),
    ]
    head_style = LogStyle(
        host="mail.harborpine.example",
        zone=ZoneInfo("UTC"),
        stamp=StampStyle.ISO,
        queue_ids=QueueIdStyle.LONG,
    )
    branch_style = LogStyle(
        host="albany", zone=ZoneInfo(ZONE), stamp=StampStyle.PADDED, logs_tls=False, names_failures=False
    )
    return TenantScript(
        provider=NORTHWIND,
        slug="harbor-pine",
        name="Harbor & Pine Legal LLP",
        time_zone=ZONE,
        retention_days=90,
        accepted_domains=("harborpine.example",),
        first_on=today.ago(89),
        sources=(
            SourceScript("mail", head_style, tuple(head)),
            SourceScript("albany", branch_style, tuple(beyond)),
        ),
    )
