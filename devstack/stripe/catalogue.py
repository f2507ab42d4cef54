"""What is sold, for how much? Products and their prices."""

import msgspec

from devstack.stripe import listing
from devstack.stripe.account import Account
from devstack.stripe.errors import Refused
from devstack.stripe.parameters import Amount, Metadata, Page, Parameters, merged
from devstack.stripe.routing import Route, get, post, retrieve
from devstack.stripe.shapes import Json

_INTERVALS = ("day", "week", "month", "year")


class NewProduct(Parameters, kw_only=True):
    name: str
    id: str | None = None
    active: bool = True
    description: str | None = None
    metadata: Metadata | None = None
    tax_code: str | None = None
    url: str | None = None


class ProductChange(Parameters, kw_only=True):
    name: str | None = None
    active: bool | None = None
    description: str | None = None
    default_price: str | None = None
    metadata: Metadata | None = None


class Products(Page, kw_only=True):
    active: bool | None = None


class Recurring(msgspec.Struct, forbid_unknown_fields=True):
    interval: str
    interval_count: int = 1
    usage_type: str = "licensed"


class ProductData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    metadata: Metadata | None = None


class NewPrice(Parameters, kw_only=True):
    currency: str
    unit_amount: Amount
    product: str | None = None
    product_data: ProductData | None = None
    recurring: Recurring | None = None
    lookup_key: str | None = None
    transfer_lookup_key: bool = False
    nickname: str | None = None
    active: bool = True
    tax_behavior: str = "unspecified"
    metadata: Metadata | None = None


class PriceChange(Parameters, kw_only=True):
    active: bool | None = None
    lookup_key: str | None = None
    transfer_lookup_key: bool = False
    nickname: str | None = None
    metadata: Metadata | None = None


class Prices(Page, kw_only=True):
    active: bool | None = None
    currency: str | None = None
    lookup_keys: list[str] | None = None
    product: str | None = None
    type: str | None = None


def create_product(account: Account, asked: NewProduct) -> Json:
    if asked.id and account.books.find(asked.id):
        raise Refused("Product already exists.", code="resource_already_exists", param="id")
    product = account.new(
        "product", "prod_", id=asked.id, active=asked.active, name=asked.name, description=asked.description,
        images=[], marketing_features=[], metadata=merged({}, asked.metadata), tax_code=asked.tax_code,
        type="service", updated=account.now(), url=asked.url,
    )  # fmt: skip
    account.tell("product.created", product)
    return product


def update_product(account: Account, asked: ProductChange, id: str) -> Json:
    product = account.get("product", id)
    changes = {
        name: value
        for name in ("name", "active", "description", "default_price")
        if (value := getattr(asked, name)) is not None
    }
    changes |= {"metadata": merged(product["metadata"], asked.metadata), "updated": account.now()}
    account.change(product, "product.updated", **changes)
    return product


def list_products(account: Account, asked: Products) -> Json:
    return listing.page(account, asked, "product", "/v1/products", active=asked.active)


def create_price(account: Account, asked: NewPrice) -> Json:
    if (asked.product is None) == (asked.product_data is None):
        raise Refused("You must pass either product or product_data.", code="parameter_missing", param="product")
    recurring = asked.recurring
    if recurring and (recurring.interval not in _INTERVALS or not 1 <= recurring.interval_count <= 36):
        raise Refused(f"Invalid interval: must be one of {', '.join(_INTERVALS)}", param="recurring[interval]")
    if asked.product_data:
        bare = NewProduct(name=asked.product_data.name, metadata=asked.product_data.metadata)
        product = create_product(account, bare)["id"]
    else:
        product = account.get("product", asked.product or "", "product")["id"]
    _claim(account, asked.lookup_key, asked.transfer_lookup_key)
    price = account.new(
        "price", "price_", active=asked.active, billing_scheme="per_unit", currency=asked.currency.lower(),
        lookup_key=asked.lookup_key, metadata=merged({}, asked.metadata), nickname=asked.nickname, product=product,
        recurring={**msgspec.to_builtins(recurring), "meter": None, "trial_period_days": None} if recurring else None,
        tax_behavior=asked.tax_behavior, type="recurring" if recurring else "one_time",
        unit_amount=asked.unit_amount, unit_amount_decimal=str(asked.unit_amount),
    )  # fmt: skip
    account.tell("price.created", price)
    return price


def update_price(account: Account, asked: PriceChange, id: str) -> Json:
    price = account.get("price", id)
    if asked.lookup_key != price["lookup_key"]:
        _claim(account, asked.lookup_key, asked.transfer_lookup_key)
    changes = {name: v for name in ("active", "lookup_key", "nickname") if (v := getattr(asked, name)) is not None}
    account.change(price, "price.updated", **changes, metadata=merged(price["metadata"], asked.metadata))
    return price


def list_prices(account: Account, asked: Prices) -> Json:
    def fits(price: Json) -> bool:
        return (
            (asked.active is None or price["active"] == asked.active)
            and (asked.currency is None or price["currency"] == asked.currency)
            and (asked.lookup_keys is None or price["lookup_key"] in asked.lookup_keys)
            and (asked.type is None or price["type"] == asked.type)
        )

    return listing.page_of(account, asked, "price", "/v1/prices", fits, owner=asked.product)


def _claim(account: Account, lookup_key: str | None, transfer: bool) -> None:
    """A lookup key belongs to one price; another may only take it over by saying so."""
    for other in account.books.all("price") if lookup_key else ():
        if other["lookup_key"] == lookup_key:
            if not transfer:
                raise Refused(
                    f"A price (`{other['id']}`) already uses that lookup key.",
                    code="resource_already_exists", param="lookup_key",
                )  # fmt: skip
            account.change(other, "price.updated", lookup_key=None)


def plan_of(price: Json) -> Json:
    """The old name of a recurring price, which items of subscriptions still carry."""
    recurring = price["recurring"] or {}
    return {
        "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"], "billing_scheme": "per_unit", "created": price["created"],
        "currency": price["currency"], "interval": recurring.get("interval"),
        "interval_count": recurring.get("interval_count"), "livemode": False, "metadata": price["metadata"],
        "meter": None, "nickname": price["nickname"], "product": price["product"], "tiers_mode": None,
        "transform_usage": None, "trial_period_days": None, "usage_type": recurring.get("usage_type", "licensed"),
    }  # fmt: skip


ROUTES: tuple[Route, ...] = (
    post("/v1/products", NewProduct, create_product),
    retrieve("/v1/products/{id}", "product"),
    post("/v1/products/{id}", ProductChange, update_product),
    get("/v1/products", Products, list_products),
    post("/v1/prices", NewPrice, create_price),
    retrieve("/v1/prices/{id}", "price"),
    post("/v1/prices/{id}", PriceChange, update_price),
    get("/v1/prices", Prices, list_prices),
)
