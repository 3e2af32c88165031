"""Keep which span of the log an import read, and what wrote its lines where none of them mattered."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that are empty or have a default: no row is written again."""

    dependencies: ClassVar = [("insights", "0010_logins")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="logimport",
            name="lines_from_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="logimport",
            name="lines_until_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="logimport", name="programs", field=models.JSONField(default=dict, editable=False)
        ),
    ]
