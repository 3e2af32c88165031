"""The real Postfix log with its exact ground truth, which stands beside the checkout and not in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from insights.enums import TlsVersion

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "postfix"
LOG = FOLDER / "mail.log"
YEAR = 2026
NAMED_BY_OPENSSL = {
    None: TlsVersion.NONE,
    "TLSv1": TlsVersion.TLS1_0,
    "TLSv1.1": TlsVersion.TLS1_1,
    "TLSv1.2": TlsVersion.TLS1_2,
    "TLSv1.3": TlsVersion.TLS1_3,
}
_TAKEN = re.compile(
    r"(\w{3} \d\d [\d:]{8}) \S+ postfix/(?:qmgr|cleanup)\[\d+\]: (\w+): (?:from=|hold:|discard:)"
)

needs_corpus = pytest.mark.skipif(
    not LOG.exists(), reason="no ../shared/corpora beside this checkout; tests/samples has the smaller log"
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


def answered_at(event: dict[str, Any]) -> datetime:
    """Return when the client had the server's answer, by its own clock and to the millisecond."""
    return datetime.fromisoformat(event["ts"]).astimezone(UTC)


def taken_at() -> dict[str, datetime]:
    """Return when the server says it took each message over: the first such line of its queue id."""
    found: dict[str, datetime] = {}
    for line in LOG.read_text().splitlines():
        if match := _TAKEN.match(line):
            at = datetime.strptime(f"{YEAR} {match[1]}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
            found.setdefault(match[2], at)
    return found


def account_in_log(event: dict[str, Any]) -> str:
    """Return the user name of a refused login as the log can tell it.

    Postfix learns the name from the answer of its authentication server; without one it repeats an older.
    """
    told = event["code"] == 535 and "Invalid authentication mechanism" not in event["reply"]
    return str(event["login_typed"]) if told else ""


def messages_by(*columns: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return messages and recipients by columns named as the product names them."""
    messages: Counter[tuple[str, ...]] = Counter()
    recipients: Counter[tuple[str, ...]] = Counter()
    for event in submissions():
        row = {
            "account": event["login"],
            "sender_address": (event["env_from"] or event["login"]).lower(),
            "client_ip": event["client_ip"],
            "tls_version": str(NAMED_BY_OPENSSL[event["tls"]]),
            "mechanism": event["mech"],
        }
        key = tuple(row[column] for column in columns)
        messages[key] += 1
        recipients[key] += len(event["rcpts_ok"])
    return {key: (count, recipients[key]) for key, count in messages.items()}
