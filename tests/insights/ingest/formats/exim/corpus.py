"""The real Exim logs with their exact ground truth, which stand beside the checkout and not in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from tests.insights.ingest import corpus

FOLDER = corpus.FOLDER.parent / "exim"
LOG, REJECT_LOG = FOLDER / "mainlog", FOLDER / "rejectlog"
SAMPLES = corpus.FOLDER.parent / "samples"
_TAKEN = re.compile(r"(\d{4}-\d\d-\d\d [\d:]{8}) (\S{16}) <= ")

needs_corpus = pytest.mark.skipif(
    not LOG.exists(), reason="no ../shared/corpora beside this checkout; tests/samples has a smaller log"
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
    """Return the AUTH exchanges that did not succeed."""
    return [e for e in truth() if e["event"] == "auth" and not e["ok"]]


def taken_at() -> dict[str, datetime]:
    """Return when the server says it took each message over."""
    found: dict[str, datetime] = {}
    for line in LOG.read_text().splitlines():
        if match := _TAKEN.match(line):
            assert match[2] not in found
            found[match[2]] = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    return found
