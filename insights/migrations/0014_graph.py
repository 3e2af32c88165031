"""Keep how Microsoft 365 directories are asked, and what message trace tells of their accounts; a kind of account."""

import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0013_shared_servers"),
        ("tenants", "0006_inbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("graph", "Sign-ins from Microsoft 365"),
                ],
                default="file",
                editable=False,
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="GraphConnection",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "cloud",
                    models.CharField(
                        choices=[
                            ("global", "Microsoft 365 (worldwide, GCC)"),
                            ("us-gov", "US Government (GCC High)"),
                            ("us-dod", "US Government (DoD)"),
                            ("china", "China (21Vianet)"),
                        ],
                        default="global",
                        max_length=16,
                        verbose_name="cloud",
                    ),
                ),
                ("directory_id", models.UUIDField(verbose_name="directory (tenant) ID")),
                ("client_id", models.UUIDField(verbose_name="application (client) ID")),
                ("sealed_secret", models.TextField(editable=False)),
                (
                    "secret_expires_on",
                    models.DateField(blank=True, null=True, verbose_name="the secret expires on"),
                ),
                (
                    "reads_non_interactive",
                    models.BooleanField(default=True, verbose_name="read non-interactive sign-ins too"),
                ),
                (
                    "reads_trace",
                    models.BooleanField(default=False, verbose_name="count messages with message trace"),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "read_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="read until"),
                ),
                (
                    "next_poll_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="next asked"),
                ),
                (
                    "polled_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last asked"),
                ),
                (
                    "succeeded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last success"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="fails since"),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="failures in a row"),
                ),
                ("last_error", models.TextField(blank=True, editable=False, verbose_name="last error")),
                (
                    "trace_error",
                    models.TextField(blank=True, editable=False, verbose_name="last error of message trace"),
                ),
                ("polls", models.JSONField(default=list, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="graph_connections",
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
                "verbose_name": "Microsoft 365 connection",
                "verbose_name_plural": "Microsoft 365 connections",
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "source"), name="graph_once_a_source"),
                    models.UniqueConstraint(fields=("tenant", "directory_id"), name="graph_once_a_directory"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GraphTraceDay",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("account", models.CharField(max_length=320, verbose_name="account")),
                ("messages", models.BigIntegerField(verbose_name="messages at most")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="insights.source"
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
                "verbose_name": "message trace of a day",
                "verbose_name_plural": "message traces of days",
                "ordering": ["-day", "account"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "source", "day", "account"), name="graph_trace_once_a_day"
                    )
                ],
            },
        ),
        EnableRowSecurity("insights_graphconnection"),
        EnableRowSecurity("insights_graphtraceday"),
    ]
