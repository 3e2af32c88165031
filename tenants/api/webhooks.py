"""Webhooks over the API: made, changed, tested and looked after by owners, and by keys with the scope `admin`.

Each endpoint is there twice, below a tenant and below a provider, with the same body and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.api.paging import PAGE_PARAMETERS, PAGE_SCHEMA, listed, page, paged
from tenants.api.problems import Conflict
from tenants.api.schema import problem
from tenants.api.webhook_bodies import (
    DELIVERY,
    NEW_SECRET,
    NEW_WEBHOOK,
    PING_WAITS,
    WEBHOOK,
    WISH,
    DeliverySerializer,
    NewSecretSerializer,
    NewWebhookSerializer,
    WebhookChangeSerializer,
    WebhookSerializer,
    WebhookWishSerializer,
)
from tenants.api.webhook_places import OfProvider, OfTenant, WebhookView
from tenants.models import User, WebhookDelivery
from tenants.tasks import send_webhooks
from tenants.webhooks.log import told
from tenants.webhooks.manage import change_webhook, make_webhook, ping, send_again
from tenants.webhooks.secrets import rotate_secret

TAGS = ["Webhooks"]


def _answer(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


class WebhookList(WebhookView):
    """The webhooks of a place."""

    @extend_schema(
        summary="List webhooks",
        description="Lists the webhooks of the place, by name, without their secrets.",
        tags=TAGS,
        responses=listed(WebhookSerializer),
        examples=[_answer("Webhooks", {"results": [WEBHOOK]})],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the webhooks."""
        return Response({"results": WebhookSerializer(self.webhooks(), many=True).data})

    @extend_schema(
        summary="Make a webhook",
        description="Makes a webhook; a place has twenty at most. `secret` is in this answer and nowhere else: with it "
        "the receiver checks the header `webhook-signature` as Standard Webhooks says. A message is sent again after "
        "5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h until it is answered with a 2xx; after five days of failures the "
        "webhook is switched off. A 410 switches it off at once.",
        tags=TAGS,
        request=WebhookWishSerializer,
        responses={201: NewWebhookSerializer},
        examples=[
            OpenApiExample("Tickets for silent servers", WISH, request_only=True),
            _answer("The new webhook", NEW_WEBHOOK, 201),
        ],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Make a webhook."""
        wish = WebhookWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        person = self.caller if isinstance(self.caller, User) else None
        webhook, secret = make_webhook(**wish.validated_data, **self.place(), created_by=person)  # type: ignore[arg-type]  # a place is one of the two
        webhook.secret = secret  # type: ignore[attr-defined]  # for the answer alone
        return Response(NewWebhookSerializer(webhook).data, status=201)


class WebhookDetail(WebhookView):
    """One webhook."""

    @extend_schema(
        summary="Read a webhook",
        description="Returns the webhook without its secret.",
        tags=TAGS,
        responses=WebhookSerializer,
        examples=[_answer("A webhook", WEBHOOK)],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the webhook."""
        return Response(WebhookSerializer(self.webhook(kwargs["id"])).data)

    @extend_schema(
        summary="Change a webhook",
        description="Changes what the body names. Switching it on forgets earlier failures.",
        tags=TAGS,
        request=WebhookChangeSerializer,
        responses=WebhookSerializer,
        examples=[
            OpenApiExample("Switch it on again", {"is_on": True}, request_only=True),
            _answer("The webhook", WEBHOOK),
        ],
    )
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """Change the webhook."""
        webhook = self.webhook(kwargs["id"])
        change = WebhookChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        change_webhook(webhook, **change.validated_data)
        if change.validated_data.get("is_on"):
            send_webhooks.delay_on_commit()
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(
        summary="Delete a webhook",
        description="Deletes the webhook, the log of what it was told, and what still waits.",
        tags=TAGS,
        request=None,
        responses={204: OpenApiResponse(description="It is deleted.")},
    )
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Delete the webhook."""
        self.webhook(kwargs["id"]).delete()
        return Response(status=204)


class WebhookSecret(WebhookView):
    """The secret of a webhook."""

    @extend_schema(
        summary="Make a new secret",
        description="Gives the webhook another secret, which is in this answer and nowhere else. For 24 hours messages "
        "carry two signatures, with the new and the old one, so that the receiver can change over in between.",
        tags=TAGS,
        request=None,
        responses=NewSecretSerializer,
        examples=[_answer("The new secret", NEW_SECRET)],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Rotate the secret."""
        webhook = self.webhook(kwargs["id"])
        secret = rotate_secret(webhook, now=timezone.now())
        answer = {"secret": secret, "old_secret_valid_until": webhook.old_until}
        return Response(NewSecretSerializer(answer).data)


class WebhookTest(WebhookView):
    """A test of a webhook."""

    @extend_schema(
        summary="Send a test",
        description="Sends a `ping`, once, also to a webhook that is off. The answer is the delivery, which is soon "
        "done: read it to see what the receiver answered.",
        tags=TAGS,
        request=None,
        responses={202: DeliverySerializer},
        examples=[_answer("The test waits", PING_WAITS, 202)],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue a ping."""
        sent = ping(self.webhook(kwargs["id"]), now=timezone.now())
        send_webhooks.delay_on_commit()
        return Response(_told(sent), status=202)


class DeliveryList(WebhookView):
    """What a webhook was told."""

    parameters: ClassVar[dict[str, frozenset[str]]] = {"GET": PAGE_PARAMETERS}

    @extend_schema(
        summary="List deliveries",
        description="Lists what the webhook was told in the last 30 days, the newest first, with every attempt.",
        tags=TAGS,
        parameters=[*PAGE_SCHEMA],
        responses=paged(DeliverySerializer),
        examples=[_answer("Deliveries", {"results": [DELIVERY], "next": None})],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the deliveries."""
        found, following = page(self.deliveries(kwargs["id"]), request, order=("-created_at", "-id"))
        rows = DeliverySerializer(told(found), many=True)  # type: ignore[arg-type]  # the stubs forget `many`
        return Response({"results": rows.data, "next": following})


class DeliveryDetail(WebhookView):
    """One delivery."""

    @extend_schema(
        summary="Read a delivery",
        description="Returns one message with every attempt to deliver it.",
        tags=TAGS,
        responses=DeliverySerializer,
        examples=[_answer("A delivery", DELIVERY)],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the delivery."""
        return Response(_told(self.delivery(kwargs["id"], kwargs["delivery"])))


class DeliveryResend(WebhookView):
    """A delivery once more."""

    @extend_schema(
        summary="Send a delivery again",
        description="Sends a message that was delivered or given up once more, with the same `webhook-id`, and with "
        "the same number of attempts as a new one.",
        tags=TAGS,
        request=None,
        responses={202: DeliverySerializer, 409: problem("It waits already.")},
        examples=[
            _answer(
                "It waits", DELIVERY | {"state": "waiting", "next_attempt_at": "2026-11-17T09:30:00Z"}, 202
            )
        ],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue the delivery again."""
        delivery = self.delivery(kwargs["id"], kwargs["delivery"])
        if not send_again(delivery, now=timezone.now()):
            raise Conflict("It waits already.")
        send_webhooks.delay_on_commit()
        delivery.refresh_from_db()
        return Response(_told(delivery), status=202)


def _told(delivery: WebhookDelivery) -> Any:
    return DeliverySerializer(told([delivery])[0]).data


_OPERATIONS: dict[type[WebhookView], dict[str, str]] = {
    WebhookList: {"get": "list", "post": "create"},
    WebhookDetail: {"get": "read", "patch": "update", "delete": "delete"},
    WebhookSecret: {"post": "rotate_secret"},
    WebhookTest: {"post": "test"},
    DeliveryList: {"get": "deliveries"},
    DeliveryDetail: {"get": "delivery_read"},
    DeliveryResend: {"post": "delivery_resend"},
}


def below(place: type[OfTenant | OfProvider], noun: str) -> Sequence[type[WebhookView]]:
    """Return the endpoints for one kind of place, in the order above; `noun` begins their operations' names."""
    return [
        extend_schema_view(
            **{method: extend_schema(operation_id=f"{noun}_{verb}") for method, verb in named.items()}
        )(
            type(
                f"{place.__name__}{view.__name__}",
                (view, place),
                {"__module__": __name__, "__doc__": view.__doc__},
            )
        )
        for view, named in _OPERATIONS.items()
    ]


OF_TENANT = below(OfTenant, "webhooks")
OF_PROVIDER = below(OfProvider, "provider_webhooks")
