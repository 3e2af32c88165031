"""Make happen what an administrator should notice: guessing, a stolen account, an outage, noise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from insights.demo.habits import LocalDay, office_time, poisson
from insights.demo.people import OUTSIDE_DOMAINS, client, correspondents, reverse_name
from insights.demo.sessions import Client, Login, Mail, Outcome, Service, Session
from insights.demo.stamps import SECOND
from insights.enums import FailureReason, TlsVersion

_TYPED = ("admin", "test", "info", "root", "postmaster", "scanner", "office", "sales", "backup", "user, a=b")
_ODD = ("<script>alert(1)</script>", '=HYPERLINK("http://evil.example";"open")', "a b", "admin'--", "+1+1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessing:
    """Somebody tries passwords, from one address, on the days [since, until)."""

    address: str
    accounts: tuple[str, ...]
    per_day: float
    since: date
    until: date

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the day's attempts, three in a row as tools do it, some of them within one second."""
        if not self.since <= day.on < self.until:
            return []
        guesser = client("", self.address, TlsVersion.NONE, "LOGIN")
        found = []
        for _ in range(poisson(rng, self.per_day / 3)):
            draw = rng.random()
            name = rng.choice(self.accounts if draw < 0.7 else _TYPED if draw < 0.97 else _ODD)
            pause = 20_000 if rng.random() < 0.2 else rng.randrange(900_000, 3_000_000)
            found.append(
                Session(day.at(rng.uniform(0, 86_390)), guesser, (), (Login(name, "LOGIN"),) * 3, pause)
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatteredGuessing:
    """The background of the internet: a few attempts a day from many addresses."""

    accounts: tuple[str, ...]
    per_day: float
    since: date = date.min
    until: date = date.max

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the day's attempts; some break off, some try a mechanism that is not offered."""
        if not self.since <= day.on < self.until:
            return []
        found = []
        for _ in range(poisson(rng, self.per_day)):
            service = rng.choice((Service.SUBMISSION, Service.SMTPS))
            tls = rng.choice((TlsVersion.TLS1_2, TlsVersion.TLS1_3))
            guesser = client("", f"203.0.113.{rng.randrange(201, 248)}", tls, "LOGIN", service=service)
            draw = rng.random()
            login = Login(rng.choice(self.accounts + _TYPED), "LOGIN" if draw < 0.7 else "PLAIN")
            if draw > 0.9:
                login = Login("", "LOGIN", FailureReason.CANCELLED)
            elif draw > 0.8:
                login = Login("", "CRAM-MD5", FailureReason.MECHANISM_NOT_OFFERED)
            found.append(Session(day.at(rng.uniform(0, 86_390)), guesser, (), (login,) * rng.randint(1, 2)))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenPassword:
    """A machine whose password was changed keeps trying with the old one, every hour."""

    client: Client
    since: date
    until: date = date.max

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give one refused login for each hour of the day."""
        if not self.since <= day.on < self.until:
            return []
        login = (Login(self.client.account, self.client.mechanism),)
        return [
            Session(day.at(hour * 3600 + 900 + rng.uniform(0, 20)), self.client, (), login)
            for hour in range(24)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The authentication server is away for some minutes on a morning: not an attack."""

    clients: tuple[Client, ...]
    on: date

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the logins that the outage refused."""
        if day.on != self.on:
            return []
        return [
            Session(
                day.at(10 * 3600 + rng.uniform(0, 900)),
                each,
                (),
                (Login(each.account, each.mechanism, FailureReason.SERVER_FAULT),) * rng.randint(1, 2),
            )
            for each in self.clients
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """A taken-over account sends to very many recipients during one night, after its password was guessed."""

    client: Client
    senders: tuple[str, ...]
    sessions_a_night: int
    on: date

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the night's sessions; the first of them has the wrong passwords in front."""
        if day.on != self.on:
            return []
        found = []
        for number in range(self.sessions_a_night):
            failures = (Login(self.client.account, self.client.mechanism),) * (5 if number == 0 else 0)
            mails = tuple(self._mail(rng) for _ in range(rng.randint(3, 7)))
            at = day.at(2.6 * 3600 + number * 75 + rng.uniform(0, 40))
            found.append(Session(at, self.client, mails, failures))
        return found

    def _mail(self, rng: Random) -> Mail:
        recipients = correspondents(rng, domain="", count=rng.randint(15, 40))
        outcome = Outcome.BOUNCED if rng.random() < 0.08 else Outcome.SENT
        return Mail(rng.choice(self.senders), recipients, rng.randrange(2_000, 6_000), outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Mail from other servers on port 25, no submissions; its TLS lines show that the server logs TLS."""

    per_day: float
    domain: str
    people: tuple[str, ...]
    since: date = date.min
    until: date = date.max

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the day's deliveries; one comes within the day's first second."""
        if not self.since <= day.on < self.until:
            return []
        times = [day.bounds[0] + SECOND // 2]
        times += [
            day.at(office_time(rng) if rng.random() < 0.7 else rng.uniform(60, 86_000))
            for _ in range(poisson(rng, self.per_day))
        ]
        return [self._delivery(at, rng, is_first=number == 0) for number, at in enumerate(times)]

    def _delivery(self, at: int, rng: Random, *, is_first: bool) -> Session:
        address = f"203.0.113.{rng.randrange(240, 249)}"
        plain = rng.random() < 0.1 and not is_first
        tls = TlsVersion.NONE if plain else rng.choice((TlsVersion.TLS1_2, TlsVersion.TLS1_3))
        peer = Client("", address, reverse_name(address), Service.MX, tls, "")
        sender = f"{rng.choice(('news', 'info', 'no-reply', 'anja', 'tom'))}@{rng.choice(OUTSIDE_DOMAINS)}"
        mail = Mail(sender, (f"{rng.choice(self.people)}@{self.domain}",), rng.randrange(2_000, 90_000))
        return Session(at, peer, (mail,))
