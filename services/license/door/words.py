"""Stripe's objects in our words. Times are seconds since 1970 there, and amounts are in a currency's smallest unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.license.domain.stripe_account import (
    SeenCharge,
    SeenDispute,
    SeenInvoice,
    SeenPrice,
    SeenRefund,
    SeenSubscription,
)


def subscription(said: Any, product_plans: dict[str, str | None]) -> SeenSubscription:
    """Since 2025 a period belongs to the items of a subscription; ours all have the same."""
    items = said["items"]["data"]
    return SeenSubscription(
        id=said["id"],
        status=said["status"],
        prices=tuple(
            SeenPrice(
                price["id"],
                price["lookup_key"],
                id_of(price["product"]) or "",
                product_plans.get(id_of(price["product"]) or ""),
            )
            for price in (item["price"] for item in items)
        ),
        created=moment(said["created"]),
        period_start=moment(min(item["current_period_start"] for item in items)),
        period_end=moment(min(item["current_period_end"] for item in items)),
        cancel_at=maybe_moment(said["cancel_at"]),
        ended_at=maybe_moment(said["ended_at"]),
        trial_end=maybe_moment(said["trial_end"]),
        pause=(said["pause_collection"] or {})["behavior"] if said["pause_collection"] else None,
        latest_invoice=id_of(said["latest_invoice"]),
    )


def invoice(said: Any) -> SeenInvoice:
    """It has to be expanded by its `payments`."""
    details = (said["parent"] or {})["subscription_details"] if said["parent"] else None
    spans = [line["period"] for line in said["lines"]["data"]]
    times = said["status_transitions"]
    return SeenInvoice(
        id=said["id"],
        subscription=id_of(details["subscription"]) if details else None,
        status=said["status"],
        created=moment(said["created"]),
        finalized_at=maybe_moment(times["finalized_at"]),
        paid_at=maybe_moment(times["paid_at"]),
        amount_paid=said["amount_paid"],
        amount_due=said["amount_due"],
        currency=said["currency"],
        attempts=said["attempt_count"],
        next_attempt_at=maybe_moment(said["next_payment_attempt"]),
        period_start=moment(min((span["start"] for span in spans), default=said["period_start"])),
        period_end=moment(max((span["end"] for span in spans), default=said["period_end"])),
        intents=tuple(
            intent
            for payment in said["payments"]["data"]
            if payment["payment"]["type"] == "payment_intent"
            and (intent := id_of(payment["payment"]["payment_intent"])) is not None
        ),
    )


def charge(said: Any, refunds: list[Any], disputes: list[Any]) -> SeenCharge:
    return SeenCharge(
        id=said["id"],
        intent=id_of(said["payment_intent"]),
        is_paid=said["paid"],
        amount=said["amount"],
        amount_refunded=said["amount_refunded"],
        currency=said["currency"],
        created=moment(said["created"]),
        refunds=tuple(
            SeenRefund(each["id"], each["status"] or "", each["amount"], moment(each["created"])) for each in refunds
        ),
        disputes=tuple(
            SeenDispute(each["id"], each["status"], each["amount"], moment(each["created"])) for each in disputes
        ),
    )


def owner(said: Any) -> UUID | None:
    """The account that a customer was made for."""
    try:
        return UUID(said["metadata"]["user_id"])
    except (KeyError, TypeError, ValueError):
        return None


def id_of(said: Any) -> str | None:
    """The id of another object, whether it stands there itself or as its id."""
    return said if said is None or isinstance(said, str) else said["id"]


def maybe_moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
