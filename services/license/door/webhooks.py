"""Is this message really from Stripe, and whom is it about?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import stripe

from services.license.domain.buying import InvalidSignature

TOLERANCE_S = 300
HEARD = frozenset(
    {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.failed",
        "charge.refunded",
        "charge.succeeded",
        "charge.updated",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.pending_update_applied",
        "customer.subscription.resumed",
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "invoice.finalization_failed",
        "invoice.marked_uncollectible",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.voided",
        "refund.created",
        "refund.failed",
        "refund.updated",
    }
)
"""The events after which a customer has to be looked at; all others change nothing for us."""


@dataclass(frozen=True)
class Heard:
    """Something happened to a customer, or to that of a charge. What it was is not believed, but looked up."""

    event: str
    kind: str
    customer: str | None
    charge: str | None = None
    session: str | None = None


class _Event(msgspec.Struct):
    id: str
    type: str
    data: dict[str, Any]


def verified(body: bytes, signature: str, secrets: Sequence[str]) -> Heard | None:
    """Whom the message is about; None for an event that changes nothing here. `secrets`: also those on their way out.

    Raises:
        InvalidSignature: no secret of ours signed it, or not within the last five minutes, or it is no event.
    """
    try:
        text = body.decode()
        if not signature.isascii() or not any(_signed(text, signature, secret) for secret in secrets):
            raise InvalidSignature
        event = msgspec.json.decode(text, type=_Event)
    except (UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise InvalidSignature from error
    return heard({"id": event.id, "type": event.type, "data": event.data})


def heard(event: dict[str, Any]) -> Heard | None:
    """What an event is about, by its own words."""
    kind, thing = event["type"], event["data"].get("object") or {}
    if kind not in HEARD:
        return None
    customer = thing.get("id") if kind == "customer.deleted" else _id(thing.get("customer"))
    charge = _id(thing.get("charge"))
    session = thing.get("id") if kind.startswith("checkout.session.") else None
    if not (customer or charge):
        return None
    return Heard(event["id"], kind, customer, charge, session)


def _signed(text: str, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_S)
    except stripe.SignatureVerificationError:
        return False
    # The SDK lets times of the future pass: such a message could be sent again for as long.
    said = next(part for part in signature.split(",") if part.startswith("t="))
    return int(said[2:]) <= time.time() + TOLERANCE_S


def _id(said: Any) -> str | None:
    return said.get("id") if isinstance(said, dict) else said
