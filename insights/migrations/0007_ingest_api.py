"""What the ingest API keeps: the day's accounts, answers by Idempotency-Key, and where older logs stand."""

import django.core.serializers.json
import django.db.models.deletion
import uuid6
from django.db import migrations, models

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0006_room_in_rollups"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IngestAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("caller", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255, verbose_name="Idempotency-Key")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "answer",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="LineFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("older_state", models.BinaryField(null=True)),
                (
                    "answers",
                    models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
            ],
        ),
        migrations.AddField(
            model_name="logimport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("file", "File"),
                    ("lines", "Log lines over the API"),
                    ("submissions", "Submissions over the API"),
                    ("login_failures", "Failed logins over the API"),
                ],
                default="file",
                editable=False,
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="logimport",
            name="received_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="logimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("received_on__isnull", False), ("status", "done")),
                fields=("tenant", "source", "kind", "received_on"),
                name="account_once_a_day",
            ),
        ),
        migrations.AddField(
            model_name="ingestanswer",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="linefeed",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="insights.source"
            ),
        ),
        migrations.AddField(
            model_name="linefeed",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="ingestanswer",
            index=models.Index(fields=["tenant", "created_at"], name="answer_by_age"),
        ),
        migrations.AddConstraint(
            model_name="ingestanswer",
            constraint=models.UniqueConstraint(fields=("tenant", "caller", "key"), name="answer_once_a_key"),
        ),
        migrations.AddConstraint(
            model_name="linefeed",
            constraint=models.UniqueConstraint(fields=("tenant", "source"), name="line_feed_once_a_source"),
        ),
        EnableRowSecurity("insights_linefeed"),
        EnableRowSecurity("insights_ingestanswer"),
    ]
