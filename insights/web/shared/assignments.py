"""Assign what waits in the inbox, and take an assignment back: each button does it at once and says what was done."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.ingest.shared.assign import Assigned, Subject, assign, assign_mapped, take_back
from insights.models import Assignment
from insights.templatetags.figures import number
from insights.web.shared.forms import AssignForm
from insights.web.shared.place import Place
from tenants.models import User

KEPT = ("view", "server", "domain", "q", "sort", "page")
"""What of the inbox's address stays after a button."""


def assign_one(request: HttpRequest, place: Place) -> HttpResponse:
    """Give all that waits of a domain or an account to a customer."""
    form = AssignForm(request.POST, customers=place.customers)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _back(request, place, row=request.POST.get("value", ""))
    chosen = form.cleaned_data
    customer = form.chosen_customer()
    try:
        done = assign(
            place.home,
            Subject(chosen["kind"], chosen["value"]),
            customer,
            person=cast("User", request.user),
            now=timezone.now(),
            with_rule=chosen["with_rule"],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request, place)
    _say(request, done, subject=chosen["value"], customer=customer.name)
    if chosen["with_rule"]:
        messages.info(
            request, _("A rule gives what comes from now on to %(name)s.") % {"name": customer.name}
        )
    return _back(request, place)


def assign_all(request: HttpRequest, place: Place) -> HttpResponse:
    """Give what waits to those whom the rules and the accepted domains name by now."""
    done = assign_mapped(place.home, person=cast("User", request.user), now=timezone.now())
    _say(request, done)
    return _back(request, place)


def undo(request: HttpRequest, place: Place, assignment_id: UUID) -> HttpResponse:
    """Let what an assignment moved wait again."""
    try:
        done = take_back(place.home, assignment_id, now=timezone.now())
    except Assignment.DoesNotExist as error:
        raise Http404("No such assignment.") from error
    except ValueError as error:
        messages.warning(request, str(error))
        return _back(request, place)
    words = ngettext(
        "%(shown)s event waits in the inbox again.",
        "%(shown)s events wait in the inbox again.",
        done.returned,
    )
    messages.success(request, words % {"shown": number(done.returned)})
    if done.stay:
        words = ngettext(
            "%(shown)s event stays where it is: it is past the days kept, or its import was undone.",
            "%(shown)s events stay where they are: they are past the days kept, or their import was undone.",
            done.stay,
        )
        messages.warning(request, words % {"shown": number(done.stay)})
    return _back(request, place)


def _say(request: HttpRequest, done: Assigned, *, subject: str = "", customer: str = "") -> None:
    """Say what an assignment did: of a subject to a customer, or without these by the mapping."""
    known = {"shown": number(done.events), "subject": subject, "customer": customer}
    if done.events and subject:
        words = ngettext(
            "%(shown)s event of “%(subject)s” was assigned to %(customer)s.",
            "%(shown)s events of “%(subject)s” were assigned to %(customer)s.",
            done.events,
        )
        messages.success(request, words % known)
    elif done.events:
        words = ngettext(
            "%(shown)s event was assigned by the mapping.",
            "%(shown)s events were assigned by the mapping.",
            done.events,
        )
        messages.success(request, words % known)
    elif not done.too_old:
        words = (
            _("Nothing of “%(subject)s” waits any more; nothing was moved.")
            if subject
            else _("The mapping gives nothing of what waits to anybody; nothing was moved.")
        )
        messages.info(request, words % known)
    if done.too_old:
        words = ngettext(
            "%(shown)s event waits on: it is older than the customer keeps.",
            "%(shown)s events wait on: they are older than the customer keeps.",
            done.too_old,
        )
        messages.warning(request, words % {"shown": number(done.too_old)})


def _back(request: HttpRequest, place: Place, *, row: str = "") -> HttpResponse:
    query = QueryDict(mutable=True)
    for key in KEPT:
        if request.GET.get(key):
            query[key] = request.GET[key]
    if row:
        query["row"] = row
    address = resolve_url("insights:inbox", provider=place.provider.slug)
    return redirect(f"{address}?{query.urlencode()}" if query else address)
