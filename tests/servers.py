"""A pytest plugin, loaded before Django's settings: the servers that the suite runs on, real ones in any case."""

import os

from project import prepare

prepare.servers()

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # In a parallel run each process has queues and a cache of its own, as it has a database of its own.
    os.environ["CELERY_KEY_PREFIX"] = os.environ["CACHE_PREFIX"] = f"{worker}-"
