"""Refused logins: what tells of one, and that no password is kept."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts
from tests.insights.ingest.formats.haraka.reading import (
    DELAYED,
    SECRET,
    TICKET,
    UUID,
    connect,
    ended,
    log,
    login,
    read,
    taken,
    tried,
)


@pytest.mark.parametrize(
    ("before", "delayed", "account", "mechanism"),
    [
        ((), DELAYED, "", "PLAIN/LOGIN"),
        ((TICKET, tried()), DELAYED, "", "CRAM-MD5"),
        ((), DELAYED.replace("auth/flat_file", "auth-ldap"), "", "unknown"),
        ((), "[auth/flat_file] delaying response for 4 seconds", "", "PLAIN/LOGIN"),
        (('[auth/auth_proxy] AUTH user="admin" host="x" success=false',), DELAYED, "admin", "PLAIN/LOGIN"),
        (('[auth/auth_proxy] AUTH user="a" error="not in required format"',), DELAYED, "a", "PLAIN/LOGIN"),
    ],
)
def test_refused_logins(before: tuple[str, ...], delayed: str, account: str, mechanism: str) -> None:
    batch = read(log(connect(), *before, delayed, tried(), ended("N")))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism, found.reason) == (
        account,
        "192.0.2.4",
        mechanism,
        FailureReason.WRONG_CREDENTIALS,
    )
    assert batch.counts == LineCounts(event=1, evidence=3 + len(before))


def test_refused_logins_of_one_moment_are_told_apart() -> None:
    batch = read(log(connect(), DELAYED, DELAYED) + log(connect(), DELAYED, uuid="0" * 36))
    assert len({failure.id for failure in batch.failures}) == 3


def test_mechanism_and_name_are_of_one_attempt() -> None:
    failed = '[auth/auth_proxy] AUTH user="admin" success=false'
    batch = read(log(connect(), TICKET, tried(), failed, DELAYED, DELAYED))
    assert [(f.account, f.mechanism) for f in batch.failures] == [("admin", "CRAM-MD5"), ("", "PLAIN/LOGIN")]


def test_login_after_a_refused_one() -> None:
    batch = read(log(connect(), DELAYED, tried(), login(), *taken(), ended()))
    assert (len(batch.submissions), len(batch.failures)) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        f"[INFO] [{UUID}] {tried(SECRET)}",
        f"[INFO] [{UUID}] {tried(SECRET)}".replace('"', ""),
        f'{{"uuid":"{UUID}","origin":"core","message":"","hook":"unrecognized_command","params":"{SECRET}"}}',
        f"level=INFO uuid={UUID} origin=core hook=unrecognized_command params={SECRET} retval=OK",
        f"[PROTOCOL] [{UUID}] [core] C: AUTH PLAIN {SECRET} state=1",
    ],
)
def test_no_password_is_kept(body: str) -> None:
    """Neither in an event, nor in the saved state, nor in a sample."""
    data = log(connect()) + f"2026-06-03T10:40:57Z {body}\n".encode() + log(*taken(), ended())
    assert SECRET[:8] not in repr(read(data))
    later = read(f"Abc  3 10:40:57 {body}\n".encode())
    assert len(later.skipped) == 1
    assert SECRET[:8] not in repr(later)
