"""What costs less? Coupons, the codes that promise them, and the discounts that a subscription got by one."""

from typing import Annotated

import msgspec

from devstack.stripe import listing, periods
from devstack.stripe.account import Account, new_id
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Amount, Metadata, Moment, Page, Parameters, merged
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json, shaped


class NewCoupon(Parameters, kw_only=True):
    duration: str = "once"
    id: str | None = None
    name: str | None = None
    percent_off: float | None = None
    amount_off: Amount | None = None
    currency: str | None = None
    duration_in_months: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    max_redemptions: int | None = None
    redeem_by: Moment | None = None
    metadata: Metadata | None = None


class Promotion(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    coupon: str


class NewPromotionCode(Parameters, kw_only=True):
    promotion: Promotion
    code: str | None = None
    active: bool = True
    customer: str | None = None
    expires_at: Moment | None = None
    max_redemptions: int | None = None
    metadata: Metadata | None = None


class PromotionCodes(Page, kw_only=True):
    active: bool | None = None
    code: str | None = None
    customer: str | None = None


def create_coupon(account: Account, asked: NewCoupon) -> Json:
    if (asked.percent_off is None) == (asked.amount_off is None):
        raise Refused("You must pass either percent_off or amount_off.", param="percent_off")
    if asked.percent_off is not None and not 0 < asked.percent_off <= 100:
        raise Refused("Invalid percent_off: it must be more than 0 and at most 100.", param="percent_off")
    if asked.amount_off is not None and asked.currency is None:
        raise Refused("Missing required param: currency.", code="parameter_missing", param="currency")
    if asked.duration not in ("once", "forever", "repeating"):
        raise Refused("Invalid duration: must be one of forever, once, or repeating", param="duration")
    if (asked.duration == "repeating") != (asked.duration_in_months is not None):
        raise Refused("duration_in_months belongs to the duration repeating.", param="duration_in_months")
    if asked.id and account.books.find(asked.id):
        raise Refused("Coupon already exists.", code="resource_already_exists", param="id")
    given = msgspec.structs.asdict(asked) | {"metadata": merged({}, asked.metadata), "id": asked.id or new_id("", 8)}
    given.pop("expand")
    coupon = account.new("coupon", "", **given, times_redeemed=0, valid=True)
    account.tell("coupon.created", coupon)
    return coupon


def list_coupons(account: Account, asked: Page) -> Json:
    return listing.page(account, asked, "coupon", "/v1/coupons")


def create_code(account: Account, asked: NewPromotionCode) -> Json:
    coupon = account.get("coupon", asked.promotion.coupon, "promotion[coupon]")
    code = asked.code or new_id("", 8).upper()
    if found(account, code):
        raise Refused(f"An active promotion code with `code: {code}` already exists.", param="code")
    made = account.new(
        "promotion_code", "promo_1", active=asked.active, code=code, customer=asked.customer,
        expires_at=asked.expires_at, max_redemptions=asked.max_redemptions, metadata=merged({}, asked.metadata),
        promotion={"type": "coupon", "coupon": coupon["id"]}, times_redeemed=0,
        restrictions={"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None},
    )  # fmt: skip
    account.tell("promotion_code.created", made)
    return made


def list_codes(account: Account, asked: PromotionCodes) -> Json:
    return listing.page(
        account, asked, "promotion_code", "/v1/promotion_codes",
        active=asked.active, code=asked.code, customer=asked.customer,
    )  # fmt: skip


def found(account: Account, code: str) -> Json | None:
    """The promotion code that can be redeemed now, whether written in capitals or not."""
    for promotion in account.books.all("promotion_code"):
        coupon = account.get("coupon", promotion["promotion"]["coupon"])
        late = [at for at in (promotion["expires_at"], coupon["redeem_by"]) if at and at <= account.now()]
        full = any(
            one["max_redemptions"] and one["times_redeemed"] >= one["max_redemptions"] for one in (promotion, coupon)
        )
        if promotion["active"] and promotion["code"].upper() == code.strip().upper() and not late and not full:
            return promotion
    return None


def redeem(account: Account, customer: Json, coupon_id: str, promotion_code: str | None) -> Json:
    """A discount of that coupon for a subscription of the customer's."""
    coupon, now = account.get("coupon", coupon_id), account.now(customer["_clock"])
    months = {"interval": "month", "interval_count": 1}
    end = periods.nth(now, months, coupon["duration_in_months"]) if coupon["duration"] == "repeating" else None
    discount = shaped(
        "discount", id=new_id("di_1"), customer=customer["id"], promotion_code=promotion_code, start=now, end=end,
        source={"type": "coupon", "coupon": coupon_id},
    )  # fmt: skip
    account.books.put(discount)
    account.change(coupon, None, times_redeemed=coupon["times_redeemed"] + 1)
    if promotion_code:
        promotion = account.get("promotion_code", promotion_code)
        account.change(promotion, "promotion_code.updated", times_redeemed=promotion["times_redeemed"] + 1)
    return discount


def still_holding(account: Account, ids: list[str], now: int) -> list[Json]:
    """Of those discounts the ones that reduce an invoice made now."""
    discounts = [account.get("discount", id) for id in ids]
    return [discount for discount in discounts if discount["end"] is None or now < discount["end"]]


def worth(account: Account, discount: Json, subtotal: int) -> int:
    """By how much it reduces `subtotal`; never below zero."""
    return reduction(account.get("coupon", discount["source"]["coupon"]), subtotal)


def reduction(coupon: Json, subtotal: int) -> int:
    off = coupon["amount_off"] if coupon["amount_off"] is not None else round(subtotal * coupon["percent_off"] / 100)
    return max(0, min(off, subtotal))


def lasting(account: Account, discounts: list[Json]) -> list[str]:
    """The ids of those that hold beyond the invoice that was just made."""
    return [one["id"] for one in discounts if account.get("coupon", one["source"]["coupon"])["duration"] != "once"]


ROUTES: tuple[Route, ...] = (
    post("/v1/coupons", NewCoupon, create_coupon),
    retrieve("/v1/coupons/{id}", "coupon"),
    get("/v1/coupons", Page, list_coupons),
    post("/v1/promotion_codes", NewPromotionCode, create_code),
    retrieve("/v1/promotion_codes/{id}", "promotion_code"),
    get("/v1/promotion_codes", PromotionCodes, list_codes),
)
