"""Say how a tenant of the demo is written down, and the habits that several tenants share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from insights.demo.habits import Actor, Habit, Rhythm
from insights.demo.people import Site, client
from insights.demo.postfix_lines import LogStyle
from insights.demo.sessions import Client, Service
from insights.enums import TlsVersion

NORTHWIND = ("northwind-it", "Northwind IT")
SOUTHBANK = ("southbank-systems", "Southbank Systems")


@dataclass(frozen=True, slots=True)
class SourceScript:
    """One server of a tenant."""

    name: str
    style: LogStyle
    actors: tuple[Actor, ...]


@dataclass(frozen=True, slots=True)
class TenantScript:
    """One tenant of the story."""

    provider: tuple[str, str]
    slug: str
    name: str
    time_zone: str
    retention_days: int
    accepted_domains: tuple[str, ...]
    first_on: date
    sources: tuple[SourceScript, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """The day at a tenant on which the story ends."""

    on: date

    @classmethod
    def at(cls, time_zone: str, now: datetime) -> Today:
        """Give the calendar day at the tenant."""
        return cls(now.astimezone(ZoneInfo(time_zone)).date())

    def ago(self, days: int) -> date:
        """Give the day so many days before."""
        return self.on - timedelta(days=days)


def staff(
    site: Site,
    names: Sequence[str],
    *,
    per_day: float,
    oauth_from: date | None = None,
    until: date = date.max,
) -> list[Actor]:
    """Give office people: most from the office, some from home, every third with a phone as well.

    From `oauth_from` on the programs of every second person use OAuth instead of a password.
    """
    actors: list[Actor] = []
    for index, name in enumerate(names):
        account = site.account(name)
        address = site.home(index) if index % 4 == 3 else site.office
        tls = TlsVersion.TLS1_2 if index % 5 == 2 else TlsVersion.TLS1_3
        service = Service.SMTPS if index % 6 == 1 else Service.SUBMISSION
        rate = per_day * (0.4 + index * 7 % 11 / 8)
        changes = oauth_from is not None and index % 2 == 0
        basic_until = min(until, oauth_from) if changes and oauth_from is not None else until
        basic = client(account, address, tls, "LOGIN" if index % 7 == 4 else "PLAIN", service=service)
        actors.append(_person(basic, site, rate=rate, until=basic_until))
        if changes and oauth_from is not None:
            modern = client(account, address, TlsVersion.TLS1_3, "XOAUTH2")
            actors.append(_person(modern, site, rate=rate, since=oauth_from, until=until))
        if index % 3 == 0:
            spelled = account.title().replace(site.domain.title(), site.domain) if index % 9 == 0 else account
            phone = client(spelled, site.phone(index), TlsVersion.TLS1_3, "PLAIN", service=Service.SMTPS)
            actors.append(_person(phone, site, rate=rate / 4, until=until))
    return actors


def _person(who: Client, site: Site, *, rate: float, since: date = date.min, until: date = date.max) -> Habit:
    return Habit(
        client=who,
        rhythm=Rhythm.OFFICE,
        per_day=rate,
        domain=site.domain,
        senders=(who.account.lower(),),
        messages=(1, 2),
        recipients=(1, 4),
        since=since,
        until=until,
    )


def scanner(
    site: Site,
    name: str,
    index: int,
    tls: TlsVersion,
    *,
    per_day: float,
    since: date = date.min,
    until: date = date.max,
    sender: str = "",
) -> Habit:
    """Give a multi-function printer that scans to mail."""
    account = site.account(name)
    return Habit(
        client=client(account, site.device(index), tls, "LOGIN"),
        rhythm=Rhythm.DEVICE,
        per_day=per_day,
        domain=site.domain,
        senders=(sender or account,),
        size=(80_000, 2_500_000),
        since=since,
        until=until,
    )


def application(  # noqa: PLR0913 - every one of them is a trait of the program
    site: Site,
    name: str,
    index: int,
    *,
    rhythm: Rhythm,
    per_day: float,
    tls: TlsVersion = TlsVersion.TLS1_2,
    mechanism: str = "PLAIN",
    senders: tuple[str, ...] = (),
    messages: tuple[int, int] = (1, 1),
    recipients: tuple[int, int] = (1, 1),
    since: date = date.min,
    until: date = date.max,
) -> Habit:
    """Give a program on a server of its own: an ERP system, a backup job, monitoring, a newsletter tool."""
    return Habit(
        client=client(site.account(name), site.device(index), tls, mechanism),
        rhythm=rhythm,
        per_day=per_day,
        domain=site.domain,
        senders=senders,
        messages=messages,
        recipients=recipients,
        size=(900, 40_000),
        since=since,
        until=until,
    )
