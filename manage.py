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
    # Start-up makes a hundred thousand objects that all stay: looking for garbage among them, on the way in and again
    # on the way out, would take a tenth of a second of every command.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
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


if __name__ == "__main__":
    main()
