"""Graph is asked with patience, with a token that is good, page by page, at its own address and within bounds."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from insights.connectors.graph.client import GraphClient, graph_client
from insights.connectors.graph.clouds import Endpoints
from insights.connectors.graph.questions import sign_ins
from insights.connectors.graph.refusals import GraphError, Throttled
from insights.connectors.graph.token import Credentials
from insights.connectors.graph.wire import Unreachable
from tests.insights.connectors.graph.directory import (
    CLIENT,
    DIRECTORY,
    NOW,
    SECRET,
    Directory,
    Fault,
    login_error,
    refusal,
    serving,
    sign_in,
)


class Hands:
    """A client with a clock that goes on while it sleeps."""

    def __init__(self, directory: Directory, **other: Any) -> None:
        endpoints = Endpoints(directory.url, directory.url)
        entered = {"directory_id": DIRECTORY, "client_id": CLIENT, "secret": SECRET, **other}
        self.now = NOW
        self.slept: list[float] = []
        self.credentials = Credentials(endpoints, **entered)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def ids(self, *, on_page: Any = None) -> list[str]:
        """Return the ids of the sign-ins of the last day; `on_page` is called after each page."""
        with graph_client(self.credentials, clock=self.clock, sleep=self.sleep) as client:
            return list(_ids(client, on_page))


def _ids(client: GraphClient, on_page: Any) -> Iterator[str]:
    question = sign_ins(NOW - timedelta(days=1), NOW, non_interactive=True)
    for page in client.pages(question.path, question.parameters, permission=question.permission):
        yield from (one["id"] for one in page.values)
        if on_page is not None:
            on_page()


@pytest.fixture
def directory() -> Iterator[Directory]:
    served = Directory()
    served.sign_ins = [sign_in(number, at=NOW - timedelta(minutes=number)) for number in range(1, 8)]
    with serving(served):
        yield served


EVERY = [sign_in(number)["id"] for number in range(1, 8)]


def test_pages_are_followed_to_the_last(directory: Directory) -> None:
    directory.page_size = 3
    assert Hands(directory).ids() == EVERY
    assert (len(directory.asked), directory.logins) == (3, 1)


@pytest.mark.parametrize(
    ("status", "headers", "slept"),
    [
        (429, {"Retry-After": "7"}, 7),
        (503, {"Retry-After": "3"}, 3),
        (429, {"Retry-After": format_datetime(NOW + timedelta(seconds=40), usegmt=True)}, 40),
        (503, {"Retry-After": format_datetime(NOW - timedelta(seconds=40), usegmt=True)}, 0),
    ],
)
def test_busy_answer_is_waited_out_as_long_as_it_asks(
    directory: Directory, status: int, headers: dict[str, str], slept: float
) -> None:
    directory.faults.append(Fault(status, headers=headers))
    hands = Hands(directory)
    assert hands.ids() == EVERY
    if slept:
        assert hands.slept == [slept]
    else:
        assert [0 < one <= 3 for one in hands.slept] == [True]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "-5"}])
def test_busy_answer_that_asks_nothing_is_waited_out_longer_each_time(
    directory: Directory, headers: dict[str, str]
) -> None:
    directory.faults.extend(Fault(status, headers=headers) for status in (500, 502, 503, 504))
    hands = Hands(directory)
    assert hands.ids() == EVERY
    bounds = [(1.5, 2.5), (3, 5), (6, 10), (12, 20)]
    assert [low <= one <= high for one, (low, high) in zip(hands.slept, bounds, strict=True)] == [True] * 4


def test_busy_for_too_long_is_given_up_with_what_was_asked_for(directory: Directory) -> None:
    directory.faults.extend([Fault(429, headers={"Retry-After": "5"})] * 5)
    hands = Hands(directory)
    with pytest.raises(Throttled, match="too many requests") as failed:
        hands.ids()
    assert (failed.value.retry_after, hands.slept) == (timedelta(seconds=5), [5, 5, 5, 5])


def test_long_wait_is_left_to_the_next_asking(directory: Directory) -> None:
    directory.faults.append(Fault(503, headers={"Retry-After": "86400"}))
    hands = Hands(directory)
    with pytest.raises(Throttled, match="status 503") as failed:
        hands.ids()
    assert (failed.value.retry_after, hands.slept) == (timedelta(hours=6), [])


def test_log_in_is_waited_out_too(directory: Directory) -> None:
    directory.login_faults.append(Fault(429, headers={"Retry-After": "9"}))
    hands = Hands(directory)
    assert (hands.ids(), hands.slept) == (EVERY, [9])


def test_token_is_renewed_before_it_ends_between_two_pages(directory: Directory) -> None:
    directory.page_size = 3
    hands = Hands(directory)

    def an_hour_passes() -> None:
        directory.end_tokens()
        hands.now += timedelta(hours=1)

    assert hands.ids(on_page=an_hour_passes) == EVERY
    # Each page is asked for once: nobody was refused.
    assert (directory.logins, len(directory.asked)) == (3, 3)


def test_token_that_is_refused_is_renewed_once(directory: Directory) -> None:
    directory.page_size = 3
    assert Hands(directory).ids(on_page=directory.end_tokens) == EVERY
    assert (directory.logins, len(directory.asked)) == (3, 5)


def test_fresh_token_that_is_refused_is_an_error(directory: Directory) -> None:
    directory.faults.extend([Fault(401, refusal("InvalidAuthenticationToken", "Wrong audience."))] * 2)
    with pytest.raises(GraphError, match=r"does not accept the token, though it is fresh\. .*Wrong audience"):
        Hands(directory).ids()
    assert directory.logins == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            Fault(
                403,
                refusal(
                    "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                    "Neither tenant is B2C or tenant doesn't have premium license",
                ),
            ),
            r"no licence for Microsoft Entra ID P1 or P2",
        ),
        (Fault(403, refusal("UnknownError", "tenant doesn't have premium license")), r"P1 or P2"),
        (
            Fault(403, refusal("Authentication_MSGraphPermissionMissing")),
            r"lacks the application permission AuditLog\.Read\.All",
        ),
        (Fault(403, refusal("Authorization_RequestDenied")), r"administrator has not consented"),
        (Fault(403, refusal("accessDenied", "Blocked.")), r"permission AuditLog\.Read\.All.*Blocked"),
        (Fault(403, b"<html>"), r"Graph refuses the application"),
        (Fault(400, refusal("BadRequest", "Invalid filter")), r"status 400\. BadRequest: Invalid filter"),
        (Fault(200, b"{"), r"something else than a list, or with JSON that breaks off"),
        (Fault(200, b"[]"), r"something else than a list"),
        (Fault(200, b'{"value": 7}'), r"something else than a list"),
        (Fault(200, b'{"value": []}' + b" " * 64), None),
        (Fault(200, b"[" * 200_000), r"something else than a list"),
        (Fault(302, headers={"Location": "http://127.0.0.1:9/"}), r"status 302"),
        (Fault(200, b"not gzip", {"Content-Encoding": "gzip"}), r"could not be reached"),
    ],
)
def test_other_answers_are_said_in_words(directory: Directory, fault: Fault, words: str | None) -> None:
    directory.faults.extend([fault] * 5)
    if words is None:
        assert Hands(directory).ids() == []
        return
    with pytest.raises(GraphError, match=words):
        Hands(directory).ids()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (7000215, r"refuses the client secret.*AADSTS7000215"),
        (7000222, r"has expired"),
        (700016, r"does not know this application"),
        (90002, r"knows no directory"),
        (4711, r"status 401\. AADSTS4711: Something is wrong"),
    ],
)
def test_refused_log_in_is_said_in_words(directory: Directory, code: int, words: str) -> None:
    directory.login_faults.append(Fault(401, login_error(code)))
    with pytest.raises(GraphError, match=words):
        Hands(directory).ids()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"access_token": ""}', b'{"access_token": 7}', b'{"access_token": "a\\r\\nHost: x"}'],
)
def test_log_in_without_a_token_is_an_error(directory: Directory, body: bytes) -> None:
    directory.login_faults.append(Fault(200, body))
    with pytest.raises(GraphError, match="something else than a token"):
        Hands(directory).ids()


def test_answer_that_breaks_off_is_asked_for_again(directory: Directory) -> None:
    directory.faults.append(Fault(200, b'{"value": []}', breaks_off=True))
    assert Hands(directory).ids() == EVERY


def test_answer_that_always_breaks_off_is_an_error(directory: Directory) -> None:
    directory.faults.extend([Fault(200, b'{"value": []}', breaks_off=True)] * 5)
    with pytest.raises(Unreachable, match="could not be reached"):
        Hands(directory).ids()


def test_huge_answer_is_not_read_to_its_end(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.connectors.graph.client.PAGE_BYTES", 1 << 20)
    directory.faults.append(Fault(200, b'{"value": []}'.ljust((1 << 20) + 1)))
    with pytest.raises(GraphError, match="more than 1 MiB"):
        Hands(directory).ids()


@pytest.mark.parametrize(
    "other", ["http://localhost", "https://127.0.0.1", "http://u:p@127.0.0.1", "//evil.example"]
)
def test_next_page_at_another_address_is_not_asked_for(directory: Directory, other: str) -> None:
    directory.page_size = 3
    port = directory.url.rpartition(":")[2]
    directory.next_link_at = other if other.startswith("//") else f"{other}:{port}"
    with pytest.raises(GraphError, match="another address than Graph's own"):
        Hands(directory).ids()
    assert len(directory.asked) == 1


def test_pages_in_a_circle_are_given_up(directory: Directory) -> None:
    def page(link: str) -> Fault:
        return Fault(200, json.dumps({"value": [], "@odata.nextLink": directory.url + link}).encode())

    directory.faults.extend([page("/a"), page("/b"), page("/a"), page("/b")])
    with pytest.raises(GraphError, match="do not come to an end"):
        Hands(directory).ids()


def test_nobody_there_is_an_error(directory: Directory) -> None:
    hands = Hands(directory)
    gone = Endpoints("http://127.0.0.1:9", "http://127.0.0.1:9")
    hands.credentials = Credentials(gone, DIRECTORY, CLIENT, SECRET)
    with pytest.raises(Unreachable, match="could not be reached"):
        hands.ids()
    assert len(hands.slept) == 4


def test_secret_and_token_stand_in_no_log_and_no_representation(
    directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    said = json.dumps({"error": "invalid", "error_description": f"Bad value {SECRET} given."}).encode()
    hands = Hands(directory)
    with caplog.at_level(logging.DEBUG):
        assert hands.ids() == EVERY
        directory.login_faults.append(Fault(400, said))
        with pytest.raises(GraphError) as failed:
            hands.ids()
    texts = [caplog.text, repr(hands.credentials), str(failed.value), repr(failed.getrepr(showlocals=False))]
    assert [text for text in texts if SECRET in text or directory.tokens[0] in text] == []
    assert str(failed.value).endswith("Bad value [removed] given.")
