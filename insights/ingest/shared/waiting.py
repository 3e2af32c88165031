"""What waits in a provider's inbox, from its daily counts: by server, by domain, by account.

Days of which single events are no longer kept are left out: nothing of them can be assigned. Everything here must run
in the inbox's scope.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db import connection

from insights.ingest.identity import domain_of
from tenants.models import Tenant

_DOMAIN = "nullif(rtrim(btrim(substring({} from '^.+@([^@]*)$')), '.'), '')"
"""What stands behind the last @ of an address that has something before it; `domain_of` has the last word."""

_WAITING = f"""
WITH waiting AS (
    SELECT source_id, account, coalesce({_DOMAIN.format("account")}, {_DOMAIN.format("sender_address")}, '') AS domain,
        messages, logins, 0 AS failures, first_at, last_at
    FROM insights_submissionday WHERE tenant_id = %(inbox)s AND day >= %(from_on)s::date
    UNION ALL
    SELECT source_id, lower(account), coalesce({_DOMAIN.format("lower(account)")}, ''), 0, 0, failures,
        first_at, last_at
    FROM insights_loginfailureday WHERE tenant_id = %(inbox)s AND day >= %(from_on)s::date
), chosen AS (
    SELECT * FROM waiting WHERE (%(server)s::uuid IS NULL OR source_id = %(server)s)
        AND (%(domains)s::text[] IS NULL OR domain = ANY (%(domains)s))
        AND (%(search)s = '' OR account LIKE %(search)s OR domain LIKE %(search)s)
)
"""
_SUMS = "sum(messages)::bigint, sum(logins)::bigint, sum(failures)::bigint, min(first_at), max(last_at)"

ACCOUNT_SORTS = {
    "name": "account",
    "messages": "sum(messages)",
    "failures": "sum(failures)",
    "first": "min(first_at)",
    "last": "max(last_at)",
}
"""By what accounts can be sorted, as SQL."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one `name` (a domain, an account; "" without any), of `accounts` accounts."""

    name: str
    accounts: int
    messages: int
    logins: int
    failures: int
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing waits."""
        return not (self.messages or self.logins or self.failures)

    def and_of(self, other: Waiting) -> Waiting:
        """Return both together, under the first one's name."""
        firsts = [at for at in (self.first_at, other.first_at) if at is not None]
        lasts = [at for at in (self.last_at, other.last_at) if at is not None]
        return Waiting(
            self.name,
            self.accounts + other.accounts,
            self.messages + other.messages,
            self.logins + other.logins,
            self.failures + other.failures,
            min(firsts, default=None),
            max(lasts, default=None),
        )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Of which server, of which domains as they are written in the log, and what the name must hold."""

    server: UUID | None = None
    domains: Collection[str] | None = None
    search: str = ""


def waiting_by_server(inbox: Tenant) -> dict[UUID, Waiting]:
    """Return what waits of each server that anything waits of. One query."""
    rows = _rows(
        f"SELECT source_id, count(DISTINCT account), {_SUMS} FROM chosen GROUP BY 1", inbox, Narrowed()
    )
    return {row[0]: Waiting(str(row[0]), *row[1:]) for row in rows}


def waiting_in_all(inbox: Tenant) -> Waiting:
    """Return all that waits; its accounts are not counted. One query."""
    ((messages, logins, failures, first_at, last_at),) = _rows(
        f"SELECT {_SUMS} FROM chosen", inbox, Narrowed()
    )
    return Waiting("", 0, messages or 0, logins or 0, failures or 0, first_at, last_at)


def waiting_domains(inbox: Tenant, narrowed: Narrowed) -> tuple[list[Waiting], dict[str, list[str]]]:
    """Return what waits by domain, and how each domain is written in the log. One query."""
    rows = _rows(f"SELECT domain, count(DISTINCT account), {_SUMS} FROM chosen GROUP BY 1", inbox, narrowed)
    found: dict[str, Waiting] = {}
    written: dict[str, list[str]] = {}
    for row in rows:
        domain = domain_of(f"anybody@{row[0]}")
        one = Waiting(domain, *row[1:])
        found[domain] = found[domain].and_of(one) if domain in found else one
        written.setdefault(domain, []).append(row[0])
    return list(found.values()), written


class WaitingAccounts(Sequence[Waiting]):
    """What waits by account, read as far as it is looked at: a query for the length, and one for each slice."""

    def __init__(self, inbox: Tenant, narrowed: Narrowed, *, sort: str) -> None:
        self._inbox, self._narrowed = inbox, narrowed
        order = ACCOUNT_SORTS[sort.removeprefix("-")]
        self._order = f"{order} {'DESC' if sort.startswith('-') else 'ASC'}, account"

    def __len__(self) -> int:
        ((accounts,),) = _rows("SELECT count(DISTINCT account) FROM chosen", self._inbox, self._narrowed)
        return int(accounts)

    @overload
    def __getitem__(self, index: int) -> Waiting: ...
    @overload
    def __getitem__(self, index: slice) -> list[Waiting]: ...
    def __getitem__(self, index: int | slice) -> Waiting | list[Waiting]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop
        rows = _rows(
            f"SELECT account, 1, {_SUMS} FROM chosen GROUP BY account ORDER BY {self._order}"
            " OFFSET %(start)s LIMIT %(count)s",
            self._inbox,
            self._narrowed,
            start=start,
            count=None if stop is None else stop - start,
        )
        return [Waiting(*row) for row in rows]


def _rows(select: str, inbox: Tenant, narrowed: Narrowed, **more: Any) -> list[tuple[Any, ...]]:
    escaped = narrowed.search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    parameters = {
        "inbox": inbox.pk,
        "from_on": inbox.raw_from_on or "-infinity",
        "server": narrowed.server,
        "domains": None if narrowed.domains is None else list(narrowed.domains),
        "search": f"%{escaped}%" if escaped else "",
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING + select, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
