"""The Celery application and the whole beat table: what runs when, in one place."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app: Celery[DjangoTask[Any, Any]] = Celery("smtp_auth_insights", task_cls=DjangoTask)
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
    "remove-expired-reports": {
        "task": "reports.tasks.remove_expired_reports",
        "schedule": crontab(minute=50, hour=3),
    },
}
