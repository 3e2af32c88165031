"""Keep which column of a source's tables is what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0015_followed_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="mapping",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="columns"),
        ),
    ]
