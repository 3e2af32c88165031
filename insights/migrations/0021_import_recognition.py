"""Imports keep what their format was recognised as, and how sure."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0020_sources_of_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="logimport",
            name="recognised",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
