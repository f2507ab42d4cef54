"""What is owed when a plan changes within a period? A credit for what is left of the old, a charge for the new."""

from dataclasses import dataclass

from devstack.stripe.shapes import Json


@dataclass(frozen=True)
class Share:
    """One line of it: money in the smallest unit, negative for a credit, and the seconds that it is for."""

    amount: int
    description: str
    price: Json
    quantity: int
    item: str
    start: int
    end: int


def unused(item: Json, now: int, name: str) -> Share:
    """The credit for what is left of the item's period."""
    amount = -_left(item, item["price"], item["quantity"], now)
    return Share(
        amount, f"Unused time on {name}", item["price"], item["quantity"], item["id"], now, item["current_period_end"]
    )


def remaining(item: Json, price: Json, quantity: int, now: int, name: str) -> Share:
    """The charge for the new price until the item's period ends."""
    amount = _left(item, price, quantity, now)
    return Share(amount, f"Remaining time on {name}", price, quantity, item["id"], now, item["current_period_end"])


def _left(item: Json, price: Json, quantity: int, now: int) -> int:
    start, end = item["current_period_start"], item["current_period_end"]
    share = min(max(end - now, 0), end - start) / (end - start)
    return round(price["unit_amount"] * quantity * share)
