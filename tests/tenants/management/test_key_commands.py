"""`manage.py create_api_key` and `revoke_api_key`: a key that works, exact words for what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tenants.api_keys import find_key
from tenants.models import ApiKey
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def make(*arguments: str) -> tuple[ApiKey, str]:
    text, said = run("create_api_key", "--name", "mx1", "--scope", "ingest", *arguments)
    key = find_key(text.strip(), now=datetime.now(UTC))
    assert key is not None
    assert text == text.strip() + "\n"
    return key, said


def test_tenant_key_is_printed_alone_and_works(cast: Cast) -> None:
    key, said = make("--tenant", "acme", "--network", "192.0.2.0/24", "--network", "2001:db8::1")
    assert (key.tenant, key.provider, key.scopes) == (cast.acme, None, ["ingest"])
    assert (key.networks, key.expires_at) == (["192.0.2.0/24", "2001:db8::1"], None)
    assert said == "mx1 (ingest) of Acme works until it is revoked.\nThe key is shown this once:\n"


def test_provider_key_is_for_all_or_the_named_tenants(cast: Cast) -> None:
    whole, said = make("--provider", "north", "--scope", "reports:read", "--days", "30")
    assert (whole.provider, whole.all_tenants, whole.scopes) == (cast.north, True, ["ingest", "reports:read"])
    assert whole.expires_at is not None
    assert timedelta(days=29, hours=23) < whole.expires_at - datetime.now(UTC) <= timedelta(days=30)
    assert said.startswith("mx1 (ingest, reports:read) of North IT works until 20")
    some, _ = make("--provider", "north", "--only", "globex")
    assert (some.all_tenants, list(some.tenants.all())) == (False, [cast.globex])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tenant", "nowhere"], "tenant: there is none called nowhere."),
        (["--provider", "nowhere"], "provider: there is none called nowhere."),
        (["--provider", "north", "--only", "initech"], "only: Only tenants of the provider can be named."),
        (["--provider", "north", "--only", "nowhere"], "only: there is none called nowhere."),
        (["--tenant", "acme", "--only", "acme"], "only: this goes with --provider."),
        (["--tenant", "acme", "--days", "0"], "days: This lies in the past."),
        (["--tenant", "acme", "--days", "-1"], "days: This lies in the past."),
        (["--tenant", "acme", "--days", "9999999999"], "days: a key ends within ten years."),
        (["--tenant", "acme", "--days", "4000"], "days: A key ends within ten years, or never."),
        (["--tenant", "acme", "--network", "mx1"], "network: Item 1 in the array did not validate: "),
        (["--tenant", "acme", "--name", ""], "name: This field cannot be blank."),
    ],
)
def test_wrong_value_is_refused_and_leaves_nothing(cast: Cast, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError) as refused:
        make(*arguments)
    assert str(refused.value).startswith(f"The key was not made. {said}")
    assert refused.value.returncode == 1
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scope", "ingest"],
        ["--scope", "ingest", "--tenant", "acme", "--provider", "north"],
        ["--tenant", "acme"],
        ["--tenant", "acme", "--scope", "root"],
    ],
)
def test_call_that_makes_no_sense_is_told_so(cast: Cast, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run("create_api_key", "--name", "mx1", *arguments)
    assert not ApiKey.objects.exists()


def test_key_is_revoked_by_its_beginning_or_its_whole_text(cast: Cast) -> None:
    first, _ = make("--tenant", "acme")
    assert run("revoke_api_key", first.shown_prefix)[0] == f"Revoked mx1 ({first.prefix}…) of Acme.\n"
    text = run("create_api_key", "--name", "mx2", "--scope", "admin", "--provider", "north")[0].strip()
    assert "of North IT" in run("revoke_api_key", text)[0]
    assert find_key(text, now=datetime.now(UTC)) is None
    assert text not in run("revoke_api_key", text)[0]


def test_key_that_was_revoked_before_keeps_its_time(cast: Cast) -> None:
    key, _ = make("--tenant", "acme")
    run("revoke_api_key", key.prefix)
    key.refresh_from_db()
    before = key.revoked_at
    assert "was revoked before" in run("revoke_api_key", key.prefix)[0]
    key.refresh_from_db()
    assert key.revoked_at == before


@pytest.mark.parametrize("text", ["", "AAAAAAAA", "sai_AAAAAAAA", "sai_short", "ÄÄÄÄÄÄÄÄ", "%"])
def test_key_that_is_not_there_is_told_so(cast: Cast, text: str) -> None:
    key, _ = make("--tenant", "acme")
    with pytest.raises(CommandError, match="There is no key that begins so"):
        run("revoke_api_key", text)
    key.refresh_from_db()
    assert key.revoked_at is None
