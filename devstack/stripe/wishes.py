"""What do prices, discounts, taxes and trials look like in a request, and what of it can be sold?"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from devstack.stripe import discounts
from devstack.stripe.account import Account
from devstack.stripe.errors import Refused
from devstack.stripe.shapes import Json


class TaxWish(msgspec.Struct, forbid_unknown_fields=True):
    enabled: bool


class DiscountWish(msgspec.Struct, forbid_unknown_fields=True):
    coupon: str | None = None
    promotion_code: str | None = None


class EndBehavior(msgspec.Struct, forbid_unknown_fields=True):
    missing_payment_method: str = "create_invoice"


class TrialSettings(msgspec.Struct, forbid_unknown_fields=True):
    end_behavior: EndBehavior


def missing_method(settings: TrialSettings | None) -> str:
    """What happens when a trial ends and no card is there."""
    behavior = settings.end_behavior.missing_payment_method if settings else "create_invoice"
    if behavior not in ("cancel", "create_invoice", "pause"):
        raise Refused(
            "Invalid missing_payment_method: must be one of cancel, create_invoice, or pause",
            param="trial_settings[end_behavior][missing_payment_method]",
        )
    return behavior


class Wanted(Protocol):
    """A line of what somebody wants to buy."""

    price: str | None
    quantity: int | None


def prices_of(account: Account, items: Sequence[Wanted], param: str = "items") -> list[tuple[Json, int]]:
    """The prices that are wanted, with quantities: recurring, on sale, and all of one interval and currency."""
    if not items:
        raise Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)
    found = []
    for number, item in enumerate(items):
        where = f"{param}[{number}][price]"
        if not item.price:
            raise Refused(f"Missing required param: {where}.", code="parameter_missing", param=where)
        price = account.get("price", item.price, where)
        if not price["active"]:
            raise Refused(f"The price specified is inactive: {price['id']}.", code="resource_missing", param=where)
        if price["recurring"] is None:
            raise Refused("The price specified is not recurring.", param=where)
        if item.quantity is not None and item.quantity < 1:
            raise Refused("Invalid quantity: must be at least 1.", param=f"{param}[{number}][quantity]")
        found.append((price, item.quantity or 1))
    same(price for price, _ in found)
    return found


def same(prices: Iterable[Json]) -> None:
    """Refused unless all prices are of one currency and one interval."""
    kinds = {
        (price["currency"], price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in prices
    }
    if len(kinds) > 1:
        raise Refused("All prices on a subscription must have the same currency and recurring interval.")


def discount_of(account: Account, customer: Json, wish: DiscountWish, param: str = "discounts") -> str:
    """The id of a discount made for the customer."""
    if wish.promotion_code:
        code = account.get("promotion_code", wish.promotion_code, f"{param}[0][promotion_code]")
        if discounts.found(account, code["code"]) is None:
            raise Refused("This promotion code cannot be redeemed.", param=f"{param}[0][promotion_code]")
        return discounts.redeem(account, customer, code["promotion"]["coupon"], code["id"])["id"]
    coupon = account.get("coupon", wish.coupon or "", f"{param}[0][coupon]")
    return discounts.redeem(account, customer, coupon["id"], None)["id"]
