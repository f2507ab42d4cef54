"""How does a list answer? A page of it, from where the last one ended, and whether more follows."""

import operator
from collections.abc import Callable, Iterable
from itertools import islice

from devstack.stripe.account import Account
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Page
from devstack.stripe.shapes import Json

_COMPARISONS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def whole(things: Iterable[Json], url: str) -> Json:
    """A list that is all there is."""
    return {"object": "list", "data": list(things), "has_more": False, "url": url}


def page(account: Account, asked: Page, kind: str, url: str, *, owner: str | None = None, **fields: object) -> Json:
    """The newest first; of those whose fields are as said, where something is said."""
    wanted = {name: value for name, value in fields.items() if value is not None}

    def fits(thing: Json) -> bool:
        return all(thing.get(name) == value for name, value in wanted.items()) and _within(thing, asked.created)

    return page_of(account, asked, kind, url, fits, owner=owner)


def page_of(
    account: Account, asked: Page, kind: str, url: str, fits: Callable[[Json], bool], *, owner: str | None = None
) -> Json:
    """The same for a condition that is more than equal fields."""
    _check(asked)
    backwards = asked.ending_before is not None
    border = asked.ending_before or asked.starting_after
    if border:
        account.get(kind, border, "ending_before" if backwards else "starting_after")
    things = (
        thing for thing in account.books.all(kind, owner=owner, newest_first=not backwards) if not thing.get("_gone")
    )
    if border:
        things = _after(things, border)
    found = list(islice((thing for thing in things if fits(thing)), asked.limit + 1))
    has_more, found = len(found) > asked.limit, found[: asked.limit]
    return {"object": "list", "data": found[::-1] if backwards else found, "has_more": has_more, "url": url}


def _after(things: Iterable[Json], border: str) -> Iterable[Json]:
    things = iter(things)
    for thing in things:
        if thing["id"] == border:
            break
    return things


def _within(thing: Json, created: dict[str, int] | int | None) -> bool:
    if created is None:
        return True
    if isinstance(created, int):
        return thing["created"] == created
    return all(_COMPARISONS[name](thing["created"], value) for name, value in created.items())


def _check(asked: Page) -> None:
    if not 1 <= asked.limit <= 100:
        raise Refused("Invalid limit: it must be from 1 to 100.", code="parameter_invalid_integer", param="limit")
    if isinstance(asked.created, dict) and (strange := asked.created.keys() - _COMPARISONS.keys()):
        name = f"created[{min(strange)}]"
        raise Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
