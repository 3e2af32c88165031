"""The database as the migrations left it: its own wall stands around every table with a tenant."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from insights.models import LoginFailure, Submission, SubmissionDay
from insights.models.rollup import LoginFailureDay
from tenants.models import ApiKey, Membership, Webhook
from tenants.row_security import CHECK_WRITTEN, CONDITION
from tenants.scope import TenantOwned

pytestmark = pytest.mark.usefixtures("world")

ABOVE = {model._meta.db_table for model in (Membership, ApiKey, ApiKey.tenants.through, Webhook)}
"""Tables with a tenant_id and no policy: they are what tells which scope a person or a program may enter."""
OWNED = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned)}
OF_EVENTS = {model._meta.db_table for model in (Submission, SubmissionDay, LoginFailure, LoginFailureDay)}
IN_PUBLIC = "c.relnamespace = 'public'::regnamespace"


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def names(query: str) -> set[str]:
    return {row[0] for row in rows(query)}


def test_tables_with_a_tenant_are_those_of_the_tenant_owned_models() -> None:
    found = names(
        f"""SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE {IN_PUBLIC} AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND NOT a.attisdropped"""
    )
    assert found == OWNED | ABOVE


def test_tenant_is_never_null() -> None:
    nullable = names(
        f"""SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE {IN_PUBLIC} AND c.relkind IN ('r', 'p') AND NOT a.attnotnull"""
    )
    assert nullable == ABOVE - {ApiKey.tenants.through._meta.db_table}


def test_row_security_is_forced_on_every_such_table_and_its_partitions() -> None:
    unforced = names(
        f"""SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE {IN_PUBLIC} AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
    )
    assert unforced == ABOVE


def test_each_has_one_policy_with_the_exact_condition() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE probe (tenant_id uuid NOT NULL)")
        cursor.execute(f"CREATE POLICY probe ON probe USING ({CONDITION}) WITH CHECK ({CHECK_WRITTEN})")
    ((wanted, written),) = rows("SELECT qual, with_check FROM pg_policies WHERE tablename = 'probe'")
    found = rows(
        """SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies
        WHERE schemaname = 'public' ORDER BY tablename"""
    )
    assert found == [
        (
            table,
            "tenant_isolation",
            "PERMISSIVE",
            "{public}",
            "ALL",
            wanted,
            written if table in OF_EVENTS else wanted,
        )
        for table in sorted(OWNED)
    ]


def test_running_role_has_no_power_over_the_wall() -> None:
    powers = """SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
        EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) FROM pg_roles WHERE rolname = current_user"""
    assert rows(powers) == [(False,) * 6]
    assert rows("SELECT current_user") == [(settings.DATABASES["default"]["USER"],)]
    owned = f"""SELECT c.relname FROM pg_class c WHERE {IN_PUBLIC}
        AND pg_has_role(current_user, c.relowner, 'MEMBER')"""
    assert names(owned) == set()


def test_running_role_has_the_four_rights_and_none_that_row_security_does_not_bind() -> None:
    """TRUNCATE passes by every policy; a foreign key (REFERENCES) would tell whether a strange row is there."""
    beyond = f"""SELECT c.relname FROM pg_class c WHERE {IN_PUBLIC} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER')"""
    assert names(beyond) == set()


def test_partitions_are_granted_to_nobody() -> None:
    partitions = (
        f"SELECT c.relname FROM pg_class c WHERE {IN_PUBLIC} AND c.relispartition AND c.relkind = 'r'"
    )
    assert names(partitions) != set()
    open_ones = f"""{partitions} AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
        OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'))"""
    assert names(open_ones) == set()


def test_there_are_no_views_to_look_through() -> None:
    """A view reads as its owner, and a materialised one has no policies at all."""
    assert names(f"SELECT c.relname FROM pg_class c WHERE {IN_PUBLIC} AND c.relkind IN ('v', 'm')") == set()


def test_functions_that_run_as_the_owner_are_few_fixed_and_not_public() -> None:
    found = rows(
        """SELECT proname, array_to_string(proconfig, ';'),
            EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)
        FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname"""
    )
    path = "search_path=pg_catalog, public, pg_temp"
    assert found == [("insights_drop_partitions", path, False), ("insights_make_partitions", path, False)]


def test_unique_indexes_of_a_tenants_table_hold_the_tenant() -> None:
    """One without it would tell a tenant, by a conflict, what another has. Random ids tell nothing."""
    found = rows(
        f"""SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indisunique AND {IN_PUBLIC} AND NOT c.relispartition GROUP BY i.indexrelid, c.relname"""
    )
    without = [
        (table, columns)
        for table, columns in found
        if table in OWNED and columns != ["id"] and "tenant_id" not in columns
    ]
    assert without == []
