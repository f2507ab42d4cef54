"""What is to go wrong? Asked for over the control surface, kept until it is taken back or used up."""

import random

import msgspec

from devstack.stripe.account import Account


class Faults(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`errors` answers of the API fail with `error` (500 | 429 | timeout); `declines` charges are declined.

    The rest is about webhooks: each delivered twice, in a disorder of up to `reorder_s` seconds, `delay_s` seconds
    late, and lost on the way with the probability `drop` (a lost one is tried again, as Stripe would).
    """

    duplicate: bool = False
    reorder_s: float = 0.0
    delay_s: float = 0.0
    drop: float = 0.0
    errors: int = 0
    error: str = "500"
    slow_s: float = 0.0
    declines: int = 0


def now(account: Account) -> Faults:
    """The faults that hold now."""
    return msgspec.convert(account.books.setting("faults", {}), Faults)


def hold(account: Account, faults: Faults) -> None:
    account.books.set("faults", faults)


def decline_next(account: Account) -> bool:
    """Whether this charge is to be declined; uses one up."""
    faults = now(account)
    if faults.declines <= 0:
        return False
    faults.declines -= 1
    hold(account, faults)
    return True


def error_next(account: Account) -> str | None:
    """500, 429 or timeout where this answer of the API is to fail; uses one up."""
    faults = now(account)
    if faults.errors <= 0:
        return None
    faults.errors -= 1
    hold(account, faults)
    return faults.error


def lateness(faults: Faults) -> float:
    """By how many seconds this webhook is held back."""
    return faults.delay_s + random.uniform(0, faults.reorder_s)


def lost(faults: Faults) -> bool:
    """Whether this webhook is lost on the way."""
    return random.random() < faults.drop
