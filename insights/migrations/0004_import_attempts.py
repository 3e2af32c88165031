"""Count how often an import was begun, so that one which breaks its worker each time ends."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column with a default."""

    dependencies: ClassVar = [("insights", "0003_event_tables")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="logimport", name="attempts", field=models.PositiveSmallIntegerField(default=0)
        ),
    ]
