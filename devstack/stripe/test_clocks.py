"""How does time go by for some customers only? Test clocks, which stand still until they are advanced."""

from devstack.stripe import listing, subscriptions
from devstack.stripe.account import Account
from devstack.stripe.customers import living, stump
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Moment, Page, Parameters
from devstack.stripe.periods import DAY
from devstack.stripe.routing import Route, delete, get, post, retrieve
from devstack.stripe.shapes import Json

_KIND = "test_helpers.test_clock"
_FARTHEST_S = 2 * 366 * DAY
_PATH = "/v1/test_helpers/test_clocks"


class NewClock(Parameters, kw_only=True):
    frozen_time: Moment
    name: str | None = None


class Advance(Parameters, kw_only=True):
    frozen_time: Moment


def create(account: Account, asked: NewClock) -> Json:
    clock = account.new(
        _KIND, "clock_1", frozen_time=asked.frozen_time, name=asked.name, status="ready", status_details={},
        deletes_after=account.now() + 30 * DAY,
    )  # fmt: skip
    account.tell("test_helpers.test_clock.created", clock)
    return clock


def advance(account: Account, asked: Advance, id: str) -> Json:
    """Answers at once, `advancing`; it is `ready` when everything due by then has been done."""
    clock = account.get(_KIND, id)
    if clock["status"] != "ready":
        raise Refused("The test clock is still advancing.", code="test_clock_advancing", param="id")
    if not clock["frozen_time"] < asked.frozen_time <= clock["frozen_time"] + _FARTHEST_S:
        raise Refused("A test clock moves ahead only, and at most two years at once.", param="frozen_time")
    details = {"advancing": {"target_frozen_time": asked.frozen_time}}
    account.change(clock, None, status="advancing", frozen_time=asked.frozen_time, status_details=details)
    account.tell("test_helpers.test_clock.advancing", clock)
    account.moved()
    return clock


def advancing(account: Account) -> list[Json]:
    """The clocks that are on their way."""
    return [clock for clock in account.books.all(_KIND) if clock["status"] == "advancing"]


def arrived(account: Account, clock: Json) -> None:
    """Everything that was due has been done."""
    account.change(clock, None, status="ready", status_details={})
    account.tell("test_helpers.test_clock.ready", clock)


def remove(account: Account, _asked: Parameters, id: str) -> Json:
    """Its customers go with it."""
    clock = account.get(_KIND, id)
    for customer in list(account.books.all("customer", owner=id)):
        if not customer.get("_gone"):
            remove_customer(account, Parameters(), customer["id"])
    account.tell("test_helpers.test_clock.deleted", clock)
    account.books.forget(id)
    return {"id": id, "object": _KIND, "deleted": True}


def remove_customer(account: Account, _asked: Parameters, id: str) -> Json:
    """With all subscriptions, at once. What was paid stays in the books."""
    customer = living(account, id, "id")
    for subscription in list(account.books.all("subscription", owner=id)):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(account, subscription, "cancellation_requested")
    customer = account.get("customer", id)
    account.change(customer, None, _gone=True)
    account.tell("customer.deleted", customer)
    return stump(id)


def search(account: Account, asked: Page) -> Json:
    return listing.page(account, asked, _KIND, _PATH)


ROUTES: tuple[Route, ...] = (
    post(_PATH, NewClock, create),
    retrieve(f"{_PATH}/{{id}}", _KIND),
    post(f"{_PATH}/{{id}}/advance", Advance, advance),
    delete(f"{_PATH}/{{id}}", Parameters, remove),
    get(_PATH, Page, search),
    delete("/v1/customers/{id}", Parameters, remove_customer),
)
