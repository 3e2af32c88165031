from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from tenants.row_security import CheckWrittenRows


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0017_seal_with_aes_gcm")]

    operations: ClassVar = [
        CheckWrittenRows("insights_submission"),
        CheckWrittenRows("insights_submissionday"),
        CheckWrittenRows("insights_loginfailure"),
        CheckWrittenRows("insights_loginfailureday"),
    ]
