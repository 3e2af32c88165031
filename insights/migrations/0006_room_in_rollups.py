"""Leave room in the roll-ups' pages: the rows of today are updated with every batch that comes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insights", "0005_drop_partitions_in_order")]
    operations = [
        migrations.RunSQL(
            sql=f"ALTER TABLE {table} SET (fillfactor = 75)",
            reverse_sql=f"ALTER TABLE {table} RESET (fillfactor)",
        )
        for table in ("insights_submissionday", "insights_loginfailureday")
    ]
