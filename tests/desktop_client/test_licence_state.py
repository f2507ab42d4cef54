from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from signed_leases import LeaseMaker

from contracts.license import LicenseStatus
from desktop_client.lease import Circumstances, Judgement, Rung, judge
from desktop_client.licence_state import (
    ACTIONS,
    SENTENCES,
    Action,
    LicenceState,
    Source,
    damaged,
    loses,
    of_gateway,
    of_lease,
    of_refusal,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PRO = LicenseStatus(True, "valid", "pro", ("widgets", "history"), 5, 1)
CLOUD = LeaseMaker()


def offline(after: timedelta, code: str = "valid", **changes: object) -> LicenceState:
    lease = CLOUD.lease(UUID(int=1), "key", NOW, code=code)
    found = judge(lease, CLOUD.keys, Circumstances("key", (), UUID(int=1), NOW + after, **changes))  # type: ignore[arg-type]
    return of_lease(found, NOW + after)


def test_the_gateway_s_yes_is_the_plan_without_a_word() -> None:
    assert of_gateway(PRO) == LicenceState("pro", ("widgets", "history"), "valid", source=Source.GATEWAY, status=PRO)


def test_a_failed_payment_is_a_quiet_line_and_takes_nothing() -> None:
    state = of_gateway(msgspec.structs.replace(PRO, code="grace_past_due", grace_until=NOW))
    assert (state.plan, state.problem, state.action) == ("pro", None, Action.PAY)
    assert state.notice == ("The last payment did not go through and is tried again. Your plan holds until 2026-11-20.")


def test_a_no_says_why_what_goes_on_and_what_to_do() -> None:
    state = of_gateway(LicenseStatus(False, "suspended_unpaid", "pro", ("widgets",), 5, 1))
    assert (state.plan, state.entitlements, state.action) == (None, ("widgets",), Action.PAY)
    assert state.problem == SENTENCES["suspended_unpaid"]
    assert of_gateway(LicenseStatus(False, "of_tomorrow", "pro", (), 5, 1)).problem == "Your licence is not valid."
    assert of_refusal("device_limit_reached", "x").action is Action.REMOVE_DEVICE


@pytest.mark.parametrize("code", [*SENTENCES])
def test_every_reason_is_a_sentence(code: str) -> None:
    assert SENTENCES[code].endswith(".")
    assert "_" not in SENTENCES[code]


def test_what_can_be_done_belongs_to_a_reason() -> None:
    assert {code for code in ACTIONS if code not in SENTENCES} == {"grace_past_due", Rung.CLOCK_SET_BACK}


@pytest.mark.parametrize(
    ("after", "days", "notice"),
    [
        (timedelta(), 7, None),
        (4 * DAY, 3, None),
        (5 * DAY, 2, "Without a network your plan holds for 2 more days."),
        (6 * DAY, 1, "Without a network your plan holds for one more day."),
        (7 * DAY - timedelta(seconds=1), 1, "Without a network your plan holds for one more day."),
    ],
)
def test_the_days_that_are_left_are_said_from_the_fifth_on(after: timedelta, days: int, notice: str | None) -> None:
    state = offline(after)
    assert (state.plan, state.problem, state.source, state.action) == ("pro", None, Source.LEASE, Action.NOTHING)
    assert (state.days_left, state.notice) == (days, notice)


def test_a_lease_that_is_over_is_the_free_plan_with_a_way_out() -> None:
    state = offline(8 * DAY)
    assert (state.plan, state.entitlements, state.action) == (None, ("widgets",), Action.CONNECT)
    assert state.problem == SENTENCES[Rung.EXPIRED]


def test_in_grace_everything_goes_on_and_it_is_said_quietly() -> None:
    state = offline(7 * DAY, driving_since=NOW)
    assert (state.plan, state.entitlements, state.problem) == ("pro", ("widgets", "history"), None)
    assert state.notice == "Without a network your plan holds until this session is over."


def test_a_lease_of_a_suspended_plan_says_so_offline_too() -> None:
    state = offline(DAY, code="suspended_unpaid")
    assert (state.plan, state.code, state.action) == (None, "suspended_unpaid", Action.PAY)
    assert state.problem == SENTENCES["suspended_unpaid"]


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (timedelta(minutes=6), "6 minutes"),
        (timedelta(minutes=61), "an hour"),
        (timedelta(hours=8), "8 hours"),
        (timedelta(hours=25), "a day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_clock_that_was_set_back_is_told_how_far(behind: timedelta, told: str) -> None:
    state = offline(3 * DAY - behind, newest=NOW + 3 * DAY)
    assert state.problem == f"This computer's clock is {told} behind; set it right."
    assert (state.plan, state.action) == (None, Action.SET_CLOCK)


def test_every_rung_has_words() -> None:
    for rung in Rung:
        if not Judgement(rung).holds:
            assert of_lease(Judgement(rung), NOW).problem


def test_a_vault_that_fails_says_so_itself() -> None:
    assert damaged().problem == SENTENCES["lease_damaged"]
    assert damaged("The system's keyring could not read it.").problem == "The system's keyring could not read it."


def test_what_is_lost_is_what_may_be_used_no_more() -> None:
    pro, free = of_gateway(PRO), offline(8 * DAY)
    assert loses(pro, free)
    assert not loses(free, pro)
    assert not loses(pro, pro)
