from __future__ import annotations

from datetime import timedelta

import pytest
from seats import NOW, USER, a_device, a_license

from services.license.domain.leases import GRACE, SHORTEST, lease_for
from services.license.domain.standing import Code

DAY = timedelta(days=1)


def test_a_lease_promises_what_may_be_used_for_the_plan_s_offline_days() -> None:
    device = a_device(1)
    lease = lease_for(a_license(device), device, NOW)
    assert (lease.user_id, lease.device_id, lease.device_key) == (USER, device.id, device.public_key)
    assert (lease.plan, lease.entitlements, lease.code) == ("pro", ("widgets", "history"), "valid")
    assert (lease.issued_at, lease.expires_at, lease.grace_until) == (NOW, NOW + 7 * DAY, NOW + 7 * DAY + GRACE)
    assert lease.components == device.components


def test_another_is_asked_for_after_a_third_of_it() -> None:
    lease = lease_for(a_license(a_device(1)), a_device(1), NOW)
    assert lease.renew_after == NOW + 7 * DAY / 3


def test_a_suspended_plan_gets_what_goes_on_all_the_same() -> None:
    license = a_license(
        a_device(1), is_valid=False, code=Code.SUSPENDED_UNPAID, entitlements=("widgets",), subscription_status="unpaid"
    )
    lease = lease_for(license, a_device(1), NOW)
    assert (lease.plan, lease.entitlements, lease.code) == ("pro", ("widgets",), "suspended_unpaid")
    assert lease.expires_at == NOW + 7 * DAY


@pytest.mark.parametrize(
    ("ends_in", "lasts"),
    [(30 * DAY, 7 * DAY), (2 * DAY, 2 * DAY), (timedelta(minutes=1), SHORTEST), (-DAY, SHORTEST)],
)
def test_it_does_not_outlive_what_was_judged(ends_in: timedelta, lasts: timedelta) -> None:
    license = a_license(a_device(1), reconsider_at=NOW + ends_in)
    assert lease_for(license, a_device(1), NOW).expires_at == NOW + lasts
