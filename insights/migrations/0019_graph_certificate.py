"""Keep the certificate that an application proves itself with; its key is the sealed secret."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0018_check_written_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="graphconnection",
            name="certificate",
            field=models.TextField(blank=True, editable=False, verbose_name="certificate"),
        ),
    ]
