"""Make partitions beside other sessions: look into the catalogue itself after waiting for one that makes the same.

`to_regclass` answers from a cache that still says “not there” when the wait for an advisory lock ends.
"""

from typing import ClassVar

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION insights_make_partitions(first_at timestamptz, last_at timestamptz) RETURNS integer
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
                IF {still_missing} THEN
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


def _function(still_missing: str) -> str:
    return _FUNCTION.format(still_missing=still_missing)


class Migration(migrations.Migration):
    """Replaces a function."""

    dependencies: ClassVar = [("insights", "0008_source_silence")]

    operations: ClassVar = [
        migrations.RunSQL(
            _function(
                "NOT EXISTS (SELECT FROM pg_class"
                " WHERE relname = child AND relnamespace = 'public'::regnamespace)"
            ),
            _function("to_regclass('public.' || child) IS NULL"),
        )
    ]
