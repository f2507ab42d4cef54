"""What is on sale in a fresh stand-in: the plans of RaceOverlay, found by their lookup keys, and a code to try."""

from devstack.stripe import catalogue, discounts
from devstack.stripe.account import Account
from devstack.stripe.catalogue import NewPrice, NewProduct, Recurring

PLANS = {"pro": ("RaceOverlay Pro", 599, 5_900), "team": ("RaceOverlay Team", 1_999, 19_900)}
"""By plan: its name, and what a month and a year cost in cents."""


def plans(account: Account) -> None:
    """Makes products, prices and the promotion code PODIUM, unless they are there."""
    known = {price["lookup_key"] for price in account.books.all("price")}
    for plan, (name, monthly, yearly) in PLANS.items():
        for interval, amount in (("month", monthly), ("year", yearly)):
            key, id = f"{plan}_{interval}", f"prod_raceoverlay_{plan}"
            if key in known:
                continue
            if account.books.find(id) is None:
                catalogue.create_product(account, NewProduct(name=name, id=id, metadata={"plan": plan}))
            price = NewPrice(
                currency="usd", unit_amount=amount, product=id, recurring=Recurring(interval), lookup_key=key
            )
            catalogue.create_price(account, price)
    if account.books.find("podium") is None:
        discounts.create_coupon(account, discounts.NewCoupon(id="podium", name="A quarter off", percent_off=25.0))
        promotion = discounts.Promotion("coupon", "podium")
        discounts.create_code(account, discounts.NewPromotionCode(promotion=promotion, code="PODIUM"))
