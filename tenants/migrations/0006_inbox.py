"""Tell a provider's inbox, where what its shared servers tell waits, from its customers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_key_made_with"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="kind",
            field=models.CharField(
                choices=[("customer", "Customer"), ("inbox", "Inbox of shared servers")],
                db_default="customer",
                default="customer",
                editable=False,
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "inbox"), _negated=True), ("provider__isnull", False), _connector="OR"
                ),
                name="inbox_of_a_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "inbox")), fields=("provider",), name="inbox_once_a_provider"
            ),
        ),
    ]
