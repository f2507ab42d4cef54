"""What does a card do? Stripe's well-known test numbers, and the payment methods that are made of them."""

from dataclasses import dataclass

from devstack.stripe.account import Account
from devstack.stripe.errors import Declined, Refused
from devstack.stripe.shapes import Json

Behaviour = str
"""pays | declined | insufficient | fails_later | authenticates: what happens when it is charged."""


@dataclass(frozen=True)
class Card:
    number: str
    brand: str
    behaviour: Behaviour
    what: str


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", "visa", "pays", "pays"),
        Card("5555555555554444", "mastercard", "pays", "pays, too"),
        Card("4000000000000002", "visa", "declined", "is declined"),
        Card("4000000000009995", "visa", "insufficient", "has no funds"),
        Card("4000000000000341", "visa", "fails_later", "is accepted, and declined when it is charged"),
        Card("4000002500003155", "visa", "authenticates", "asks whether it is you"),
    )
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002500003155",
}
"""Payment methods that need not be made before they are used."""

DECLINES = {
    "declined": ("generic_decline", "Your card was declined."),
    "insufficient": ("insufficient_funds", "Your card has insufficient funds."),
    "fails_later": ("generic_decline", "Your card was declined."),
}
"""Decline code and message by behaviour."""


def recognised(number: str) -> Card:
    """The test card of that number, spaces or not. Declined, in Stripe's words, for any other number."""
    digits = "".join(number.split())
    card = CARDS.get(digits)
    if card is None:
        raise Declined(
            "Your card number is incorrect. Only Stripe's test cards are taken here.",
            code="incorrect_number", param="number",
        )  # fmt: skip
    return card


def new_method(account: Account, card: Card, *, email: str | None = None, name: str | None = None) -> Json:
    """A payment method, not attached yet."""
    return account.new(
        "payment_method", "pm_1", allow_redisplay="unspecified", billing_details=billing_details(email, name),
        card={
            "brand": card.brand, "checks": {"address_line1_check": None, "address_postal_code_check": None,
            "cvc_check": "pass"}, "country": "US", "display_brand": card.brand, "exp_month": 12, "exp_year": 2034,
            "fingerprint": f"fp{card.number[-14:]}", "funding": "credit", "generated_from": None,
            "last4": card.number[-4:], "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated", "three_d_secure_usage": {"supported": True}, "wallet": None,
        },
        metadata={}, type="card", _behaviour=card.behaviour,
    )  # fmt: skip


def attach(account: Account, method: Json, customer: Json) -> Json:
    """Gives the method to the customer. Declined for a card that does not even let itself be kept."""
    if method["_behaviour"] in ("declined", "insufficient"):
        code, message = DECLINES[method["_behaviour"]]
        raise Declined(message, code="card_declined", decline_code=code)
    if method["customer"] not in (None, customer["id"]):
        raise Refused("This payment method belongs to another customer.", param="customer")
    method["_clock"] = customer["_clock"]
    if account.change(method, None, customer=customer["id"]):
        account.tell("payment_method.attached", method)
    return method


def named(account: Account, id: str, param: str = "payment_method") -> Json:
    """The payment method of that id, or a new one where `id` is one of TOKENS."""
    if number := TOKENS.get(id):
        return new_method(account, CARDS[number])
    return account.get("payment_method", id, param)


def billing_details(email: str | None, name: str | None) -> Json:
    return {"address": no_address(), "email": email, "name": name, "phone": None, "tax_id": None}


def no_address() -> Json:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
