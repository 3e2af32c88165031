"""A row's cells to a submission, a login or a refusal, or to what is wrong with which cell. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from insights.ingest.formats.columns.mapping import ColumnMapping, Field, RowKind
from insights.ingest.formats.columns.values import (
    count_of,
    mechanism_of,
    reason_of,
    recipients_of,
    tls_of,
)
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_HOST,
    MAX_QUEUE_ID,
    MAX_SENDER,
    LoginFailureRecord,
    SkipReason,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, sample_of, text_of

MOST: Final = 1_000_000
"""Of messages or recipients in one row."""
LARGEST: Final = 2**40
"""Of bytes in one row: sums over all days must fit a column."""
_NO_ADDRESS: Final = frozenset({b"", b"-", b"unknown", b"null", b"n/a", b"localhost"})


class Problem(NamedTuple):
    """What is wrong with a cell."""

    field: Field
    reason: SkipReason


class Passed(NamedTuple):
    """A row that is neither a message nor a refused login, as the mapping says."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells a row from others: the whole row, and how many like it came before within a minute."""

    base: bytes
    row: bytes
    ordinal: int


Read = SubmissionRecord | LoginFailureRecord | Passed | list[Problem]


def read_row(cells: Mapping[Field, bytes], micros: int, mapping: ColumnMapping, identity: Identity) -> Read:
    """Return what a row tells whose time is `micros`; `cells` has what is mapped, b"" where the row has nothing."""
    outcome = cells.get(Field.OUTCOME, b"").strip().decode("utf-8", "backslashreplace").lower()
    is_failure = False
    if Field.OUTCOME in mapping.columns:
        if outcome in mapping.other:
            return Passed()
        is_failure = outcome in mapping.failure or (not mapping.failure and outcome not in mapping.success)
        if not is_failure and mapping.success and outcome not in mapping.success:
            return [Problem(Field.OUTCOME, SkipReason.BAD_VALUE)]
    account = cells.get(Field.ACCOUNT, b"").strip()
    problems = [] if account or is_failure else [Problem(Field.ACCOUNT, SkipReason.NO_ACCOUNT)]
    client_ip = _address(cells.get(Field.CLIENT_IP, b""))
    if client_ip is None:
        problems.append(Problem(Field.CLIENT_IP, SkipReason.BAD_VALUE))
    numbers = {} if is_failure else _numbers(cells, problems)
    if problems or client_ip is None:
        return problems
    host = text_of(cells.get(Field.HOST, b"").strip(), MAX_HOST)
    mechanism = mechanism_of(_text(cells, Field.MECHANISM), mapping.mechanism_values)
    event = _identity(cells, micros, identity, "failure" if is_failure else "submission")
    if is_failure:
        words = cells.get(Field.REASON, b"").strip()
        return LoginFailureRecord(
            event,
            micros,
            host,
            text_of(account, MAX_FAILED_ACCOUNT),
            client_ip,
            mechanism,
            reason_of(_text(cells, Field.REASON)),
            sample_of(words)[:MAX_DETAIL],
        )
    name = text_of(account, MAX_ACCOUNT)
    is_login = mapping.rows is RowKind.LOGINS
    messages, recipients = numbers.get(Field.MESSAGES), numbers.get(Field.RECIPIENTS)
    count = 1 if messages is None else messages
    return SubmissionRecord(
        event,
        micros,
        host,
        text_of(cells.get(Field.ID, b"").strip(), MAX_QUEUE_ID),
        name,
        "" if is_login else text_of(_bare(cells.get(Field.SENDER, b"")), MAX_SENDER) or name,
        client_ip,
        tls_of(_text(cells, Field.TLS), mapping.tls_values),
        mechanism,
        0 if is_login else count if recipients is None else recipients,
        recipients is not None or is_login,
        None if is_login else numbers.get(Field.SIZE),
        0 if is_login else count,
        count if is_login else 0,
    )


def _numbers(cells: Mapping[Field, bytes], problems: list[Problem]) -> dict[Field, int | None]:
    """Return the numbers that the cells hold; None where a cell is empty."""
    numbers: dict[Field, int | None] = {}
    for field in (Field.RECIPIENTS, Field.MESSAGES, Field.SIZE):
        written = _text(cells, field).strip()
        if written in {"", "-"}:
            continue
        if field is Field.RECIPIENTS:
            number = recipients_of(written, most=MOST)
            number = number or None if number == 0 else number
            if number is None and written != "0":
                problems.append(Problem(field, SkipReason.BAD_VALUE))
        else:
            number = count_of(written, most=LARGEST if field is Field.SIZE else MOST)
            if number is None or (field is Field.MESSAGES and number == 0):
                problems.append(Problem(field, SkipReason.BAD_VALUE))
        numbers[field] = number
    return numbers


def _address(written: bytes) -> str | None:
    """Return the address in a cell, with its port or brackets left out; "" where there is none, None if it is bad."""
    text = written.strip()
    if text.lower() in _NO_ADDRESS:
        return ""
    bare = text
    if text[:1] == b"[":
        bare = text[1:].partition(b"]")[0]
    elif text.count(b":") == 1:
        bare = text.partition(b":")[0]
    return address_of(bare) or None


def _bare(written: bytes) -> bytes:
    """Return an address without the angle brackets around it; `<>` is the empty sender."""
    text = written.strip()
    return text[1:-1].strip() if text[:1] == b"<" and text[-1:] == b">" else text


def _text(cells: Mapping[Field, bytes], field: Field) -> str:
    return cells.get(field, b"").decode("utf-8", "backslashreplace")


def _identity(cells: Mapping[Field, bytes], micros: int, identity: Identity, kind: str) -> bytes:
    """Return the id: of time, host, account and the row's own id where it has one, else of the whole row."""
    own = cells.get(Field.ID, b"").strip()
    digest = blake2b(identity.base, digest_size=16)
    digest.update(b"\0%b\0%d\0" % (kind.encode(), micros))
    if own:
        parts = [own, *(cells.get(name, b"").strip() for name in (Field.HOST, Field.ACCOUNT))]
    else:
        parts = [identity.row, b"%d" % identity.ordinal]
    for part in parts:
        digest.update(b"%d:%b" % (len(part), part))
    return digest.digest()
