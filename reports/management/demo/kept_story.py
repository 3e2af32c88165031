"""Keep the demo's story between runs: when it was told first, and up to when its logs are written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from insights.demo.story import DemoProvider, DemoSource, DemoTenant, demo_story

STORY_FILE = "story.json"
SEED = 2026
WORTH_A_PART = timedelta(hours=1)
"""A demo that was stopped for less than this goes on with the logs it has."""


class Part(NamedTuple):
    """One log file: the lines of one source stamped in [start, end)."""

    tenant: DemoTenant
    source: DemoSource
    start: datetime
    end: datetime
    file_name: str

    def path(self, folder: Path) -> Path:
        """Return where the file is, or will be, below `folder`."""
        return folder / self.tenant.slug / self.file_name

    def write(self, folder: Path) -> Path:
        """Write the file and return its path; what is written is the same every time."""
        path = self.path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(self.tenant.write_log(self.source, self.start, self.end))
        return path


@dataclass
class KeptStory:
    """The story as it was begun at `told_at`; incidents hang on that instant, whatever is written later.

    `days` limits the first part of every log to so many days; None is everything. `ends` are the ends of the
    parts.
    """

    told_at: datetime
    seed: int = SEED
    days: int | None = None
    ends: list[datetime] = field(default_factory=list)

    def providers(self) -> list[DemoProvider]:
        return demo_story(now=self.told_at, seed=self.seed)

    def tenants(self) -> list[DemoTenant]:
        return [tenant for provider in self.providers() for tenant in provider.tenants]

    def extend(self, *, now: datetime) -> None:
        """Let the logs go on up to `now`, if that is worth a file."""
        if not self.ends or now - self.ends[-1] >= WORTH_A_PART:
            self.ends.append(now)

    def parts(self) -> list[Part]:
        """Return every log file of the story: small tenants first, each source's files in their order."""
        return [
            part
            for tenant in sorted(self.tenants(), key=self._size)
            for source in tenant.sources
            for part in self._parts_of(tenant, source)
        ]

    def _parts_of(self, tenant: DemoTenant, source: DemoSource) -> list[Part]:
        begin = tenant.start
        if self.days is not None:
            begin = max(begin, self.told_at - timedelta(days=self.days))
        names = [f"{source.name}.log", *(f"{source.name}-{end:%Y%m%dT%H%M}.log" for end in self.ends[1:])]
        return [
            Part(tenant, source, start, end, name)
            for (start, end), name in zip(pairwise([begin, *self.ends]), names, strict=True)
        ]

    def _size(self, tenant: DemoTenant) -> float:
        """Return roughly how much the tenant's logs hold."""
        return (self.told_at - tenant.start).days * sum(len(source.actors) for source in tenant.sources)


def load_story(folder: Path) -> KeptStory | None:
    """Return the story that was begun in `folder`, or None."""
    try:
        kept = json.loads((folder / STORY_FILE).read_text())
    except FileNotFoundError:
        return None
    return KeptStory(
        told_at=datetime.fromisoformat(kept["told_at"]),
        seed=kept["seed"],
        days=kept["days"],
        ends=[datetime.fromisoformat(end) for end in kept["ends"]],
    )


def keep_story(folder: Path, story: KeptStory) -> None:
    """Write the story down, in one step."""
    kept = {
        "told_at": story.told_at.astimezone(UTC).isoformat(),
        "seed": story.seed,
        "days": story.days,
        "ends": [end.astimezone(UTC).isoformat() for end in story.ends],
    }
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{STORY_FILE}.new"
    new.write_text(json.dumps(kept, indent=1))
    new.replace(folder / STORY_FILE)
