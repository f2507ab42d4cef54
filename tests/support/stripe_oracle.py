"""How must an account stand, going by everything that happened at the stand-in for Stripe?

Written from the stand-in's own books and from the log of what happened in it, event by event, and on purpose not in the
way in which license judges: it walks through time, license looks at how things are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from devstack.stripe.account import Account

RANK = {"free": 0, "pro": 1, "team": 2}
ENTITLEMENTS = {
    "free": ("widgets",),
    "pro": ("widgets", "maps.unlimited", "history", "channel.beta"),
    "team": ("widgets", "maps.unlimited", "history", "channel.beta"),
}
CAP_S = 14 * 86_400


@dataclass(frozen=True)
class Verdict:
    valid: bool
    code: str
    plan: str
    entitlements: tuple[str, ...]


def verdict(account: Account, customer: str | None, act: tuple[str, str] | None, now: float) -> Verdict:
    """`act` is what an administrator did last: ("grant", plan), or ("revoke", "")."""
    subscriptions = list(account.books.all("subscription", owner=customer or "nobody"))
    begun = [each for each in subscriptions if not each["status"].startswith("incomplete")]
    if act and act[0] == "revoke":
        newest = sorted(begun, key=lambda each: (each["status"] != "canceled", each["created"], each["id"]))
        return Verdict(False, "revoked", _plan(newest[-1]) if newest else "free", ())
    found = [_of(account, each, now) for each in begun if each["status"] != "canceled"]
    if act:
        found.append(Verdict(True, "valid", act[1], ENTITLEMENTS[act[1]]))
    good = [each for each in found if each.valid]
    if good:
        return max(good, key=lambda each: (RANK[each.plan], each.code == "valid"))
    if found:
        return max(found, key=lambda each: RANK[each.plan])
    return Verdict(True, "valid", "free", ENTITLEMENTS["free"])


def _of(account: Account, subscription: dict[str, Any], now: float) -> Verdict:
    plan = _plan(subscription)

    def suspended(code: str) -> Verdict:
        return Verdict(False, code, plan, ENTITLEMENTS["free"])

    invoices = [
        each
        for each in account.books.all("invoice", owner=subscription["customer"], newest_first=False)
        if each["_subscription"] == subscription["id"]
    ]
    pause = subscription["pause_collection"]
    if subscription["status"] == "paused":
        return suspended("suspended_paused")
    if pause and pause["behavior"] == "void" and _by_id(invoices, subscription["latest_invoice"])["status"] == "void":
        return suspended("suspended_paused")
    owed_since = _owed_since(account, subscription["id"])
    if subscription["status"] == "unpaid":
        return suspended("suspended_unpaid")
    if subscription["status"] == "past_due" and now >= owed_since + CAP_S:
        return suspended("suspended_unpaid")
    start = subscription["items"]["data"][0]["current_period_start"]
    ever, current = [], []
    for invoice in invoices:
        for charge in _charges(account, invoice):
            ever.append(charge)
            if invoice["created"] >= start and invoice["status"] == "paid" and charge["paid"]:
                current.append(charge)
    for charge in ever:
        for dispute in account.books.all("dispute", owner=charge["id"]):
            if dispute["status"] in ("needs_response", "under_review"):
                return suspended("disputed")
            if dispute["status"] == "lost" and charge in current:
                return suspended("disputed")
    if current:
        back = sum(each["amount"] for charge in current for each in account.books.all("refund", owner=charge["id"]))
        if back == sum(charge["amount"] for charge in current):
            return suspended("refunded")
    code = "grace_past_due" if subscription["status"] == "past_due" else "valid"
    return Verdict(True, code, plan, ENTITLEMENTS[plan])


def _owed_since(account: Account, subscription: str) -> float:
    """The first failure that no payment came after: going through what happened, in order."""
    since, paid_at = None, 0.0
    for event in account.books.all("event", newest_first=False):
        invoice = event["data"]["object"]
        if not event["type"].startswith("invoice.") or _subscription_of(invoice) != subscription:
            continue
        if event["type"] == "invoice.payment_failed" and since is None:
            since = event["created"]
        elif event["type"] == "invoice.paid" and invoice["amount_paid"] > 0:
            since, paid_at = None, event["created"]
    return paid_at if since is None else since


def sums(account: Account, customer: str | None) -> dict[str, dict[str, int]]:
    """What moved, by kind: amounts by the name that the ledger has for each."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if customer is None:
        return {}
    failed: dict[str, int] = defaultdict(int)
    for event in account.books.all("event", newest_first=False):
        invoice = event["data"]["object"]
        if event["type"] == "invoice.payment_failed" and invoice["customer"] == customer:
            failed[invoice["id"]] += 1
            found["failure"][f"{invoice['id']}/{failed[invoice['id']]}"] = invoice["amount_due"]
    for invoice in account.books.all("invoice", owner=customer):
        if invoice["status"] == "paid" and invoice["amount_paid"]:
            found["payment"][invoice["id"]] = invoice["amount_paid"]
    for charge in account.books.all("charge", owner=customer):
        for refund in account.books.all("refund", owner=charge["id"]):
            found["refund"][refund["id"]] = refund["amount"]
        for dispute in account.books.all("dispute", owner=charge["id"]):
            found["chargeback"][dispute["id"]] = dispute["amount"]
            if dispute["status"] == "won":
                found["chargeback_won"][dispute["id"]] = dispute["amount"]
    return dict(found)


def _plan(subscription: dict[str, Any]) -> str:
    return subscription["items"]["data"][0]["price"]["lookup_key"].partition("_")[0]


def _by_id(things: list[dict[str, Any]], id: str) -> dict[str, Any]:
    return next(each for each in things if each["id"] == id)


def _subscription_of(invoice: dict[str, Any]) -> str | None:
    return ((invoice.get("parent") or {}).get("subscription_details") or {}).get("subscription")


def _charges(account: Account, invoice: dict[str, Any]) -> list[dict[str, Any]]:
    intents = {each["payment"]["payment_intent"] for each in account.books.all("invoice_payment", owner=invoice["id"])}
    every = account.books.all("charge", owner=invoice["customer"], newest_first=False)
    return [charge for charge in every if charge["payment_intent"] in intents]
