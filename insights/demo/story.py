"""Tell the demo's story: who the providers and tenants are, and what their mail servers logged.

The story hangs on `now` (incidents happened so many days before it) and on `seed`; both decide every byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from insights.demo.casts import TenantScript, scripts
from insights.demo.habits import Actor
from insights.demo.holidays import is_holiday
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.demo.truth import Truth
from insights.demo.writing import SourceLog


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One mail server's log."""

    name: str
    style: LogStyle
    actors: tuple[Actor, ...]

    @property
    def log_zone(self) -> str:
        """Give the name of the zone in which the server stamps its lines."""
        return self.style.zone.key

    @property
    def stamp(self) -> StampStyle:
        """Give the form of the stamps; all but ISO need a year from outside."""
        return self.style.stamp

    def year_at(self, when: datetime) -> int:
        """Give the year of a line stamped at this instant, in the zone of the log."""
        return when.astimezone(self.style.zone).year


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One customer with the logs of its servers from `first_on` on."""

    slug: str
    name: str
    time_zone: str
    retention_days: int
    accepted_domains: tuple[str, ...]
    sources: tuple[DemoSource, ...]
    first_on: date
    seed: str

    @property
    def start(self) -> datetime:
        """Give the first instant of the story: local midnight of the first day, in UTC."""
        return datetime.combine(self.first_on, time(), tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def write_log(self, source: DemoSource, start: datetime, end: datetime) -> Iterator[bytes]:
        """Give chunks of the source's lines stamped in [start, end), in their order, cut at line ends."""
        return self._log(source).write(start, end)

    def truth(self, source: DemoSource, start: datetime, end: datetime) -> Truth:
        """Give what those lines say; exact from `self.start` on, else for one who has read since then."""
        return self._log(source).truth(start, end)

    def _log(self, source: DemoSource) -> SourceLog:
        return SourceLog(
            style=source.style,
            actors=source.actors,
            zone=ZoneInfo(self.time_zone),
            first_on=self.first_on,
            is_holiday=is_holiday(self.time_zone),
            seed=f"{self.seed}:{self.slug}:{source.name}",
        )


@dataclass(frozen=True, slots=True)
class DemoProvider:
    """One MSP and its customers."""

    slug: str
    name: str
    tenants: tuple[DemoTenant, ...]


def demo_story(*, now: datetime, seed: int) -> list[DemoProvider]:
    """Give the providers of the demo; `now` must be aware."""
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    by_provider: dict[tuple[str, str], list[DemoTenant]] = {}
    for script in scripts(now=now):
        by_provider.setdefault(script.provider, []).append(_tenant(script, seed=seed))
    return [DemoProvider(slug, name, tuple(tenants)) for (slug, name), tenants in by_provider.items()]


def _tenant(script: TenantScript, *, seed: int) -> DemoTenant:
    return DemoTenant(
        slug=script.slug,
        name=script.name,
        time_zone=script.time_zone,
        retention_days=script.retention_days,
        accepted_domains=script.accepted_domains,
        sources=tuple(DemoSource(part.name, part.style, part.actors) for part in script.sources),
        first_on=script.first_on,
        seed=str(seed),
    )
