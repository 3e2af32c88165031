"""Tell other programs what happened: events are written with the fact, and sent with signatures until they arrive.

The messages are those of Standard Webhooks (https://www.standardwebhooks.com): headers `webhook-id`,
`webhook-timestamp`, `webhook-signature`; body `{"type": …, "timestamp": …, "data": {…}}`.
"""

from tenants.webhooks.announce import announce

__all__ = ["announce"]
