"""Keep who sends over syslog, what of theirs was dropped, and where the listener listens; two more kinds of account."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

import tenants.models.api_key
from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0011_lines_read"),
        ("tenants", "0005_key_made_with"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SyslogListener",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("address", models.CharField(max_length=255, unique=True, verbose_name="address")),
                (
                    "takes_certificates",
                    models.BooleanField(default=False, verbose_name="takes client certificates"),
                ),
                ("began_at", models.DateTimeField(verbose_name="began")),
                ("seen_at", models.DateTimeField(verbose_name="seen")),
                ("refused", models.JSONField(default=dict, verbose_name="refused")),
            ],
            options={
                "verbose_name": "syslog listener",
                "verbose_name_plural": "syslog listeners",
                "ordering": ["address"],
            },
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
                ],
                default="file",
                editable=False,
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="SyslogDrop",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("reason", models.CharField(max_length=32, verbose_name="reason")),
                ("messages", models.BigIntegerField(default=0, verbose_name="messages")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                ("last_from", models.CharField(blank=True, max_length=45, verbose_name="from")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="syslog_drops",
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
                "verbose_name": "dropped syslog messages",
                "verbose_name_plural": "dropped syslog messages",
                "ordering": ["-day", "reason"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "source", "day", "reason"), name="syslog_drop_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SyslogSender",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fingerprint", "Fingerprint of its certificate"),
                            ("name", "Name in its certificate"),
                            ("address", "Address it sends to"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=255, verbose_name="known by")),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=43, validators=[tenants.models.api_key.validate_network]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="client networks",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used"),
                ),
                (
                    "last_used_from",
                    models.GenericIPAddressField(
                        blank=True, editable=False, null=True, verbose_name="last used from"
                    ),
                ),
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
                        related_name="syslog_senders",
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
                "verbose_name": "syslog sender",
                "verbose_name_plural": "syslog senders",
                "ordering": ["kind", "value"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "kind", "value"), name="syslog_sender_once_a_tenant"
                    )
                ],
            },
        ),
        EnableRowSecurity("insights_syslogdrop"),
        EnableRowSecurity("insights_syslogsender"),
    ]
