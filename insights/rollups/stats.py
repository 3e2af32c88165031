"""The roll-ups as declarations: what is counted, by what, from which raw table. Pure.

The engine (`insights.rollups.sql`) knows none of them; another statistic is another object here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a roll-up.

    `aggregate` makes it from raw rows; `merge` joins what is `known` with what is `new`, so that adding a batch
    gives the same as aggregating everything again.
    """

    name: str
    aggregate: str
    merge: str


def _sum(name: str, expression: str) -> Measure:
    return Measure(name, f"sum({expression})::bigint", f"known.{name} + new.{name}")


_SPAN = (
    Measure("first_at", "min(occurred_at)", "least(known.first_at, new.first_at)"),
    Measure("last_at", "max(occurred_at)", "greatest(known.last_at, new.last_at)"),
)


@dataclass(frozen=True, slots=True)
class RollUp:
    """Counts of the rows of `raw_table` by tenant, day and `key`, kept in `table`.

    `follows` are columns that the key determines; they are kept for filtering.
    """

    raw_table: str
    table: str
    key: tuple[str, ...]
    follows: tuple[str, ...]
    measures: tuple[Measure, ...]


SUBMISSIONS = RollUp(
    raw_table="insights_submission",
    table="insights_submissionday",
    key=("source_id", "account", "sender_address", "client_ip", "tls_version", "mechanism"),
    follows=("sender_domain", "auth_class"),
    measures=(
        _sum("messages", "messages"),
        _sum("logins", "logins"),
        _sum("recipients", "recipients"),
        Measure(
            "recipients_exact",
            "bool_and(recipients_exact)",
            "known.recipients_exact AND new.recipients_exact",
        ),
        _sum("size_bytes", "coalesce(size_bytes, 0)"),
        *_SPAN,
    ),
)

LOGIN_FAILURES = RollUp(
    raw_table="insights_loginfailure",
    table="insights_loginfailureday",
    key=("source_id", "account", "client_ip", "mechanism", "reason"),
    follows=(),
    measures=(_sum("failures", "1"), *_SPAN),
)

ROLLUPS = (SUBMISSIONS, LOGIN_FAILURES)
"""Every roll-up there is."""
