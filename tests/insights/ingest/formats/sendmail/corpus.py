"""The real Sendmail log with its exact ground truth, which stands beside the checkout and not in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from tests.insights.ingest import corpus

FOLDER = corpus.FOLDER.parent / "sendmail"
LOG = FOLDER / "maillog"
YEAR = 2026
_FROM = re.compile(r"(\w{3} \d\d [\d:]{8}) \S+ sm-mta\[\d+\]: (\w+): from=")

needs_corpus = pytest.mark.skipif(
    not LOG.exists(), reason="no ../shared/corpora beside this checkout; the written lines test the same"
)


@cache
def truth() -> list[dict[str, Any]]:
    """Return what the client wrote down, one event each."""
    with (FOLDER / "truth.jsonl").open() as lines:
        return [json.loads(line) for line in lines]


def submissions() -> list[dict[str, Any]]:
    """Return the messages that were accepted from an authenticated client."""
    return [e for e in truth() if e["event"] == "message" and e["auth"] and e["accepted"]]


def refused_logins() -> list[dict[str, Any]]:
    """Return the AUTH exchanges that the server refused.

    Of the one that the client cancelled itself Sendmail writes no line.
    """
    return [e for e in truth() if e["event"] == "auth" and not e["ok"] and not e["cancelled"]]


def logged_at() -> dict[str, datetime]:
    """Return when the server wrote the `from=` line of each queue id."""
    found: dict[str, datetime] = {}
    for line in LOG.read_text().splitlines():
        if match := _FROM.match(line):
            at = datetime.strptime(f"{YEAR} {match[1]}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
            assert match[2] not in found
            found[match[2]] = at
    return found
