"""Count logins of which a source tells no message: an event has messages or logins, and a day has both."""

from typing import ClassVar

from django.db import migrations, models

_COUNTS_A_MESSAGE = """
ALTER TABLE insights_submission DROP CONSTRAINT submission_counts_a_message;
ALTER TABLE insights_submission ADD CONSTRAINT submission_counts_something
    CHECK (messages >= 0 AND logins >= 0 AND messages + logins > 0);
"""
_ONLY_MESSAGES = """
ALTER TABLE insights_submission DROP CONSTRAINT submission_counts_something;
ALTER TABLE insights_submission ADD CONSTRAINT submission_counts_a_message CHECK (messages > 0);
"""


class Migration(migrations.Migration):
    """Columns with a default of the database's own: no row is written again."""

    dependencies: ClassVar = [("insights", "0009_partitions_seen_after_waiting")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="submission",
            name="logins",
            field=models.IntegerField(db_default=0, verbose_name="logins without a message"),
        ),
        migrations.AddField(
            model_name="submissionday",
            name="logins",
            field=models.BigIntegerField(db_default=0, verbose_name="logins without a message"),
        ),
        migrations.RunSQL(_COUNTS_A_MESSAGE, _ONLY_MESSAGES),
    ]
