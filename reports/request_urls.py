"""Addresses of requested reports, of the links in their mails, and of the demo's outbox."""

from django.urls import URLPattern, path

from reports.web import outbox, request_actions, requests, shared

urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/requests/", requests.listing, name="requests"),
    path("t/<slug:slug>/requests/new/", requests.new, name="request_new"),
    path("t/<slug:slug>/requests/new/recipients/", requests.recipients, name="request_recipients"),
    path("t/<slug:slug>/requests/<uuid:request_id>/", requests.show, name="request"),
    path("t/<slug:slug>/requests/<uuid:request_id>/again/", request_actions.again, name="request_again"),
    path("t/<slug:slug>/requests/<uuid:request_id>/cancel/", request_actions.cancel, name="request_cancel"),
    path("t/<slug:slug>/requests/<uuid:request_id>/delete/", request_actions.delete, name="request_delete"),
    path(
        "t/<slug:slug>/requests/<uuid:request_id>/<str:file_name>",
        request_actions.download,
        name="request_download",
    ),
    path("shared/<str:token>/<str:file_name>", shared.shared_download, name="shared_download"),
    path("outbox/", outbox.listing, name="outbox"),
    path("outbox/<str:file_name>/<int:number>/", outbox.show, name="outbox_mail"),
    path("outbox/<str:file_name>/<int:number>/html/", outbox.html, name="outbox_html"),
    path("outbox/<str:file_name>/<int:number>/<int:part>/", outbox.attachment, name="outbox_attachment"),
]
