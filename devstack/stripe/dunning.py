"""What happens when a card does not pay? It is tried again on some days after the first failure; then comes an end."""

import msgspec

from devstack.stripe.account import Account
from devstack.stripe.periods import DAY
from devstack.stripe.shapes import Json


class Dunning(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`days` after the first failure at which the card is tried again; `then` is unpaid, canceled or past_due."""

    days: tuple[float, ...] = (1, 3, 5, 7)
    then: str = "unpaid"


def rules(account: Account) -> Dunning:
    return msgspec.convert(account.books.setting("dunning", {}), Dunning)


def decide(account: Account, dunning: Dunning) -> None:
    """From now on it goes like this; also for what has failed already."""
    account.books.set("dunning", dunning)


def next_attempt(dunning: Dunning, invoice: Json, now: int) -> int | None:
    """When to try the next time an invoice that has just failed; None when it was the last time."""
    first = invoice["_first_failure"] or now
    later = [at for day in sorted(dunning.days) if (at := first + int(day * DAY)) > now]
    return later[0] if later else None
