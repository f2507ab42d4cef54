from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seats import NOW, PARTS, a_device, a_license, wanted

from contracts.license import Device
from services.license.domain.devices import (
    SILENT_AFTER,
    DeviceCloned,
    DeviceKeyMismatch,
    DeviceLimitReached,
    DeviceUnproven,
)
from services.license.domain.seats import ACTIVATED, REPLACED, SILENT, seat

LATER = NOW + timedelta(days=1)


def seated(license, device: Device, now: datetime = LATER, *, is_proven: bool = False):
    return seat(license, device, now, is_proven=is_proven)


def test_the_first_device_takes_a_seat() -> None:
    seating = seated(a_license(), wanted(1))
    assert seating.reasons == (ACTIVATED,)
    assert seating.license.devices == (seating.device,)
    assert (seating.device.activated_at, seating.device.last_seen_at) == (LATER, LATER)


def test_a_device_that_has_a_seat_keeps_it_at_the_limit() -> None:
    seating = seated(a_license(a_device(1), a_device(2), seats=2), wanted(1))
    assert (seating.reasons, seating.left, len(seating.license.devices)) == ((), (), 2)
    assert (seating.device.activated_at, seating.device.last_seen_at) == (NOW, LATER)


def test_where_all_seats_are_taken_another_gets_none() -> None:
    with pytest.raises(DeviceLimitReached, match="2 of 2"):
        seated(a_license(a_device(1), a_device(2), seats=2), wanted(3))


def test_the_same_id_with_another_key_is_refused() -> None:
    with pytest.raises(DeviceKeyMismatch):
        seated(a_license(a_device(1)), msgspec.structs.replace(wanted(1), public_key="B" * 43))


@pytest.mark.parametrize("kind", PARTS)
def test_one_part_changed_locks_nobody_out_and_is_followed(kind: str) -> None:
    license = a_license(a_device(1), seats=1)
    changed = wanted(1, **{kind: "new"})
    seating = seated(license, changed)
    assert seating.reasons == ()
    assert seating.device.components == changed.components


def test_changed_part_by_part_it_stays_the_same_computer() -> None:
    license, changes = a_license(a_device(1), seats=1), {}
    for kind in PARTS:
        changes[kind] = "new"
        license = seated(license, wanted(1, **changes)).license
    assert license.devices[0].components == wanted(1, **dict.fromkeys(PARTS, "new")).components


def test_a_copied_disk_is_refused() -> None:
    with pytest.raises(DeviceCloned, match="as a new device"):
        seated(a_license(a_device(1)), wanted(1, **dict.fromkeys(PARTS, "another")))


def test_a_client_of_before_says_little_and_loses_nothing() -> None:
    license = a_license(a_device(1), seats=1)
    seating = seated(license, msgspec.structs.replace(wanted(1), components=("machine:a", "processor:b")))
    assert seating.reasons == ()
    silent = seated(license, msgspec.structs.replace(wanted(1), components=()))
    assert silent.device.components == a_device(1).components, "what was known of it stays"


def test_a_computer_that_was_set_up_anew_has_its_seat_again() -> None:
    before = replace(a_device(1), name="My rig", is_named=True, is_proven=True)
    license = a_license(before, a_device(2), seats=2)
    anew = msgspec.structs.replace(wanted(9), components=wanted(1, machine="new").components)
    seating = seated(license, anew)
    assert (seating.reasons, seating.left) == ((REPLACED,), (before,))
    assert [each.id for each in seating.license.devices] == [a_device(2).id, anew.id]
    assert (seating.device.name, seating.device.activated_at, seating.device.is_proven) == ("My rig", NOW, False)


def test_half_of_the_parts_takes_over_nobody_s_seat() -> None:
    four = tuple(PARTS)[:4]
    device = replace(a_device(1), components=tuple(f"v2.{kind}:1" for kind in four))
    half = msgspec.structs.replace(
        wanted(9), components=tuple(f"v2.{kind}:{1 if at < 2 else 9}" for at, kind in enumerate(four))
    )
    assert seated(a_license(device), half).reasons == (ACTIVATED,)


