"""Drop partitions without blocking an import for good: take the event tables in the order in which it does."""

from typing import ClassVar

from django.db import migrations

DROP_PARTITIONS = """
CREATE OR REPLACE FUNCTION insights_drop_partitions(as_of timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    longest integer;
    item record;
BEGIN
    SELECT coalesce(max(retention_days), 90) INTO longest FROM public.tenants_tenant;
    FOR item IN
        SELECT child.relname AS name, parent.relname AS parent
        FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        JOIN pg_class parent ON parent.oid = inhparent
        WHERE parent.relname IN ('insights_submission', 'insights_loginfailure')
          AND parent.relnamespace = 'public'::regnamespace
          -- One day beyond the retention, because days end later in the west than in UTC.
          AND to_date(right(child.relname, 7), 'IYYY"w"IW') + 7
              <= (as_of AT TIME ZONE 'UTC')::date - longest - 1
        ORDER BY 1
    LOOP
        -- Imports write submissions before login failures: whoever takes both tables takes them in this order.
        LOCK TABLE ONLY public.insights_submission, ONLY public.insights_loginfailure IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('DROP TABLE public.%I', item.name);
        RETURN NEXT item.name;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Replaces a function; going back leaves the new one, which does the same."""

    dependencies: ClassVar = [("insights", "0004_import_attempts")]

    operations: ClassVar = [migrations.RunSQL(DROP_PARTITIONS, migrations.RunSQL.noop)]
