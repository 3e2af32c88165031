"""Seal the client secrets again: the first version had a cipher of our own, which is opened here and nowhere else."""

import base64
import hmac

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from project.sealing import seal
from tenants.row_security import SETTING

_SALT = _MAC = 32
_BEGINNING = "s1:"
_INFO = b"smtp-auth-insights sealed secret 1"


def seal_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal every secret of the first version with the newest key; what no key opens stays, and is entered again."""
    rows = apps.get_model("insights", "GraphConnection")._base_manager.using(schema_editor.connection.alias)
    keys = [*settings.STORED_SECRET_KEYS.values(), settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    with schema_editor.connection.cursor() as cursor:
        # Row-level security binds the owner of the tables as well.
        cursor.execute(
            "SELECT set_config(%s, string_agg(id::text, ','), true) FROM tenants_tenant", [SETTING]
        )
    for row in rows.filter(sealed_secret__startswith=_BEGINNING):
        secret = _opened(row.sealed_secret, f"graph connection {row.pk}", keys)
        if secret is not None:
            about = f"tenant {row.tenant_id}, graph connection {row.pk}"
            rows.filter(pk=row.pk).update(sealed_secret=seal(secret, about=about, keys=keys))


def _opened(sealed: str, about: str, keys: list[str]) -> str | None:
    """Return what was sealed as `s1:name:base64(salt, MAC, text XOR HKDF's stream)`, None where no key opens it."""
    try:
        _version, name, packed = sealed.split(":")
        raw = base64.b64decode(packed, altchars=b"-_", validate=True)
    except ValueError:
        return None
    salt, mac, hidden = raw[:_SALT], raw[_SALT : _SALT + _MAC], raw[_SALT + _MAC :]
    covered = b"".join(
        len(part).to_bytes(4, "big") + part for part in (name.encode(), about.encode(), salt, hidden)
    )
    for key in keys:
        derived = _hkdf(key.encode(), salt, _MAC + len(hidden))
        if hmac.compare_digest(mac, hmac.digest(derived[:_MAC], covered, "sha256")):
            return bytes(one ^ other for one, other in zip(hidden, derived[_MAC:], strict=True)).decode()
    return None


def _hkdf(key: bytes, salt: bytes, length: int) -> bytes:
    pseudorandom, block, output = hmac.digest(salt, key, "sha256"), b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(pseudorandom, block + _INFO + bytes([number]), "sha256")
        output += block
    return output[:length]


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0016_source_mapping"),
    ]

    operations = [
        migrations.RunPython(seal_again, migrations.RunPython.noop),
    ]
