"""The demo's story as it is told on one day, with its truth worked out once for all tests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from insights.demo.story import DemoProvider, DemoTenant, demo_story
from insights.demo.truth import Truth

NOW = datetime(2026, 9, 15, 12, 34, 56, tzinfo=UTC)
"""In the 90 days before it no hour comes twice in the zone of a log that is stamped without an offset."""


@cache
def story() -> list[DemoProvider]:
    return demo_story(now=NOW, seed=7)


def tenant(slug: str) -> DemoTenant:
    """Give the tenant of that slug."""
    (found,) = (t for provider in story() for t in provider.tenants if t.slug == slug)
    return found


SOURCES = [
    (each.slug, number)
    for provider in story()
    for each in provider.tenants
    for number in range(len(each.sources))
]


def truth(slug: str, number: int = 0) -> Truth:
    """Give what a tenant's source says from its beginning up to `NOW`."""
    return _truth(slug, number)


@cache
def _truth(slug: str, number: int) -> Truth:
    who = tenant(slug)
    return who.truth(who.sources[number], who.start, NOW)
