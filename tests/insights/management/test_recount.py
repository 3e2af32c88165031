"""`manage.py recount`: 0 when the roll-ups equal their raw rows, 1 with the differences when they do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.models import LoginFailureDay, SubmissionDay
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, submit

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def recount(**options: Any) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("recount", stdout=out, **options)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def counted(cast: Cast) -> Cast:
    submit(cast.acme, at=AT, count=3)
    fail_login(cast.acme, at=AT, count=2)
    submit(cast.globex, at=AT, count=5)
    return cast


def test_equal_roll_ups_exit_with_zero(counted: Cast) -> None:
    code, printed = recount()
    assert code == 0
    assert printed.splitlines() == [
        "acme: 2026-11-20 to 2026-11-20, 0 differences",
        "globex: 2026-11-20 to 2026-11-20, 0 differences",
        "initech: no days, 0 differences",
    ]
    code, printed = recount(json=True)
    assert (code, json.loads(printed)) == (
        0,
        {"differences": {"acme": [], "globex": [], "initech": []}, "equal": True},
    )


def test_damaged_roll_up_exits_with_one_and_is_left_as_it_is(counted: Cast) -> None:
    with tenant_scope([counted.acme.pk]):
        SubmissionDay.objects.update(messages=4)
        LoginFailureDay.objects.all().delete()
    code, printed = recount(tenant="acme", json=True)
    found = json.loads(printed)
    assert (code, found["equal"], list(found["differences"])) == (1, False, ["acme"])
    assert [
        (item["table"], item["side"], item.get("messages"), item.get("failures"))
        for item in found["differences"]["acme"]
    ] == [
        ("insights_submissionday", "raw", 3, None),
        ("insights_submissionday", "rollup", 4, None),
        ("insights_loginfailureday", "raw", None, 2),
    ]
    with tenant_scope([counted.acme.pk]):
        assert SubmissionDay.objects.get().messages == 4


def test_damage_of_one_tenant_is_named_with_it(counted: Cast) -> None:
    with tenant_scope([counted.globex.pk]):
        SubmissionDay.objects.update(recipients=9)
    code, printed = recount()
    assert code == 1
    assert [line.partition(":")[0] for line in printed.splitlines()] == [
        "acme",
        "globex",
        "initech",
        "globex",
        "globex",
    ]
    assert recount(tenant="acme")[0] == 0


def test_unknown_tenant_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is no tenant “nobody”") as refused:
        recount(tenant="nobody")
    assert refused.value.returncode == 1
