"""Sources that a connection to Microsoft 365 feeds take sign-ins in files as well, with the same ids."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tenants.row_security import SETTING


def take_files(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        # Row-level security binds the owner of the tables as well.
        cursor.execute(
            "SELECT set_config(%s, string_agg(id::text, ','), true) FROM tenants_tenant", [SETTING]
        )
    fed = apps.get_model("insights", "GraphConnection")._base_manager.using(alias).values("source_id")
    sources = apps.get_model("insights", "Source")._base_manager.using(alias)
    sources.filter(format="events", pk__in=fed).update(format="entra")


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0019_graph_certificate"),
    ]

    operations = [
        migrations.RunPython(take_files, migrations.RunPython.noop),
    ]
