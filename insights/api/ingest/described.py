"""How the ingest endpoints are described: bodies, answers, headers and examples for OpenAPI."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Final

import msgspec
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from insights.ingest.feeds.limits import MAX_BYTES, MAX_LINES, MAX_RECORD_BYTES, MAX_RECORDS
from insights.ingest.feeds.records import LoginFailureIn, SubmissionIn
from insights.ingest.feeds.stored_lines import REASONS_TOLD
from tenants.api.schema import problem

TAG: Final = "Ingest"
_MIB: Final = 1024 * 1024
NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")


def _schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON schema of a record without references."""
    _references, parts = msgspec.json.schema_components([kind], ref_template="{name}")

    def inlined(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return {**inlined(parts[node["$ref"]]), **{k: v for k, v in node.items() if k != "$ref"}}
            told = {name: inlined(value) for name, value in node.items() if name != "title"}
            if isinstance(told.get("description"), str):
                told["description"] = cleandoc(told["description"])
            return told
        return [inlined(value) for value in node] if isinstance(node, list) else node

    found: dict[str, Any] = inlined(parts[kind.__name__])
    return found


def batch_request(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the bodies of a batch by media type."""
    array = {"type": "array", "items": _schema_of(kind), "minItems": 1, "maxItems": MAX_RECORDS}
    lines = {"type": "string", "description": "A record a line, each as in the array."}
    return {"application/json": array, **dict.fromkeys(NDJSON, lines)}


_SHIPPED: Final[dict[str, Any]] = {
    "type": "object",
    "description": (
        "A line in `log`, `message`, `msg`, `MESSAGE`, `line` or `rawmsg`. Where it begins with no time stamp, one is"
        " made of the members beside it: time, host, program and process id, as syslog, journald and Vector name them."
    ),
    "additionalProperties": True,
}
_SHIPPED_LINES: Final = {
    "type": "string",
    "minLength": 1,
    "description": "A JSON object, or a log line, a line.",
}
LINES_REQUEST: Final[dict[str, Any]] = {
    "text/plain": {
        "type": "string",
        "minLength": 1,
        "description": "Log lines as the mail server wrote them.",
    },
    **{
        media_type: {"type": "string", "minLength": 1, "description": "A JSON object, or a log line, a line."}
        for media_type in NDJSON
    },
    "application/json": {"type": "array", "items": {"oneOf": [_SHIPPED, {"type": "string"}]}, "minItems": 1},
}


class RejectionSerializer(serializers.Serializer[Any]):
    """A record or a line that was not taken."""

    index = serializers.IntegerField(help_text="Which one of the body, counted from 0.")
    field = serializers.CharField(help_text="The member to blame; empty where it is the whole.")
    reason = serializers.CharField()


def _where() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    return {
        "source": serializers.CharField(help_text="The name of the source."),
        "import": serializers.UUIDField(help_text="The day's account of these; it is one of the imports."),
    }


def _what() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    return {
        "accepted": serializers.IntegerField(help_text="Events stored for the first time."),
        "duplicate": serializers.IntegerField(help_text="Events that were there before."),
        "rejected": RejectionSerializer(many=True),
    }


BATCH_ANSWER = inline_serializer("BatchAnswer", {**_where(), **_what()})
LINES_ANSWER = inline_serializer(
    "LinesAnswer",
    {
        **_where(),
        "lines": serializers.IntegerField(help_text="event + evidence + other + unrecognised."),
        "event": serializers.IntegerField(help_text="Lines that complete a submission or a refused login."),
        "evidence": serializers.IntegerField(help_text="Lines that an event rests on, now or later."),
        "other": serializers.IntegerField(help_text="Lines about something else."),
        "unrecognised": serializers.IntegerField(
            help_text=f"Lines that could not be used; the first {REASONS_TOLD} are in `rejected`."
        ),
        **_what(),
    },
)

HEADERS: Final = [
    OpenApiParameter(
        "Idempotency-Key",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="Up to 255 characters of your own. The same key with the same request gets the first answer for a"
        " day at least, with the header `Idempotent-Replay: true`; with another request 422.",
    ),
    OpenApiParameter(
        "Content-Encoding",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        enum=["gzip", "zstd", "identity"],
        description="How the body is packed; one encoding, not several.",
    ),
]
PROBLEMS: Final = {
    409: problem("The source is read in another way than this request says."),
    413: problem(
        f"More than {MAX_BYTES // _MIB} MiB unpacked, {MAX_RECORDS:,} records, {MAX_LINES:,} lines, or"
        f" {MAX_RECORD_BYTES // 1024} KiB in one line. Nothing of it was stored."
    ),
    415: problem("Not a type or an encoding that is read; encodings may not be stacked."),
    422: problem("The Idempotency-Key came before with another request. Nothing was stored."),
    503: problem(
        "The source is being read from a file, or counted anew. Send it again after `Retry-After` seconds."
    ),
}
TIME_ZONE = OpenApiParameter(
    "time_zone",
    OpenApiTypes.STR,
    description="The IANA zone of a source that is new, by default the tenant's. Another one than the zone of a source"
    " that is there is a 409.",
)


def answers(body: Any) -> dict[int, Any]:
    """Return everything that an ingest endpoint answers."""
    return {200: OpenApiResponse(body, "Committed: what is accepted is in the database."), **PROBLEMS}


_ACCOUNT: Final = "019ab2f4-7d1e-7c3a-9a51-5b8e6f0c2d11"
SUBMISSION: Final = {
    "occurred_at": "2026-11-17T08:11:05Z",
    "account": "anna@acme.example",
    "client_ip": "192.0.2.10",
    "tls_version": "TLS1.3",
    "mechanism": "PLAIN",
    "recipients": 2,
    "size_bytes": 18342,
    "host": "mx1",
    "queue_id": "4XQhYt1Zq9z3w",
}
LOGIN_FAILURE: Final = {
    "occurred_at": "2026-11-17T08:11:05Z",
    "account": "admin",
    "client_ip": "203.0.113.9",
    "mechanism": "LOGIN",
    "reason": "wrong_credentials",
    "detail": "authentication failure",
    "host": "mx1",
    "id": "mx1-48213-7",
}
LOG_LINES: Final = (
    "Nov 17 08:11:04 mx1 postfix/submission/smtpd[2112]: 4XQhYt1Zq9: client=unknown[192.0.2.10], sasl_method=PLAIN,"
    " sasl_username=anna@acme.example\n"
    "Nov 17 08:11:05 mx1 postfix/qmgr[811]: 4XQhYt1Zq9: from=<anna@acme.example>, size=18342, nrcpt=2 (queue active)\n"
)
_FLUENT_BIT: Final = [{"date": 1795162264.25, "log": line} for line in LOG_LINES.splitlines()]


def batch_examples(record: dict[str, Any], field: str) -> list[OpenApiExample]:
    """Return a body and an answer."""
    ndjson = msgspec.json.encode(record).decode() + "\n"
    told = {
        "source": "relay",
        "import": _ACCOUNT,
        "accepted": 998,
        "duplicate": 1,
        "rejected": [{"index": 17, "field": field, "reason": "is no IP address"}],
    }
    return [
        OpenApiExample("An array", value=[record], request_only=True, media_type="application/json"),
        *(
            OpenApiExample("A record a line", value=ndjson, request_only=True, media_type=one)
            for one in NDJSON
        ),
        OpenApiExample("One of a thousand cannot be", value=told, response_only=True, status_codes=["200"]),
    ]


LINES_EXAMPLES: Final = [
    OpenApiExample("Lines of a file", value=LOG_LINES, request_only=True, media_type="text/plain"),
    OpenApiExample("Fluent Bit", value=_FLUENT_BIT, request_only=True, media_type="application/json"),
    *(
        OpenApiExample(
            "Fluent Bit, Vector, rsyslog",
            value="".join(msgspec.json.encode(one).decode() + "\n" for one in _FLUENT_BIT),
            request_only=True,
            media_type=media_type,
        )
        for media_type in NDJSON
    ),
    OpenApiExample(
        "Two lines of one message",
        value={
            "source": "mx1",
            "import": _ACCOUNT,
            "lines": 2,
            "event": 1,
            "evidence": 1,
            "other": 0,
            "unrecognised": 0,
            "accepted": 1,
            "duplicate": 0,
            "rejected": [],
        },
        response_only=True,
        status_codes=["200"],
    ),
]
SUBMISSIONS_REQUEST: Final = batch_request(SubmissionIn)
FAILURES_REQUEST: Final = batch_request(LoginFailureIn)
