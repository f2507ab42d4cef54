"""Buying a plan at Stripe, looking after what was bought, and hearing from Stripe that something happened."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody
from litestar.status_codes import HTTP_200_OK

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.identity import Identity
from contracts.license import Checkout, Redirect
from contracts.problem import BodyTooLarge, InvalidRequest, Unauthenticated, Unavailable
from services.license import pages
from services.license.buying import Buying
from services.license.domain.buying import (
    AlreadySubscribed,
    CheckoutImpossible,
    CheckoutReplaced,
    IdempotencyKeyReused,
    InvalidSignature,
    NothingToManage,
    PaymentsUnavailable,
    PlanNotForSale,
)
from services.license.doorbell import Doorbell

MOST_WEBHOOK_BYTES = 256 << 10
_BEARER = [{"bearer": []}]
Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+(?!\n)$"),
]


@post(
    "/license/checkout",
    status_code=HTTP_200_OK,
    guards=[signed_in],
    security=_BEARER,
    responses=documented(
        Unauthenticated,
        InvalidRequest,
        PlanNotForSale,
        AlreadySubscribed,
        CheckoutReplaced,
        IdempotencyKeyReused,
        PaymentsUnavailable,
        CheckoutImpossible,
    ),
)
async def checkout(
    data: JSONBody[Checkout],
    identity: NamedDependency[Identity],
    buying: NamedDependency[Buying],
    idempotency_key: Key = None,
) -> Redirect:
    """Where to pay for a plan. The same wish within a minute, or with the same key, leads to the same place."""
    return await buying.checkout(identity.user_id, data, idempotency_key)


@post(
    "/license/portal",
    status_code=HTTP_200_OK,
    guards=[signed_in],
    security=_BEARER,
    responses=documented(Unauthenticated, NothingToManage, PaymentsUnavailable, CheckoutImpossible),
)
async def portal(identity: NamedDependency[Identity], buying: NamedDependency[Buying]) -> Redirect:
    """Where to change or end a subscription, replace a card, and find invoices."""
    return await buying.portal(identity.user_id)


@post(
    "/license/webhooks/stripe",
    status_code=HTTP_200_OK,
    request_max_body_size=MOST_WEBHOOK_BYTES,
    responses=documented(InvalidSignature, BodyTooLarge, PaymentsUnavailable, Unavailable),
)
async def webhook(request: Request[Any, Any, Any], doorbell: NamedDependency[Doorbell]) -> None:
    """Stripe says that something happened. Signed; what it says is looked up before it is believed."""
    await doorbell.ring(await request.body(), request.headers.get("stripe-signature", ""))


@get("/license/checkout/done", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def done() -> Response[str]:
    return pages.shown(pages.DONE)


@get("/license/checkout/cancelled", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def cancelled() -> Response[str]:
    return pages.shown(pages.CANCELLED)


ROUTES = [checkout, portal, webhook, done, cancelled]
