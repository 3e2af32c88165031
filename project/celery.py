"""The Celery application and the whole beat table: what runs when, in one place."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.schedules import crontab
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")


class RowFirstTask(DjangoTask[Any, Any]):
    """A task whose work stands in PostgreSQL already (docs/adr/0004)."""

    abstract = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]  # the stubs name a result
        """Queue the task once the row is committed.

        When the broker cannot be reached this is logged and nobody is sent away with an error, because nothing is
        lost: a task of the beat table finds the row.
        """

        def queue() -> None:
            self.delay(*args, **kwargs)

        transaction.on_commit(queue, robust=True)


app: Celery[RowFirstTask] = Celery("smtp_auth_insights", task_cls=RowFirstTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Tenants live in every zone, so the nightly work asks each hour whose night it is.
    "aggregate-closed-days": {"task": "insights.tasks.aggregate_closed_days", "schedule": crontab(minute=20)},
    "apply-retention": {"task": "insights.tasks.apply_retention", "schedule": crontab(minute=40, hour=2)},
    "make-partitions": {"task": "insights.tasks.make_partitions", "schedule": crontab(minute=5, hour="*/6")},
    # Redis is never the only copy: what a lost message left waiting in PostgreSQL is queued again.
    "resume-imports": {"task": "insights.tasks.resume_imports", "schedule": 60.0},
    "resume-report-requests": {"task": "reports.tasks.resume_report_requests", "schedule": 60.0},
    "watch-sources": {"task": "insights.tasks.watch_sources", "schedule": crontab(minute="*/10")},
    # Which connections are due is on them; the tick only looks.
    "poll-graph": {"task": "insights.tasks.poll_due_graph", "schedule": 60.0, "options": {"expires": 60}},
    # A tick that finds the one before still queued is dropped: each sends everything that is due.
    "send-webhooks": {
        "task": "tenants.tasks.send_webhooks",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "forget-webhook-log": {
        "task": "tenants.tasks.forget_webhook_log",
        "schedule": crontab(minute=55, hour=3),
    },
    "remove-expired-reports": {
        "task": "reports.tasks.remove_expired_reports",
        "schedule": crontab(minute=50, hour=3),
    },
}
