"""The background work of tenants: messages to webhooks. They stand in PostgreSQL before anything is queued."""

from __future__ import annotations

from django.utils import timezone

from project.celery import app
from tenants.webhooks.log import forget
from tenants.webhooks.send import send_due


@app.task
def send_webhooks() -> None:
    """Send every message that is due; returns at once while another worker does."""
    send_due(clock=timezone.now)


@app.task
def forget_webhook_log() -> None:
    """Delete what webhooks were told more than thirty days ago."""
    forget(now=timezone.now())