def test_two_parts_are_never_enough_to_take_over_a_seat() -> None:
    device = replace(a_device(1), components=("v2.machine:1", "v2.model:1"))
    anew = msgspec.structs.replace(wanted(9), components=device.components)
    assert seated(a_license(device), anew).reasons == (ACTIVATED,)


def test_of_several_that_fit_the_one_that_was_seen_last_is_meant() -> None:
    old, new = a_device(1), replace(a_device(2), components=a_device(1).components, last_seen_at=NOW + timedelta(1))
    anew = msgspec.structs.replace(wanted(9), components=old.components)
    assert seated(a_license(new, old), anew).left == (new,)


def test_a_device_that_proved_its_key_must_go_on_doing_so() -> None:
    license = seated(a_license(), wanted(1), is_proven=True).license
    with pytest.raises(DeviceUnproven):
        seated(license, wanted(1))
    assert seated(license, wanted(1), is_proven=True).device.is_proven
    later = seated(a_license(a_device(1)), wanted(1), is_proven=True)
    assert later.device.is_proven, "a client that was updated begins to prove"


def test_a_seat_that_was_silent_for_sixty_days_is_given_to_who_needs_it() -> None:
    license = a_license(a_device(1), a_device(2), seats=2)
    with pytest.raises(DeviceLimitReached):
        seated(license, wanted(3), NOW + SILENT_AFTER - timedelta(seconds=1))
    seating = seated(license, wanted(3), NOW + SILENT_AFTER)
    assert seating.reasons == (SILENT, ACTIVATED)
    assert [each.id for each in seating.license.devices] == [wanted(3).id]


def test_a_silent_seat_that_nobody_needs_is_left_alone() -> None:
    seating = seated(a_license(a_device(1), seats=2), wanted(2), NOW + 2 * SILENT_AFTER)
    assert (seating.reasons, len(seating.license.devices)) == ((ACTIVATED,), 2)


def test_a_device_that_comes_back_from_silence_has_its_seat() -> None:
    seating = seated(a_license(a_device(1), seats=1), wanted(1), NOW + 2 * SILENT_AFTER)
    assert (seating.reasons, seating.device.last_seen_at) == ((), NOW + 2 * SILENT_AFTER)


def test_after_a_downgrade_nobody_is_thrown_out_and_nobody_is_let_in() -> None:
    license = a_license(*(a_device(number) for number in range(1, 6)), seats=2)
    for number in range(1, 6):
        assert len(seated(license, wanted(number)).license.devices) == 5
    with pytest.raises(DeviceLimitReached, match="5 of 2"):
        seated(license, wanted(6))


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 100)), max_size=30), st.integers(1, 3))
def test_whatever_happens_seats_are_never_more_than_the_plan_has(steps: list[tuple[int, int]], seats: int) -> None:
    license, now = a_license(seats=seats), NOW
    for number, days in steps:
        now += timedelta(days=days)
        try:
            seating = seated(license, wanted(number), now)
        except DeviceLimitReached:
            assert license.device(wanted(number).id) is None
            continue
        license = seating.license
        assert license.device(wanted(number).id) == seating.device
    assert len(license.devices) <= seats
    assert len({each.id for each in license.devices}) == len(license.devices)


def test_a_name_that_the_driver_chose_stays() -> None:
    named = replace(a_device(1), name="Rig in the attic", is_named=True)
    assert seated(a_license(named), wanted(1)).device.name == "Rig in the attic"
    assert seated(a_license(a_device(1)), wanted(1)).device.name == "Rig 1"


def test_a_clock_of_a_replica_that_is_behind_makes_nobody_look_silent() -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    assert seated(a_license(a_device(1)), wanted(1), early).device.last_seen_at == NOW
