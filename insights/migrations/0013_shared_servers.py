"""Keep shared servers: whose their events are by rule, what was assigned, mirrors at customers and shares of imports."""

import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0012_syslog"),
        ("tenants", "0006_inbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.CharField(max_length=400, verbose_name="what")),
                ("moved", models.JSONField(default=dict)),
                ("events", models.BigIntegerField(default=0, verbose_name="events")),
                ("created_at", models.DateTimeField(verbose_name="assigned")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SharedRule",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "Account"),
                            ("prefix", "Account begins with"),
                            ("domain", "Domain"),
                            ("network", "Client network"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=320, verbose_name="value")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
            ],
            options={
                "verbose_name": "rule of shared servers",
                "verbose_name_plural": "rules of shared servers",
                "ordering": ["kind", "value", "id"],
            },
        ),
        migrations.AddField(
            model_name="logimport",
            name="assignment",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="logimport",
            name="shared_import",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="source",
            name="shared_from",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="logimport",
            name="kind",
            field=models.CharField(
                choices=[
                    ("file", "File"),
                    ("lines", "Log lines over the API"),
                    ("submissions", "Submissions over the API"),
                    ("login_failures", "Failed logins over the API"),
                    ("followed", "Lines of followed files"),
                    ("syslog", "Log lines over syslog"),
                    ("shared", "Share of a shared server's log"),
                ],
                default="file",
                editable=False,
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="logimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assignment__isnull", True), ("shared_import__isnull", False)),
                fields=("tenant", "shared_import"),
                name="share_once_an_import",
            ),
        ),
        migrations.AddConstraint(
            model_name="logimport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assignment__isnull", False)),
                fields=("tenant", "assignment", "shared_import"),
                name="share_once_an_assignment",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="sharedrule",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sharedrule",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenants.tenant",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="sharedrule",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="insights.source",
                verbose_name="server",
            ),
        ),
        migrations.AddField(
            model_name="sharedrule",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["tenant", "-created_at"], name="assignment_newest"),
        ),
        migrations.AddConstraint(
            model_name="sharedrule",
            constraint=models.UniqueConstraint(
                fields=("tenant", "source", "kind", "value"),
                name="shared_rule_once_a_value",
                nulls_distinct=False,
            ),
        ),
        EnableRowSecurity("insights_sharedrule"),
        EnableRowSecurity("insights_assignment"),
    ]
