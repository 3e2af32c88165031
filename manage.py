#!/usr/bin/env python
"""Run Django's commands; without DATABASE_URL or REDIS_URL the embedded servers are started first."""

from __future__ import annotations

import atexit
import gc
import os
import sys

COMMANDS_WITHOUT_SERVERS = frozenset(
    {"collectstatic", "compilemessages", "help", "makemessages", "version", "--help", "--version", "-h"}
)


def main() -> None:
    """Prepare the servers that the command needs, then hand over to Django."""
    # Start-up makes a hundred thousand objects that all stay: no use in looking for garbage among them.
    gc.set_threshold(50_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "ingest":
        from insights.ingest import spare

        spare.make_ready(sys.argv[2:])
    if command not in COMMANDS_WITHOUT_SERVERS:
        from project import embedded, prepare

        try:
            prepare.servers()
        except embedded.EmbeddedError as error:
            sys.exit(f"{error}")
        if command not in {"migrate", "makemigrations", "check", "test", "shell", "dbshell"}:
            prepare.schema()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    _leave()


def _leave() -> None:
    """End at once: to take everything apart first, as Python does, takes a tenth of a second of every command."""
    from django.db import connections

    connections.close_all()
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
