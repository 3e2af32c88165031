"""The demo's outbox: shows the folder's mails to those whom they concern, harmlessly, and only when it is
on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from reports.deliver import deliver
from reports.models import ReportRequest
from reports.web.mailbox import newest_mails
from tenants.models import User
from tests.cast import Cast
from tests.reports.orders import NOW

LogIn = Callable[[User], Client]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A folder that mails are written to, shown in the browser."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.SHOW_OUTBOX = True
    return tmp_path


@pytest.fixture
def report_mail(
    cast: Cast, folder: Path, acme_mail: None, make_order: Callable[..., ReportRequest]
) -> list[object]:
    """A report in the outbox, and the arguments of its pages."""
    deliver(tenant_id=cast.acme.pk, request_id=make_order().pk, now=NOW)
    (mail,) = newest_mails(folder)
    return [mail.file_name, mail.number]


def test_outbox_shows_the_mail_its_pictures_and_files(
    cast: Cast, client_of: LogIn, report_mail: list[object]
) -> None:
    client = client_of(cast.alice)
    assert "54 messages" in client.get(reverse("reports:outbox")).content.decode()
    page = client.get(reverse("reports:outbox_mail", args=report_mail)).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Auto-Submitted: auto-generated" in page
    frame = client.get(reverse("reports:outbox_html", args=report_mail))
    assert 'src="data:image/png;base64,' in frame.content.decode()
    assert "cid:" not in frame.content.decode()
    answer = client.get(reverse("reports:outbox_attachment", args=[*report_mail, 0]))
    assert b"scan@acme.example" in answer.content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert client.get(reverse("reports:outbox_attachment", args=[*report_mail, 2])).status_code == 404


def test_outbox_frame_may_style_itself_and_nothing_else(
    cast: Cast, client_of: LogIn, report_mail: list[object]
) -> None:
    frame = client_of(cast.alice).get(reverse("reports:outbox_html", args=report_mail))
    policy = frame.headers["Content-Security-Policy"]
    assert sorted(part.strip() for part in policy.split(";")) == [
        "base-uri 'none'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "img-src data:",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "style-src 'unsafe-inline'",
    ]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = client_of(cast.alice).get(reverse("reports:outbox"))
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("person", "sees"),
    [("alice", True), ("carol", True), ("mallory", False), ("dora", False), ("eve", False)],
)
def test_outbox_is_for_those_whom_a_mail_concerns(
    cast: Cast, client_of: LogIn, report_mail: list[object], person: str, sees: bool
) -> None:
    client = client_of(getattr(cast, person))
    assert ("54 messages" in client.get(reverse("reports:outbox")).content.decode()) is sees
    for name, more in (("mail", []), ("html", []), ("attachment", [0])):
        url = reverse(f"reports:outbox_{name}", args=[*report_mail, *more])
        assert client.get(url).status_code == (200 if sees else 404)


def test_outbox_shows_people_their_own_mail_and_the_operator_all(
    cast: Cast, client_of: LogIn, folder: Path
) -> None:
    mail = EmailMultiAlternatives("Reset", "secret link", to=["Eve <eve@example.com>"])
    mail.attach_alternative("<p>secret</p>", "text/html")
    mail.send()
    User.objects.filter(pk=cast.bob.pk).update(is_staff=True)
    User.objects.filter(pk=cast.mallory.pk).update(is_staff=True, is_superuser=True)
    seen = {
        name: "Reset"
        in client_of(User.objects.get(email=f"{name}@example.com")).get("/outbox/").content.decode()
        for name in ("eve", "alice", "bob", "mallory")
    }
    assert seen == {"eve": True, "alice": False, "bob": False, "mallory": True}


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "..", "x.txt", "%2e%2e.log", "none.log"])
def test_outbox_leads_nowhere_else(cast: Cast, client_of: LogIn, folder: Path, name: str) -> None:
    (folder.parent / "secret.log").write_text("Subject: x\nTo: alice@example.com\n\nsecret")
    assert client_of(cast.alice).get(f"/outbox/{name}/0/").status_code == 404


def test_outbox_is_off_unless_it_is_on(
    cast: Cast, client_of: LogIn, report_mail: list[object], settings: Settings
) -> None:
    settings.SHOW_OUTBOX = False
    client = client_of(cast.alice)
    assert client.get(reverse("reports:outbox")).status_code == 404
    assert client.get(reverse("reports:outbox_html", args=report_mail)).status_code == 404


def test_outbox_asks_to_log_in(folder: Path, db: None) -> None:
    assert Client().get(reverse("reports:outbox")).status_code == 302
