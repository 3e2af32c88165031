"""Builds the records of accepted messages and refused logins, with ids that a replay gives again."""

from hashlib import blake2b
from typing import Any, Final

from insights.enums import FailureReason
from insights.ingest.formats.postfix.refusals import names_this_attempt, reason_of
from insights.ingest.formats.postfix.sessions import Held, Pending
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_HOST,
    MAX_MECHANISM,
    MAX_SENDER,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, remembered, text_of

_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__
_USERNAME: Final = b", sasl_username="


class Events:
    """Collects records of one feed; between feeds it remembers only how often a failure line was seen."""

    def __init__(self, *, source_key: str) -> None:
        self._accepted: list[tuple[Pending, int, bytes, int | None, int, bool]] = []
        self._base = blake2b(source_key.encode() + b"\0", digest_size=16)
        self._accounts: dict[bytes, str] = {}
        self._senders: dict[bytes, str] = {}
        self._hosts: dict[bytes, str] = {}
        self._addresses: dict[bytes, str] = {}
        self._account = remembered(lambda raw: text_of(raw, MAX_ACCOUNT), self._accounts)
        self._sender = remembered(lambda raw: text_of(raw, MAX_SENDER), self._senders)
        self._host = remembered(lambda raw: text_of(raw, MAX_HOST), self._hosts)
        self._address = remembered(address_of, self._addresses)
        self._refused = Refused(source_key=source_key)

    def accept(self, pending: Pending, micros: int, sender: bytes, size: int | None, recipients: int) -> None:
        """Note a message that the server took over at `micros`; its record is made when it is handed over."""
        self._accepted.append((pending, micros, sender, size, recipients, True))

    def accept_held(self, held: Held) -> None:
        """Record a held or discarded message, whose recipients the log does not tell."""
        self._accepted.append((held.pending, held.micros, held.sender, None, 1, False))

    def refuse(self, seen: Seen, *, client_ip: bytes, mechanism: bytes, answer: bytes | None) -> None:
        """Record refused logins; `answer` is what follows "failed:", None when the client cancelled."""
        account, detail, reason = "", "", FailureReason.CANCELLED
        if answer is not None:
            raw_detail, _, raw_account = answer.partition(_USERNAME)
            detail = text_of(raw_detail.strip(), MAX_DETAIL)
            reason = reason_of(detail)
            if raw_account != b"(unavailable)" and names_this_attempt(detail):
                account = text_of(raw_account, MAX_FAILED_ACCOUNT)
        named = text_of(mechanism.upper(), MAX_MECHANISM) or UNKNOWN_MECHANISM
        self._refused.add(
            seen, account=account, client_ip=client_ip, mechanism=named, reason=reason, detail=detail
        )

    def limit(self, seen: Seen, *, client_ip: bytes) -> None:
        """Record AUTH commands that the server refused because there were too many."""
        self._refused.add(
            seen,
            account="",
            client_ip=client_ip,
            mechanism=UNKNOWN_MECHANISM,
            reason=FailureReason.POLICY,
            detail="AUTH command rate limit exceeded",
        )

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over what was collected."""
        records = self._records()
        self._accepted = []
        return records, self._refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self._refused.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self._refused.forget()

    def dump(self) -> list[list[Any]]:
        """Return the counts of failures as plain data."""
        return self._refused.dump()

    def load(self, data: list[list[Any]]) -> None:
        """Take up what `dump` gave."""
        self._refused.load(data)

    def _records(self) -> list[SubmissionRecord]:
        """Make the records of accepted messages; the id of each rests on its `client=` line."""
        base, join = self._base, b"\0".join
        accounts, senders, hosts, addresses = self._accounts, self._senders, self._hosts, self._addresses
        records = []
        for waiting, micros, sender, size, recipients, exact in self._accepted:
            opened, host, queue_id, pid, account, client_ip, tls, mechanism = waiting
            digest = base.copy()
            digest.update(join((host, queue_id, opened.to_bytes(8, "big"), pid, account, client_ip)))
            try:
                account_text, sender_text = accounts[account], senders[sender]
                host_text, address = hosts[host], addresses[client_ip]
            except KeyError:
                account_text, sender_text = self._account(account), self._sender(sender)
                host_text, address = self._host(host), self._address(client_ip)
            records.append(
                _new(
                    SubmissionRecord,
                    (
                        digest.digest(), micros, host_text, queue_id.decode(), account_text, sender_text, address,
                        tls, mechanism, recipients, exact, size, 1, 0,
                    ),
                )
            )  # fmt: skip
        return records
