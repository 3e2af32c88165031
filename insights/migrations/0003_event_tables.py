"""The partitioned event tables, the functions that make and drop their partitions, and the roll-ups' keys.

What the running role may not do itself, these SECURITY DEFINER functions do for it, narrowly: they make the weekly
partitions of a span of time, and drop those past the longest retention of any tenant.
"""

from typing import ClassVar

from django.db import migrations

from tenants.row_security import EnableRowSecurity

EVENT_TABLES = """
CREATE TABLE insights_submission (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    source_id uuid NOT NULL,
    log_import_id uuid,
    host text NOT NULL,
    queue_id text NOT NULL,
    account text NOT NULL,
    sender_address text NOT NULL,
    sender_domain text NOT NULL,
    client_ip inet,
    tls_version text NOT NULL,
    mechanism text NOT NULL,
    auth_class text NOT NULL,
    messages integer NOT NULL CONSTRAINT submission_counts_a_message CHECK (messages > 0),
    recipients integer NOT NULL CONSTRAINT submission_recipients_not_negative CHECK (recipients >= 0),
    recipients_exact boolean NOT NULL,
    size_bytes bigint,
    PRIMARY KEY (tenant_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);

CREATE TABLE insights_loginfailure (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    source_id uuid NOT NULL,
    log_import_id uuid,
    host text NOT NULL,
    account text NOT NULL,
    client_ip inet,
    mechanism text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (tenant_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
"""

MAKE_PARTITIONS = """
CREATE FUNCTION insights_make_partitions(first_at timestamptz, last_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    week date := date_trunc('week', first_at AT TIME ZONE 'UTC')::date;
    parent text;
    child text;
    made integer := 0;
BEGIN
    IF last_at - first_at > interval '12 years' THEN
        RAISE EXCEPTION 'partitions for more than 12 years were asked for (% to %)', first_at, last_at;
    END IF;
    WHILE week <= (last_at AT TIME ZONE 'UTC')::date LOOP
        FOREACH parent IN ARRAY ARRAY['insights_submission', 'insights_loginfailure'] LOOP
            child := format('%s_%s', parent, to_char(week, 'IYYY"w"IW'));
            IF to_regclass('public.' || child) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtextextended('insights_make_partitions', 0));
                IF to_regclass('public.' || child) IS NULL THEN
                    -- Made apart and attached: this lets inserts into other partitions go on.
                    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', child, parent);
                    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
                    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
                    EXECUTE format(
                        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                        parent, child,
                        week::timestamp AT TIME ZONE 'UTC', (week + 7)::timestamp AT TIME ZONE 'UTC');
                    made := made + 1;
                END IF;
            END IF;
        END LOOP;
        week := week + 7;
    END LOOP;
    RETURN made;
END $$;
"""

DROP_PARTITIONS = """
CREATE FUNCTION insights_drop_partitions(as_of timestamptz) RETURNS SETOF text
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
        EXECUTE format('DROP TABLE public.%I', item.name);
        RETURN NEXT item.name;
    END LOOP;
END $$;
"""

# An index on the roll-ups' `id` would cost a third of an import and serve nothing: rows are found by their key.
ROLLUP_KEYS = """
CREATE UNIQUE INDEX submissionday_key ON insights_submissionday
    (tenant_id, day, source_id, account, sender_address, client_ip, tls_version, mechanism) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX loginfailureday_key ON insights_loginfailureday
    (tenant_id, day, source_id, account, client_ip, mechanism, reason) NULLS NOT DISTINCT;
ALTER TABLE insights_submissionday DROP CONSTRAINT insights_submissionday_pkey;
ALTER TABLE insights_loginfailureday DROP CONSTRAINT insights_loginfailureday_pkey;
"""

ROW_SECURITY = (
    "insights_source",
    "insights_logimport",
    "insights_skippedline",
    "insights_importoverlap",
    "insights_submission",
    "insights_loginfailure",
    "insights_submissionday",
    "insights_loginfailureday",
    "insights_rollupcheck",
    "insights_nameshown",
)


class Migration(migrations.Migration):
    """Needs PostgreSQL 15 or newer for NULLS NOT DISTINCT: a client address may be unknown."""

    dependencies: ClassVar = [("insights", "0002_relations")]

    operations: ClassVar = [
        migrations.RunSQL(EVENT_TABLES, "DROP TABLE insights_submission; DROP TABLE insights_loginfailure;"),
        migrations.RunSQL(
            MAKE_PARTITIONS, "DROP FUNCTION insights_make_partitions(timestamptz, timestamptz)"
        ),
        migrations.RunSQL(DROP_PARTITIONS, "DROP FUNCTION insights_drop_partitions(timestamptz)"),
        migrations.RunSQL(
            ROLLUP_KEYS,
            "ALTER TABLE insights_submissionday ADD PRIMARY KEY (id);"
            "ALTER TABLE insights_loginfailureday ADD PRIMARY KEY (id);"
            "DROP INDEX submissionday_key; DROP INDEX loginfailureday_key;",
        ),
        *(EnableRowSecurity(table) for table in ROW_SECURITY),
    ]
