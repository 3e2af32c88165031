"""Say when people and machines send: office hours in their own zone, weekends, holidays, nightly jobs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from insights.demo.people import correspondents
from insights.demo.sessions import Client, Mail, Outcome, Session
from insights.demo.stamps import SECOND, instant


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One calendar day at a tenant."""

    on: date
    zone: ZoneInfo
    is_holiday: bool = False

    @property
    def is_free(self) -> bool:
        """Say whether the office is closed."""
        return self.is_holiday or self.on.weekday() >= 5

    def at(self, seconds: float) -> int:
        """Give the instant when a clock on the wall shows so many seconds after midnight.

        A time that a change to summer time leaves out is read with the offset before it.
        """
        whole = min(int(seconds), 86_399)
        wall = datetime.combine(self.on, time(whole // 3600, whole // 60 % 60, whole % 60), tzinfo=self.zone)
        return instant(wall) + int(seconds % 1 * SECOND)

    @property
    def bounds(self) -> tuple[int, int]:
        """Give the day's half-open range of instants."""
        begin = datetime.combine(self.on, time(), tzinfo=self.zone)
        return instant(begin), instant(
            datetime.combine(self.on + timedelta(days=1), time(), tzinfo=self.zone)
        )


class Actor(Protocol):
    """Anything that makes sessions happen on a day."""

    def sessions(self, day: LocalDay, rng: Random) -> Sequence[Session]:
        """Give the sessions that begin on this day, in any order."""
        ...


class Rhythm(StrEnum):
    """When in the day something is sent, and on which days."""

    OFFICE = "office"
    """People: working days with a dip at noon, little at weekends."""
    DEVICE = "device"
    """Printers, scanners and fax gateways: working days, nothing at weekends."""
    BATCH = "batch"
    """Applications: working days, at the full hour."""
    NIGHTLY = "nightly"
    """Jobs at half past two, every day."""
    ALWAYS = "always"
    """Monitoring: day and night."""
    WEEKLY = "weekly"
    """Newsletters: Tuesdays at ten."""


def poisson(rng: Random, mean: float) -> int:
    """Draw a Poisson number; by the normal approximation where the mean is large."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number


def office_time(rng: Random) -> float:
    """Draw a time of the working day in seconds after midnight, rarely at noon."""
    if rng.random() < 0.04:
        return rng.uniform(6.5, 22.5) * 3600
    hour = rng.gauss(9.9, 1.0) if rng.random() < 0.56 else rng.gauss(14.9, 1.3)
    return min(max(hour, 6.0), 21.0) * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One client's way of sending; `since` and `until` bound the days on which it is there (half-open)."""

    client: Client
    rhythm: Rhythm
    per_day: float
    """Sessions on a working day; a weekly habit has that many on its day."""
    domain: str
    senders: tuple[str, ...] = ()
    """Sender addresses it uses, the first one most; its account if there are none."""
    messages: tuple[int, int] = (1, 1)
    recipients: tuple[int, int] = (1, 1)
    size: tuple[int, int] = (1_500, 60_000)
    troubled: float = 0.03
    """Share of messages that are deferred, bounced or refused."""
    since: date = date.min
    until: date = date.max

    def sessions(self, day: LocalDay, rng: Random) -> list[Session]:
        """Give the client's sessions of this day."""
        if not self.since <= day.on < self.until:
            return []
        return [self._session(day.at(seconds), rng) for seconds in self._times(day, rng)]

    def _times(self, day: LocalDay, rng: Random) -> list[float]:
        if self.rhythm is Rhythm.ALWAYS:
            return [rng.uniform(0, 86_399) for _ in range(poisson(rng, self.per_day))]
        if self.rhythm is Rhythm.NIGHTLY:
            return [9_000 + rng.uniform(0, 240) + 600 * number for number in range(round(self.per_day))]
        if self.rhythm is Rhythm.OFFICE and day.is_free:
            return [office_time(rng) for _ in range(poisson(rng, self.per_day * 0.06))]
        if day.is_free or (self.rhythm is Rhythm.WEEKLY and day.on.weekday() != 1):
            return []
        return self._working_times(rng)

    def _working_times(self, rng: Random) -> list[float]:
        if self.rhythm is Rhythm.WEEKLY:
            return [36_000 + 420.0 * number + rng.uniform(0, 30) for number in range(round(self.per_day))]
        if self.rhythm is Rhythm.BATCH:
            first = 13 - round(self.per_day) // 2
            return [(first + number) * 3600 + rng.uniform(1, 50) for number in range(round(self.per_day))]
        return [office_time(rng) for _ in range(poisson(rng, self.per_day))]

    def _session(self, at: int, rng: Random) -> Session:
        mails = tuple(self._mail(rng) for _ in range(rng.randint(*self.messages)))
        return Session(at, self.client, mails)

    def _mail(self, rng: Random) -> Mail:
        senders = self.senders or (self.client.account,)
        sender = senders[0] if len(senders) == 1 or rng.random() < 0.7 else rng.choice(senders[1:])
        count = rng.randint(*self.recipients) if rng.random() < 0.25 else self.recipients[0]
        size = int(math.exp(rng.uniform(math.log(self.size[0]), math.log(self.size[1]))))
        outcome = Outcome.SENT
        if rng.random() < self.troubled:
            outcome = rng.choices(_TROUBLES, weights=(50, 25, 3, 3, 10, 9))[0]
        return Mail(sender, correspondents(rng, domain=self.domain, count=count), size, outcome)


_TROUBLES = (
    Outcome.DEFERRED,
    Outcome.BOUNCED,
    Outcome.HELD,
    Outcome.DISCARDED,
    Outcome.REFUSED,
    Outcome.DROPPED,
)
