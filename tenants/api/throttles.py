"""Too fast: a token bucket for each key, person or address, in Redis; what is over it waits `Retry-After` seconds.

The bucket holds a minute's requests, so that a burst after a pause goes through.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import redis
import structlog
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tenants.api.auth import caller_of
from tenants.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)

# KEYS: the bucket. ARGV: tokens a second, size, now in seconds. Gives the seconds to wait, 0 when one was taken.
_TAKE = """
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local rate, size, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens, at = tonumber(kept[1]) or size, tonumber(kept[2]) or now
tokens = math.min(size, tokens + math.max(0, now - at) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(size / rate * 1000) + 1000)
return tostring(wait)
"""
_client: redis.Redis = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
_take = _client.register_script(_TAKE)


class RateThrottle(BaseThrottle):
    """Lets `settings.API_REQUESTS_A_MINUTE` through, for each caller."""

    name = "api"

    def __init__(self) -> None:
        self._wait = 0.0

    def rate(self) -> int:
        """Return the requests a minute."""
        return int(settings.API_REQUESTS_A_MINUTE)

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Take a token; without Redis everything goes through, because data matters more than the limit."""
        per_minute = self.rate()
        caller = caller_of(request)
        who = (
            caller.prefix if isinstance(caller, ApiKey) else caller.pk or request.META.get("REMOTE_ADDR", "")
        )
        bucket = f"{settings.CACHES['default']['KEY_PREFIX']}:throttle:{self.name}:{who}"
        try:
            answer: Any = _take(keys=[bucket], args=[per_minute / 60, per_minute, time.time()])
        except redis.RedisError as error:
            log.warning("api.unthrottled", reason=str(error))
            return True
        self._wait = float(answer)
        return self._wait == 0

    def wait(self) -> float:
        """Return the seconds until the next token."""
        return math.ceil(self._wait)


class IngestThrottle(RateThrottle):
    """Lets `settings.API_BATCHES_A_MINUTE` through, for each caller."""

    name = "ingest"

    def rate(self) -> int:
        """Return the batches a minute."""
        return int(settings.API_BATCHES_A_MINUTE)
