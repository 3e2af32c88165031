"""Row-level security on the tenant-owned tables of this application."""

from typing import ClassVar

from django.db import migrations

from tenants.row_security import EnableRowSecurity


class Migration(migrations.Migration):
    """Binds every role, the owner included."""

    dependencies: ClassVar = [("reports", "0001_initial")]

    operations: ClassVar = [
        EnableRowSecurity("reports_reportrequest"),
        EnableRowSecurity("reports_reportrecipient"),
    ]
