"""What has happened? Events, and the endpoints that are told of them."""

from urllib.parse import urlsplit

from devstack.stripe import listing
from devstack.stripe.account import API_VERSION, Account, new_id
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Metadata, Page, Parameters, merged
from devstack.stripe.routing import Route, delete, get, post, retrieve
from devstack.stripe.shapes import Json


class Events(Page, kw_only=True):
    type: str | None = None
    types: list[str] | None = None


class NewEndpoint(Parameters, kw_only=True):
    url: str
    enabled_events: list[str]
    api_version: str | None = None
    description: str | None = None
    metadata: Metadata | None = None


class EndpointChange(Parameters, kw_only=True):
    url: str | None = None
    enabled_events: list[str] | None = None
    description: str | None = None
    disabled: bool | None = None


def read(account: Account, _asked: Parameters, id: str) -> Json:
    return _with_pending(account, account.get("event", id))


def search(account: Account, asked: Events) -> Json:
    wanted = asked.types or ([asked.type] if asked.type else None)

    def fits(event: Json) -> bool:
        return wanted is None or any(_matches(one, event["type"]) for one in wanted)

    found = listing.page_of(account, asked, "event", "/v1/events", fits)
    return found | {"data": [_with_pending(account, event) for event in found["data"]]}


def create_endpoint(account: Account, asked: NewEndpoint) -> Json:
    """The secret is answered now and never again."""
    endpoint = keep_endpoint(account, asked.url, asked.enabled_events, new_id("whsec_", 32), asked)
    return endpoint | {"secret": endpoint["_secret"]}


def keep_endpoint(account: Account, url: str, events: list[str], secret: str, asked: NewEndpoint | None = None) -> Json:
    """An endpoint whose secret is known beforehand. Refused for an address that is none."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Refused(
            "Invalid URL: An explicit scheme (such as https) must be provided.", code="url_invalid", param="url"
        )
    if not events:
        raise Refused("Missing required param: enabled_events.", code="parameter_missing", param="enabled_events")
    version = (asked and asked.api_version) or API_VERSION
    if version != API_VERSION:
        raise Refused(f"Only {API_VERSION} is spoken here.", param="api_version")
    return account.new(
        "webhook_endpoint", "we_1", api_version=version, description=asked and asked.description, enabled_events=events,
        metadata=merged({}, asked and asked.metadata), status="enabled", url=url, _secret=secret,
    )  # fmt: skip


def update_endpoint(account: Account, asked: EndpointChange, id: str) -> Json:
    endpoint = account.get("webhook_endpoint", id)
    changes = {name: v for name in ("url", "enabled_events", "description") if (v := getattr(asked, name)) is not None}
    if asked.disabled is not None:
        changes["status"] = "disabled" if asked.disabled else "enabled"
    account.change(endpoint, None, **changes)
    return endpoint


def list_endpoints(account: Account, asked: Page) -> Json:
    return listing.page(account, asked, "webhook_endpoint", "/v1/webhook_endpoints")


def remove_endpoint(account: Account, _asked: Parameters, id: str) -> Json:
    account.get("webhook_endpoint", id)
    account.books.forget(id)
    account.books.database.execute("DELETE FROM deliveries WHERE endpoint = ?", (id,))
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


def _with_pending(account: Account, event: Json) -> Json:
    counted = account.books.database.execute("SELECT count(*) FROM deliveries WHERE event = ?", (event["id"],))
    return event | {"pending_webhooks": counted.fetchone()[0]}


def _matches(wanted: str, event_type: str) -> bool:
    return event_type.startswith(wanted[:-1]) if wanted.endswith("*") else wanted == event_type


ROUTES: tuple[Route, ...] = (
    get("/v1/events/{id}", Parameters, read),
    get("/v1/events", Events, search),
    post("/v1/webhook_endpoints", NewEndpoint, create_endpoint),
    retrieve("/v1/webhook_endpoints/{id}", "webhook_endpoint"),
    post("/v1/webhook_endpoints/{id}", EndpointChange, update_endpoint),
    delete("/v1/webhook_endpoints/{id}", Parameters, remove_endpoint),
    get("/v1/webhook_endpoints", Page, list_endpoints),
)
