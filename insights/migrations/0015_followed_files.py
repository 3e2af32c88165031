"""Keep where the reading of followed logs stands."""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0014_graph"),
        ("tenants", "0006_inbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowedFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("path", models.CharField(max_length=1024, verbose_name="file")),
                ("place", models.JSONField(default=dict, verbose_name="place")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_files",
                        to="insights.source",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name": "followed file",
                "verbose_name_plural": "followed files",
                "ordering": ["path"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "source", "path"), name="followed_file_once_a_source"
                    )
                ],
            },
        ),
        EnableRowSecurity("insights_followedfile"),
    ]
