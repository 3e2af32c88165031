"""A certificate in the browser: entered, shown without its key, kept, and replaced."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from insights.connectors.graph.certificate import fingerprint
from tests.cast import Cast
from tests.insights.connectors.graph.certificates import pair
from tests.insights.connectors.graph.directory import Directory
from tests.insights.web.graph_rows import ENTERED, NEW, ClientOf, change, stored
from tests.insights.web.week import NOW, words

ONE, OTHER = pair("one"), pair("other")
WITH_CERTIFICATE = {**ENTERED, "proof": "certificate", "secret": "", "certificate": ONE.both}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def address(cast: Cast, client_of: ClientOf, queued: list[dict[str, str]]) -> str:
    answer = client_of(cast.bob).post(NEW, WITH_CERTIFICATE)
    return str(answer["Location"])


def test_certificate_is_entered_and_tested(
    cast: Cast,
    client_of: ClientOf,
    address: str,
    directory: Directory,
) -> None:
    directory.certificates, directory.secret = [ONE.certificate], ""
    bob = client_of(cast.bob)
    assert "The test worked" in words(bob.post(f"{address}test/", follow=True))
    shown = words(bob.get(address))
    assert fingerprint(ONE.certificate) in shown
    assert "Private key kept encrypted, and never shown, expires on 31 Jan 2027" in shown


def test_key_is_on_no_page(cast: Cast, client_of: ClientOf, address: str) -> None:
    alice = client_of(cast.alice)
    wrong = {**WITH_CERTIFICATE, "directory_id": "none"}
    pages = [
        alice.get(address),
        alice.get(f"{address}edit/"),
        alice.get(address.removesuffix("microsoft-365/")),
    ]
    sealed = stored(cast).sealed_secret
    lines = ONE.key.splitlines()[1:-1]
    texts = [one.content.decode() for one in pages]
    assert [text for text in texts if sealed in text or any(line in text for line in lines)] == []
    # A form that is refused gives back what was just entered to who entered it, and is stored nowhere.
    assert "Enter a valid UUID" in words(alice.post(f"{address}edit/", wrong))


def test_certificate_stays_is_replaced_and_gives_way_to_a_secret(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    bob = client_of(cast.bob)
    assert 'value="certificate" required' in (page := bob.get(f"{address}edit/").content.decode())
    assert "Leave it empty to keep the one that is there." in page
    before = stored(cast)
    bob.post(f"{address}edit/", {**WITH_CERTIFICATE, "certificate": ""})
    kept = stored(cast)
    assert (kept.sealed_secret, kept.certificate) == (before.sealed_secret, ONE.certificate)
    bob.post(f"{address}edit/", {**WITH_CERTIFICATE, "certificate": OTHER.both})
    assert stored(cast).certificate == OTHER.certificate
    assert "This field is required" in words(bob.post(f"{address}edit/", {**ENTERED, "secret": ""}))
    assert stored(cast).certificate == OTHER.certificate
    bob.post(f"{address}edit/", {**ENTERED, "certificate": ONE.both})
    assert stored(cast).certificate == ""


def test_other_application_wants_a_certificate_of_its_own(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    other = {**WITH_CERTIFICATE, "client_id": ENTERED["directory_id"], "certificate": ""}
    shown = words(client_of(cast.bob).post(f"{address}edit/", other))
    assert "Enter what this application proves itself with again" in shown


def test_certificate_that_ends_soon_is_said(cast: Cast, client_of: ClientOf, address: str) -> None:
    carol = client_of(cast.carol)
    for day, said in (("2026-11-18", "The certificate expires in 1 day."), ("2026-11-17", "expires today")):
        change(cast, secret_expires_on=day)
        for url in (address, address.removesuffix("microsoft-365/")):
            assert said in words(carol.get(url))
