"""A certificate is read as people paste it, refused in words, and proves the application to the log-in service."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insights.connectors.graph.certificate import (
    BadCertificate,
    assertion,
    fingerprint,
    read_certificate,
)
from insights.connectors.graph.manage import change_connection
from insights.connectors.graph.refusals import GraphError
from insights.models import GraphConnection
from tenants.scope import tenant_scope
from tests.insights.connectors.graph.certificates import UNTIL, claims_of, pair
from tests.insights.connectors.graph.conftest import Connected, wanted
from tests.insights.connectors.graph.directory import CLIENT, NOW, Directory, Fault, serving, sign_in
from tests.insights.connectors.graph.test_client import EVERY, Hands

ONE, OTHER = pair("one"), pair("other")


@pytest.mark.parametrize(
    "entered",
    [
        ONE.both,
        f"{ONE.certificate}{ONE.key}",
        f"{ONE.certificate}{ONE.traditional}",
        f"{OTHER.certificate}\n{ONE.certificate}\nBag Attributes\n  friendlyName: x\n{ONE.key}",
        ONE.both.replace("\n", "\r\n"),
    ],
)
def test_certificate_and_key_are_read_in_any_order(entered: str) -> None:
    found = read_certificate(entered)
    assert (found.pem, found.key, found.expires_at) == (ONE.certificate, ONE.key, UNTIL)
    assert ONE.key.splitlines()[1] not in repr(found)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("", "There is no private key"),
        (ONE.certificate, "There is no private key"),
        (ONE.key, "No certificate in it belongs to the private key"),
        (f"{ONE.key}{OTHER.certificate}", "No certificate in it belongs to the private key"),
        (f"{ONE.both}{OTHER.key}", "more than one private key"),
        (f"{ONE.protected}{ONE.certificate}", "protected by a passphrase"),
        (f"{ONE.key[:400]}\n-----END PRIVATE KEY-----\n{ONE.certificate}", "private key is damaged"),
        (f"{ONE.key}{ONE.certificate[:400]}\n-----END CERTIFICATE-----", "certificate is damaged"),
        (pair(bits=1024).both, "2,048 to 8,192 bits"),
        (pair(bits=0).both, "a key of RSA"),
    ],
)
def test_what_is_no_pair_is_said_in_words(entered: str, words: str) -> None:
    with pytest.raises(BadCertificate, match=words):
        read_certificate(entered)


def test_fingerprint_is_that_of_entras_pages() -> None:
    shown = fingerprint(ONE.certificate)
    assert (len(shown), shown, shown == fingerprint(OTHER.certificate)) == (40, shown.upper(), False)


def test_assertion_has_the_claims_that_entra_wants() -> None:
    signed = assertion(
        certificate=ONE.certificate,
        key=ONE.key,
        client_id=CLIENT,
        audience="https://login.example/token",
        now=NOW,
    )
    claims = claims_of(signed, certificates=[OTHER.certificate, ONE.certificate], now=NOW)
    about = {"aud": "https://login.example/token", "iss": str(CLIENT), "sub": str(CLIENT)}
    assert {name: claims[name] for name in about} == about
    moments = [datetime.fromtimestamp(claims[name], UTC) - NOW for name in ("nbf", "iat", "exp")]
    assert moments == [timedelta(minutes=-5), timedelta(), timedelta(minutes=5)]
    with pytest.raises(LookupError):
        claims_of(signed, certificates=[OTHER.certificate], now=NOW)


def test_directory_is_asked_with_a_certificate_and_each_assertion_is_another() -> None:
    served = Directory()
    served.secret, served.certificates = "", [ONE.certificate]
    served.sign_ins = [sign_in(number, at=NOW - timedelta(minutes=number)) for number in range(1, 8)]
    served.page_size = 3
    with serving(served):
        hands = Hands(served, secret=ONE.key, certificate=ONE.certificate)
        assert hands.ids(on_page=served.end_tokens) == EVERY
    assert (served.logins, len(served.jtis)) == (3, 3)


@pytest.mark.parametrize(
    ("registered", "later", "words"),
    [
        ([OTHER.certificate], timedelta(), r"does not take the certificate.*AADSTS700027"),
        ([ONE.certificate], UNTIL - NOW, r"does not take the certificate"),
        ([ONE.certificate], timedelta(minutes=6), r"clock of this server.*AADSTS700024"),
        ([ONE.certificate], timedelta(minutes=-6), r"clock of this server"),
        ([ONE.certificate], timedelta(minutes=4), None),
    ],
)
def test_certificate_that_is_not_taken_is_said_in_words(
    registered: list[str], later: timedelta, words: str | None
) -> None:
    served = Directory()
    served.certificates, served.clock = registered, NOW + later
    with serving(served):
        hands = Hands(served, secret=ONE.key, certificate=ONE.certificate)
        if words is None:
            assert hands.ids() == []
            return
        with pytest.raises(GraphError, match=words):
            hands.ids()


def test_key_and_assertion_stand_in_no_log_and_no_words(caplog: pytest.LogCaptureFixture) -> None:
    served = Directory()
    served.certificates = [ONE.certificate]
    with serving(served):
        hands = Hands(served, secret=ONE.key, certificate=ONE.certificate)
        with caplog.at_level(logging.DEBUG):
            hands.ids()
            said = json.dumps({"error": "x", "error_description": f"Bad {served.assertions[0]} given."})
            served.login_faults.append(Fault(400, said.encode()))
            with pytest.raises(GraphError) as failed:
                hands.ids()
    secrets = [ONE.key.splitlines()[1], *served.assertions]
    texts = [caplog.text, repr(hands.credentials), str(failed.value)]
    assert [text for text in texts if any(secret in text for secret in secrets)] == []
    assert str(failed.value).endswith("Bad [removed] given.")


def test_connection_changes_from_secret_to_certificate_and_back(
    directory: Directory, connected: Connected
) -> None:
    def change(**entered: Any) -> GraphConnection:
        with tenant_scope([connected.tenant.pk]):
            one = GraphConnection.objects.get()
            change_connection(one, wanted=wanted(**entered))
        return connected.again()

    directory.certificates = [ONE.certificate]
    changed = change(secret="", certificate=read_certificate(ONE.both))
    assert (changed.certificate, str(changed.secret_expires_on)) == (ONE.certificate, "2027-01-31")
    assert ONE.key.splitlines()[1] not in changed.sealed_secret
    directory.secret = "no more"
    assert connected.poll().error == ""
    # Nothing entered: the certificate stays, with its own day.
    kept = change(secret="", secret_expires_on=NOW.date())
    assert (kept.sealed_secret, kept.certificate, str(kept.secret_expires_on)) == (
        changed.sealed_secret,
        ONE.certificate,
        "2027-01-31",
    )
    directory.certificates, directory.secret = [], "another-secret"
    back = change(secret="another-secret")
    assert (back.certificate, back.secret_expires_on) == ("", None)
    assert connected.poll().error == ""
