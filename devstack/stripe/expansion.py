"""What does `expand[]` bring? The object in place of its id, and what is only there when it is asked for."""

from collections.abc import Callable
from typing import Any

from devstack.stripe import listing
from devstack.stripe.account import Account
from devstack.stripe.errors import Refused
from devstack.stripe.shapes import Json

_DEEPEST = 4

_ON_REQUEST: dict[tuple[str, str], Callable[[Account, Json], Json]] = {
    ("invoice", "payments"): lambda account, invoice: listing.whole(
        account.books.all("invoice_payment", owner=invoice["id"]), "/v1/invoice_payments"
    ),
    ("checkout.session", "line_items"): lambda _, session: listing.whole(
        session["_lines"], f"/v1/checkout/sessions/{session['id']}/line_items"
    ),
    ("charge", "refunds"): lambda account, charge: listing.whole(
        account.books.all("refund", owner=charge["id"]), f"/v1/charges/{charge['id']}/refunds"
    ),
    ("customer", "subscriptions"): lambda account, customer: listing.whole(
        (one for one in account.books.all("subscription", owner=customer["id"]) if one["status"] != "canceled"),
        f"/v1/customers/{customer['id']}/subscriptions",
    ),
}


def expanded(account: Account, answer: Json, paths: list[str]) -> Json:
    """`answer` with each path of `paths` expanded. Refused for what cannot be."""
    for path in paths:
        steps = path.split(".")
        if len([step for step in steps if step != "data"]) > _DEEPEST:
            raise Refused(f"You cannot expand more than {_DEEPEST} levels of a property: {path}", param="expand")
        _expand(account, answer, steps, path)
    return answer


def _expand(account: Account, here: Any, steps: list[str], path: str) -> None:
    if not steps or here is None:
        return
    if isinstance(here, list):
        for one in here:
            _expand(account, one, steps, path)
        return
    step, *rest = steps
    if not isinstance(here, dict):
        raise _refused(path)
    make = _ON_REQUEST.get((here.get("object", ""), step))
    if make and not isinstance(here.get(step), dict):
        here[step] = make(account, here)
    elif step not in here:
        raise _refused(path)
    value = here[step]
    if isinstance(value, str):
        here[step] = account.books.find(value)
        if here[step] is None:
            raise _refused(path)
    elif isinstance(value, list):
        here[step] = [account.books.find(one) if isinstance(one, str) else one for one in value]
    _expand(account, here[step], rest, path)


def _refused(path: str) -> Refused:
    return Refused(f"This property cannot be expanded ({path}).", param="expand")
