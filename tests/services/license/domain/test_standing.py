"""The ladder, rung by rung."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.license import Plan
from services.license.domain.standing import (
    PAST_DUE_CAP,
    Code,
    Granted,
    Plans,
    Revoked,
    Standing,
    answer,
    judge,
    reason,
)
from services.license.domain.subscriptions import Status, Subscription

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def plan(id: str, at_expiry: str | None = "free", *extra: str) -> Plan:
    return Plan(id, id.title(), 2, 7, ("widgets", *extra), ("stable",), at_expiry=at_expiry)


PLANS = Plans([plan("free", None), plan("pro", "free", "history"), plan("team", "free", "history"), plan("gift", None)])
ACTIVE = Subscription("sub_1", "cus_1", "pro", Status.ACTIVE, started_at=NOW - 40 * DAY, renews_at=NOW + 5 * DAY)


def stands(*subscriptions: Subscription, act: Granted | Revoked | None = None, at: datetime = NOW) -> Standing:
    return judge(PLANS, subscriptions, act, at)


@pytest.mark.parametrize(
    ("change", "valid", "code"),
    [
        ({}, True, "valid"),
        ({"status": Status.TRIALING}, True, "valid"),
        ({"status": Status.PAST_DUE, "first_failed_at": NOW - DAY}, True, "grace_past_due"),
        ({"status": Status.PAST_DUE, "first_failed_at": NOW - PAST_DUE_CAP}, False, "suspended_unpaid"),
        ({"status": Status.UNPAID, "first_failed_at": NOW - DAY}, False, "suspended_unpaid"),
        ({"status": Status.PAUSED}, False, "suspended_paused"),
        ({"is_paused": True}, False, "suspended_paused"),
        ({"is_refunded": True}, False, "refunded"),
        ({"is_disputed": True}, False, "disputed"),
        ({"is_refunded": True, "is_disputed": True}, False, "disputed"),
        ({"status": Status.UNPAID, "is_refunded": True}, False, "suspended_unpaid"),
    ],
)
def test_the_first_rung_that_does_not_hold_answers(change: dict[str, object], valid: bool, code: str):
    standing = stands(replace(ACTIVE, **change))  # type: ignore[arg-type]
    assert (standing.is_valid, standing.code, standing.plan.id) == (valid, code, "pro")
    assert standing.entitlements == (("widgets", "history") if valid else ("widgets",)), "suspended, it goes on as Free"


def test_a_grace_says_until_when_and_is_judged_again_then():
    standing = stands(replace(ACTIVE, status=Status.PAST_DUE, first_failed_at=NOW - 3 * DAY))
    assert standing.grace_until == standing.reconsider_at == NOW - 3 * DAY + PAST_DUE_CAP


def test_a_disputed_payment_that_is_outstanding_too_is_judged_again_when_it_was_for_too_long():
    both = replace(ACTIVE, status=Status.PAST_DUE, first_failed_at=NOW - 3 * DAY, is_disputed=True)
    standing = stands(both)
    assert (standing.code, standing.grace_until) == ("disputed", None)
    assert standing.reconsider_at == NOW - 3 * DAY + PAST_DUE_CAP
    assert stands(both, at=standing.reconsider_at).code == "suspended_unpaid"


@pytest.mark.parametrize("status", [Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED])
def test_before_the_first_payment_the_plan_before_holds(status: Status):
    assert stands(replace(ACTIVE, status=status)) == stands()
    assert stands(replace(ACTIVE, plan="team", status=status), replace(ACTIVE, id="sub_0")).plan.id == "pro"


def test_who_cancelled_keeps_it_until_the_end_of_the_period_and_is_free_then():
    cancelled = replace(ACTIVE, ends_at=NOW + 5 * DAY)
    before, after = stands(cancelled), stands(cancelled, at=NOW + 5 * DAY)
    assert (before.plan.id, before.code, before.renews_at) == ("pro", Code.VALID, None)
    assert before.reconsider_at == NOW + 5 * DAY
    assert (after.plan.id, after.code, after.is_valid) == ("free", Code.VALID, True)
    assert stands(replace(ACTIVE, status=Status.CANCELED)).plan.id == "free"
    assert reason(before, after) == "expired"


def test_a_plan_that_nothing_follows_is_expired():
    standing = stands(replace(ACTIVE, plan="gift", status=Status.CANCELED))
    assert (standing.is_valid, standing.code, standing.plan.id, standing.entitlements) == (False, "expired", "gift", ())


def test_of_two_subscriptions_the_one_that_gives_more_counts():
    lesser, suspended = replace(ACTIVE, id="sub_0"), replace(ACTIVE, plan="team", status=Status.UNPAID)
    assert stands(lesser, suspended).plan.id == "pro"
    assert stands(lesser, replace(suspended, status=Status.ACTIVE)).plan.id == "team"


def test_a_grant_beats_a_subscription_where_it_is_better():
    unpaid = replace(ACTIVE, status=Status.UNPAID)
    assert (stands(ACTIVE, act=Granted("team")).plan.id, stands(ACTIVE, act=Granted("free")).plan.id) == ("team", "pro")
    assert stands(unpaid, act=Granted("pro")).code is Code.VALID
    assert stands(unpaid, act=Granted("pro", NOW)).code is Code.SUSPENDED_UNPAID, "it is over"
    assert stands(act=Granted("pro", NOW + DAY)).reconsider_at == NOW + DAY


def test_a_revoked_licence_has_nothing_whatever_is_paid():
    standing = stands(ACTIVE, act=Revoked())
    assert (standing.is_valid, standing.code, standing.plan.id, standing.entitlements) == (False, "revoked", "pro", ())
    assert stands(act=Revoked()).plan.id == "free"


def test_a_device_without_a_seat_is_told_so_unless_there_is_a_graver_reason():
    assert answer(stands(ACTIVE), 0, is_activated=False).code == "device_not_activated"
    assert answer(stands(replace(ACTIVE, is_refunded=True)), 0, is_activated=False).code == "refunded"
    assert answer(stands(ACTIVE), 1, is_activated=True).valid
    assert answer(None, 0, is_activated=False).code == "no_license"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (stands(), stands(ACTIVE), "plan_changed"),
        (stands(replace(ACTIVE, is_disputed=True)), stands(ACTIVE), "restored"),
        (stands(ACTIVE), stands(replace(ACTIVE, is_refunded=True)), "refunded"),
        (stands(ACTIVE), stands(replace(ACTIVE, renews_at=NOW + 35 * DAY)), "renewed"),
        (stands(ACTIVE), stands(replace(ACTIVE, status=Status.TRIALING)), "subscription_changed"),
    ],
)
def test_a_change_has_a_reason(before: Standing, after: Standing, why: str):
    assert reason(before, after) == why


moments = st.integers(-60, 60).map(lambda days: NOW + days * DAY)
subscriptions = st.builds(
    Subscription,
    id=st.sampled_from(["sub_1", "sub_2", "sub_3"]),
    customer=st.just("cus_1"),
    plan=st.sampled_from(["pro", "team"]),
    status=st.sampled_from(list(Status)),
    started_at=moments,
    renews_at=moments,
    ends_at=st.none() | moments,
    first_failed_at=moments,
    is_paused=st.booleans(),
    is_refunded=st.booleans(),
    is_disputed=st.booleans(),
)
acts = st.none() | st.builds(Granted, st.sampled_from(["free", "pro", "team"]), st.none() | moments)


@given(st.lists(subscriptions, max_size=3, unique_by=lambda each: each.id), acts, st.integers(0, 120))
def test_nothing_changes_by_time_alone_before_the_moment_that_was_named(
    held: list[Subscription], act: Granted | None, days: int
):
    now = judge(PLANS, held, act, NOW)
    later = NOW + days * DAY
    if now.reconsider_at is None or later < now.reconsider_at:
        then = judge(PLANS, held, act, later)
        assert (then.code, then.plan, then.entitlements) == (now.code, now.plan, now.entitlements)


@given(st.lists(subscriptions, max_size=3, unique_by=lambda each: each.id), acts)
def test_the_order_in_which_subscriptions_are_known_does_not_matter(held: list[Subscription], act: Granted | None):
    first, other = judge(PLANS, held, act, NOW), judge(PLANS, held[::-1], act, NOW)
    assert (first.code, first.plan, first.entitlements) == (other.code, other.plan, other.entitlements)


@given(st.lists(subscriptions, max_size=3, unique_by=lambda each: each.id), st.sampled_from(["pro", "team"]))
def test_a_grant_never_makes_anything_worse(held: list[Subscription], granted: str):
    without, with_it = judge(PLANS, held, None, NOW), judge(PLANS, held, Granted(granted), NOW)
    assert with_it.is_valid
    if without.is_valid:
        assert PLANS.rank(with_it.plan) >= PLANS.rank(without.plan)
