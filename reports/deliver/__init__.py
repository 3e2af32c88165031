"""Build a requested report and hand it to the mail server, once for each recipient, whatever fails on the
way.
"""

from reports.deliver.retries import MAX_ATTEMPTS, retry_at
from reports.deliver.run import deliver

__all__ = ["MAX_ATTEMPTS", "deliver", "retry_at"]
