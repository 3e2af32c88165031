"""A Celery worker beside the site that a browser looks at, on queues of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.conf import settings
from django.db import connection, connections
from redis import Redis

from project.celery import app
from tests.processes import PATIENCE_SECONDS, start

COMMAND = ("-m", "celery", "-A", "project.celery", "worker", "--concurrency", "1", "--loglevel", "WARNING")


@contextmanager
def worker(*, site: str, smtp_port: int) -> Iterator[subprocess.Popen[str]]:
    """Run a worker that mails to `smtp_port` with links to `site`; what this process queues goes to it alone."""
    prefix, usual = f"test-{uuid4().hex}-", app.conf.broker_transport_options
    environment = {
        "CELERY_KEY_PREFIX": prefix,
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "EMAIL_TIMEOUT": "60",
        "SITE_URL": site,
        "PYTHONWARNINGS": "default",  # where the suite runs as root, Celery warns of it
    }
    with start(*COMMAND, **environment) as process:
        _publish_with(usual | {"global_keyprefix": prefix})
        try:
            yield process
        finally:
            _publish_with(usual)
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)
            with Redis.from_url(settings.REDIS_URL) as broker:
                if keys := list(broker.scan_iter(f"{prefix}*")):
                    broker.delete(*keys)


def _publish_with(options: dict[str, object]) -> None:
    app.conf.broker_transport_options = options
    vars(app).pop("amqp", None)  # holds producers that were made with the former options


def end_other_sessions() -> None:
    """End what the site's threads have left open at the database, so that it can be emptied.

    This thread begins anew as well: a session that another part of it had opened may be among those ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND usename = current_user AND pid <> pg_backend_pid()"
        )
    connections.close_all()
