"""Plans in words: what one costs and brings, and how the driver's own stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from contracts.license import Interval, LicenseStatus, Plan, Price
from desktop_client.licence import LicenceState, Source
from desktop_client.windows.moments import day

SIGNS: Final = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
WITHOUT_CENTS: Final = frozenset(("clp", "jpy", "krw", "vnd", "xaf", "xof", "xpf"))
BRINGS: Final = {
    "widgets": "Every overlay widget",
    "maps.unlimited": "Shared track maps without a limit",
}
LIMITED_MAPS: Final = "20 new track maps a day"
RUNNING: Final = frozenset({"trialing", "active", "past_due", "unpaid", "paused"})
ASKING: Final = "One moment …"


def money(amount: int, currency: str) -> str:
    """`$5.99`, `€60`, `¥600`, `5.99 CHF`: `amount` is in the smallest unit."""
    whole, cents = (amount, 0) if currency in WITHOUT_CENTS else divmod(amount, 100)
    figures = f"{whole:,}" if cents == 0 else f"{whole:,}.{cents:02}"
    return f"{SIGNS[currency]}{figures}" if currency in SIGNS else f"{figures} {currency.upper()}".strip()


def price_of(plan: Plan, interval: Interval) -> Price | None:
    return next((price for price in plan.prices if price.interval is interval), None)


def each(plan: Plan, price: Price) -> str:
    """What stands beside the sum: `a month, before tax`, and what a year saves."""
    monthly = price_of(plan, Interval.MONTH)
    if price.interval is Interval.YEAR and monthly is not None and monthly.currency == price.currency:
        saved = 100 - 100 * price.amount // max(1, 12 * monthly.amount)
        if saved > 0:
            return f"a year, {saved} % less, before tax"
    return f"a {price.interval}, before tax"


def brings(plan: Plan) -> tuple[str, ...]:
    """What one has of it here, line by line: what this version of the client can do nothing with is left out."""
    lines = [words for name, words in BRINGS.items() if name in plan.entitlements]
    if "maps.unlimited" not in plan.entitlements:
        lines.append(LIMITED_MAPS)
    return (*lines, f"On {_counted(plan.max_devices, 'computer')}", f"{_counted(plan.offline_days, 'day')} offline")


def trial(price: Price) -> str:
    """What the first days cost, or nothing to say."""
    if not price.trial_days:
        return ""
    return f"The first {_counted(price.trial_days, 'day')} are free. Cancel whenever you like."


def name_of(plan_id: str | None, plans: Iterable[Plan] = ()) -> str:
    return next((plan.name for plan in plans if plan.id == plan_id), (plan_id or "").capitalize())


def has_subscription(status: LicenseStatus | None) -> bool:
    """Whether something is being paid for, so that another plan is a change of it and no second one."""
    return status is not None and status.subscription_status in RUNNING


def how(state: LicenceState) -> str:
    """How the plan stands, where there is no problem with it: one sentence, or nothing to say."""
    status = state.status
    if state.notice:
        return state.notice
    if status is None:
        return _without_gateway(state)
    is_trial = status.subscription_status == "trialing"
    if status.renews_at is not None:
        until = day(status.renews_at)
        return f"A trial until {until}; the first payment is made then." if is_trial else f"Renews on {until}."
    if status.ends_at is not None:
        return f"Ends on {day(status.ends_at)}, with no further payment. The Free plan goes on after that."
    return "There is nothing to pay." if not has_subscription(status) else ""


def in_short(state: LicenceState) -> str:
    """The plan for a menu: no more than a few words. Empty before anybody was asked."""
    if state.source is Source.NOBODY:
        return ""
    if state.code == "grace_past_due":
        return f"Plan: {name_of(state.plan)} · payment open"
    if state.problem:
        return "Plan: see what is wrong"
    left = f" · {_counted(state.days_left, 'day')} left offline" if state.notice and state.days_left else ""
    return f"Plan: {name_of(state.plan)}{left}"


def _without_gateway(state: LicenceState) -> str:
    if state.source is not Source.LEASE or state.days_left is None:
        return ASKING if state.source is Source.NOBODY else ""
    return f"Without a network it holds for {_counted(state.days_left, 'more day')}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
