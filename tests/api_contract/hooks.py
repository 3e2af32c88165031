"""What schemathesis has to be told: how NDJSON is written. Loaded by its own process, which knows no Django."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/ndjson", "application/jsonl")
def ndjson(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Write a value a line; what is no list is one line."""
    if isinstance(value, bytes):
        return value
    lines = value if isinstance(value, list) else [value]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
