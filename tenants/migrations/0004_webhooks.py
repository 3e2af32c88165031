import django.contrib.postgres.fields
import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What receives it: “PSA tickets”.", max_length=100, verbose_name="name"
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        help_text="Events are sent there with POST, as JSON.",
                        max_length=500,
                        verbose_name="address",
                    ),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("report.sent", "A requested report was sent"),
                                ("report.failed", "A requested report was given up"),
                                ("import.finished", "A log was read, or refused"),
                                ("source.silent", "A source sends nothing for longer than usual"),
                                ("source.resumed", "A silent source sends again"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                        verbose_name="events",
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        default=True,
                        help_text="Off: nothing is sent, and nothing is kept for it.",
                        verbose_name="on",
                    ),
                ),
                (
                    "off_reason",
                    models.TextField(blank=True, editable=False, verbose_name="why it was switched off"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="failing since"),
                ),
                (
                    "delivered_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last delivered"
                    ),
                ),
                ("salt", models.BinaryField(max_length=32)),
                ("pepper", models.CharField(editable=False, max_length=16)),
                ("old_salt", models.BinaryField(blank=True, max_length=32, null=True)),
                ("old_pepper", models.CharField(blank=True, editable=False, max_length=16)),
                (
                    "old_until",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="old secret valid until"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="tenants.provider",
                        verbose_name="provider",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="tenants.tenant",
                        verbose_name="tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("report.sent", "A requested report was sent"),
                            ("report.failed", "A requested report was given up"),
                            ("import.finished", "A log was read, or refused"),
                            ("source.silent", "A source sends nothing for longer than usual"),
                            ("source.resumed", "A silent source sends again"),
                        ],
                        max_length=40,
                        verbose_name="event",
                    ),
                ),
                ("body", models.TextField(verbose_name="body")),
                ("created_at", models.DateTimeField(verbose_name="happened")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook event",
                "verbose_name_plural": "webhook events",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt")),
                ("tries", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="tenants.webhook",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.webhookevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(("provider__isnull", True), ("tenant__isnull", True), _connector="XOR"),
                name="webhook_at_one_place",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookevent",
            index=models.Index(fields=["tenant", "created_at"], name="webhook_event_by_age"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-created_at", "-id"], name="webhook_delivery_newest"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["next_attempt_at"],
                name="webhook_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["created_at"], name="webhook_delivery_by_age"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "waiting"), ("next_attempt_at__isnull", True), _connector="XOR"),
                name="webhook_delivery_waits_for_something",
            ),
        ),
        EnableRowSecurity("tenants_webhookevent"),
    ]
