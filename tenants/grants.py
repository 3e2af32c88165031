"""Give the running role the rights it needs on tables and functions, and no others.

Partitions get no grant: queried directly they would answer past the policy of their parent.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections

GRANTS = """
DO $$
DECLARE item record;
BEGIN
    FOR item IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %%s TO %%I', item.name, %(role)s);
    END LOOP;
    FOR item IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
    LOOP
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %%s TO %%I', item.name, %(role)s);
    END LOOP;
    FOR item IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %%s FROM PUBLIC', item.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %%s TO %%I', item.name, %(role)s);
    END LOOP;
END $$
"""


def grant_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Grant after each application's migration; idempotent. Acts only as the owner, on the owner's database."""
    if using != "owner":
        return
    role = settings.DATABASES["default"]["USER"]
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] != role:
            # A DO block takes no parameters from the server side; the client quotes this one.
            cursor.execute(GRANTS.replace("%(role)s", _quoted(role)).replace("%%", "%"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
