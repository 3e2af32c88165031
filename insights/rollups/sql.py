"""The engine of roll-ups: SQL that fills, compares and rebuilds any `RollUp`, and knows none of them.

Every statement takes the parameters `tenant` (UUID), `zone` (IANA name) and `raw_from_on` (date or None). A raw row
counts for its day in the zone, though never for a day before `raw_from_on`: after a change of zone the few hours
before the first midnight of the new zone stay with the first kept day, so that sums stay whole.
"""

from __future__ import annotations

from insights.rollups.stats import RollUp

DAY = (
    "greatest((occurred_at AT TIME ZONE %(zone)s)::date, coalesce(%(raw_from_on)s::date, '-infinity'::date))"
)

DAY_OF_EACH = DAY.replace("%(zone)s", "zone").replace("%(raw_from_on)s", "raw_from_on")
"""The day of a row that has the zone and the first kept day of its own tenant beside it."""


def _aggregate(rollup: RollUp, relation: str, where: str = "", *, day: str = DAY) -> str:
    """Return a SELECT of (tenant_id, day, key…, follows…, measures…) over `relation`."""
    columns = [
        "tenant_id",
        f"{day} AS day",
        *rollup.key,
        *(f"min({name}) AS {name}" for name in rollup.follows),
        *(f"{measure.aggregate} AS {measure.name}" for measure in rollup.measures),
    ]
    grouped = ", ".join(("tenant_id", "2", *rollup.key))
    return f"SELECT {', '.join(columns)} FROM {relation} {where} GROUP BY {grouped}"


def columns(rollup: RollUp) -> tuple[str, ...]:
    """Return the columns of the roll-up's table, `id` aside."""
    return (
        "tenant_id",
        "day",
        *rollup.key,
        *rollup.follows,
        *(measure.name for measure in rollup.measures),
    )


def add(rollup: RollUp, relation: str, where: str = "", *, day: str = DAY) -> str:
    """Return a statement that adds the rows of `relation` to the roll-up. Cost: proportional to the relation.

    With `DAY_OF_EACH` as the `day` they may be of several tenants, whose `zone` and `raw_from_on` they carry.
    """
    names = ", ".join(columns(rollup))
    conflict = ", ".join(("tenant_id", "day", *rollup.key))
    merged = ", ".join(
        f"{measure.name} = {measure.merge.replace('new.', 'excluded.')}" for measure in rollup.measures
    )
    return (
        f"INSERT INTO {rollup.table} AS known (id, {names}) "
        f"SELECT {_ID}, {names} FROM ({_aggregate(rollup, relation, where, day=day)}) AS added "
        f"ON CONFLICT ({conflict}) DO UPDATE SET {merged}"
    )


# A hash of the row: the generator of random ids asks the system for each of them, which takes a tenth of the import.
_HALF = "lpad(to_hex(hash_record_extended(added, {seed})), 16, '0')"
_ID = f"({_HALF.format(seed=0)} || {_HALF.format(seed=1)})::uuid"

_KEPT_RAW = "WHERE tenant_id = %(tenant)s AND occurred_at >= %(start_at)s AND occurred_at < %(end_at)s"
_KEPT_DAYS = "WHERE tenant_id = %(tenant)s AND day >= %(start)s AND day < %(end)s"


def rebuild(rollup: RollUp) -> tuple[str, str]:
    """Return the two statements that make the days `start` to `end` (exclusive) anew from raw rows.

    Further parameters: `start`, `end` (dates), `start_at`, `end_at` (the instants at which these days begin and end).
    """
    return f"DELETE FROM {rollup.table} {_KEPT_DAYS}", add(rollup, rollup.raw_table, _KEPT_RAW)


def differences(rollup: RollUp, *, limit: int) -> str:
    """Return a query of the rows that stand on one side only: (side, day, key…, measures…).

    `side` is `raw` (what counting the raw rows again gives) or `rollup` (what is kept). No row: they are equal.
    Parameters as for `rebuild`. Reads both in one snapshot, so imports may go on meanwhile.
    """
    names = ", ".join(columns(rollup))
    recounted = f"SELECT {names} FROM ({_aggregate(rollup, rollup.raw_table, _KEPT_RAW)}) AS again"
    kept = f"SELECT {names} FROM {rollup.table} {_KEPT_DAYS}"
    return (
        f"WITH recounted AS ({recounted}), kept AS ({kept}) "
        f"SELECT 'raw' AS side, * FROM (TABLE recounted EXCEPT ALL TABLE kept) AS only_raw "
        f"UNION ALL SELECT 'rollup', * FROM (TABLE kept EXCEPT ALL TABLE recounted) AS only_rollup "
        f"ORDER BY 3, 1 LIMIT {limit:d}"
    )
