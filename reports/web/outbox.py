"""The demo's outbox: the mails that were written to a folder, read in the browser because no mail server
runs.

Off unless SHOW_OUTBOX is set. A person sees mails to their own address and those about tenants that they may
see; the operator sees all. The staff flag alone gives none (docs/adr/0002).
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from reports.deliver.mail import TENANT_HEADER
from reports.web.mailbox import StoredMail, newest_mails, read_mail
from tenants.access import tenants_of
from tenants.models import User

PAGE_SIZE = 50


def _folder() -> Path:
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not settings.SHOW_OUTBOX or not folder:
        raise Http404("There is no outbox.")
    return Path(folder)


def _visible(request: HttpRequest, mails: list[StoredMail]) -> list[StoredMail]:
    """Return those of `mails` that the person may read. One query."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required lets nobody else in
    if user.is_superuser:
        return mails
    slugs = set(tenants_of(user).values_list("slug", flat=True))
    return [
        mail
        for mail in mails
        if user.email in mail.addresses or str(mail.message.get(TENANT_HEADER, "")) in slugs
    ]


def _get_mail(request: HttpRequest, file_name: str, number: int) -> StoredMail:
    mail = read_mail(_folder(), file_name, number)
    if mail is None or not _visible(request, [mail]):
        raise Http404("No such mail.")
    return mail


@require_safe
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    mails = _visible(request, newest_mails(_folder()))
    page = Paginator(mails, PAGE_SIZE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "reports/outbox/list.html", {"nav_active": "outbox", "page": page})


@require_safe
@login_required
def show(request: HttpRequest, file_name: str, number: int) -> HttpResponse:
    """Show one mail: its headers, how it looks, its text and its files."""
    mail = _get_mail(request, file_name, number)
    attachments = [
        (index, part.get_filename() or f"{index}", len(part.get_payload(decode=True) or b""))
        for index, part in enumerate(mail.attachments())
    ]
    context = {
        "nav_active": "outbox",
        "mail": mail,
        "headers": mail.message.items(),
        "has_html": bool(mail.html()),
        "attachments": attachments,
    }
    return TemplateResponse(request, "reports/outbox/mail.html", context)


@require_safe
@login_required
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]  # its type forgets that views take arguments
    {
        "default-src": [NONE],
        "img-src": ["data:"],
        "style-src": [UNSAFE_INLINE],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def html(request: HttpRequest, file_name: str, number: int) -> HttpResponse:
    """Give the mail's HTML for a frame: it may style itself and show its own pictures, and nothing else."""
    return HttpResponse(_get_mail(request, file_name, number).html())


@require_safe
@login_required
def attachment(request: HttpRequest, file_name: str, number: int, part: int) -> HttpResponse:
    """Give one attached file as a download, whatever type it says it is."""
    parts = _get_mail(request, file_name, number).attachments()
    if part >= len(parts):
        raise Http404("No such file.")
    content = parts[part].get_payload(decode=True)
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{_ascii(parts[part].get_filename())}"'
    return response


def _ascii(name: str | None) -> str:
    return (
        "".join(char for char in name or "" if (char.isalnum() and char.isascii()) or char in "._-") or "file"
    )
