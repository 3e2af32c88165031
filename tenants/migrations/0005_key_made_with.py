import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_webhooks")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="made_with",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="made",
                to="tenants.apikey",
                verbose_name="made with the key",
            ),
        ),
    ]
