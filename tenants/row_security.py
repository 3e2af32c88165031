"""Row-level security as a migration operation: the database's own wall between tenants.

The policy is the form measured in docs/adr/0002: it admits the set of tenants that the transaction names in
`app.tenants`, stays an index condition, and admits nothing when the setting is absent or empty.
"""

from __future__ import annotations

from django.db import migrations

SETTING = "app.tenants"
CONDITION = "tenant_id = ANY (string_to_array(nullif(current_setting('app.tenants', true), ''), ',')::uuid[])"

CHECK_WRITTEN = "position(tenant_id::text in current_setting('app.tenants', true)) > 0"
"""The same for rows that are written, at a fifth of the cost: the list is not made into an array for each of them.

Ids are written in 36 characters without a comma, so that one is found in a list of them only as an element.
"""


class EnableRowSecurity(migrations.RunSQL):
    """Bind every role that is neither superuser nor BYPASSRLS, the owner included, to the transaction's tenants.

    `table` must have a column `tenant_id`.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=[
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY tenant_isolation ON {table} USING ({CONDITION}) WITH CHECK ({CONDITION})",
            ],
            reverse_sql=[
                f"DROP POLICY tenant_isolation ON {table}",
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Return how a squashed migration writes this operation."""
        return (self.__class__.__qualname__, [], {"table": self.table})


class CheckWrittenRows(migrations.RunSQL):
    """Let a table that takes events by the ten thousand compare each written row's tenant in the cheaper form."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=f"ALTER POLICY tenant_isolation ON {table} WITH CHECK ({CHECK_WRITTEN})",
            reverse_sql=f"ALTER POLICY tenant_isolation ON {table} WITH CHECK ({CONDITION})",
        )

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        """Return how a squashed migration writes this operation."""
        return (self.__class__.__qualname__, [], {"table": self.table})
