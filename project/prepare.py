"""Make a fresh clone usable: start the embedded servers when none are named, and migrate when needed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent
MIGRATED_MARK = ROOT / "var" / "embedded" / "migrated"


def servers() -> None:
    """Put the addresses of running servers into the environment, starting the embedded ones if needed.

    Does nothing when DATABASE_URL and REDIS_URL are both set, be it in the file .env: then real servers were
    chosen.
    """
    environ.Env.read_env(ROOT / ".env")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    from project import embedded

    urls = embedded.ensure()
    os.environ.setdefault("DATABASE_URL", urls.database_url)
    os.environ.setdefault("DATABASE_OWNER_URL", urls.database_owner_url)
    os.environ.setdefault("REDIS_URL", urls.redis_url)


def schema() -> None:
    """Migrate the embedded database when the migration files changed since the last time.

    A server named by DATABASE_URL is never migrated behind the operator's back.
    """
    from project import embedded
    from project.embedded import state

    urls = embedded.current(environ={})
    if urls is None or os.environ.get("DATABASE_URL") != urls.database_url:
        return
    wanted = f"{urls.database_url} {_digest_of_migrations()}"
    if _is_migrated(wanted):
        return
    import django
    from django.core.management import call_command

    # Of several commands that begin at once one migrates, and the others wait for it.
    with state.exclusive(MIGRATED_MARK.parent):
        if not _is_migrated(wanted):
            django.setup()
            call_command("migrate", verbosity=0, interactive=False)
            MIGRATED_MARK.write_text(wanted)


def _is_migrated(wanted: str) -> bool:
    return MIGRATED_MARK.exists() and MIGRATED_MARK.read_text() == wanted


def _digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
