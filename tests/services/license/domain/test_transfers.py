from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from seats import NOW, PARTS, a_device, a_license, wanted

from services.license.domain.devices import SILENT_AFTER
from services.license.domain.transfers import ALLOWED, WITHIN, Removal, TransfersUsedUp, allowance, remove, undone

DAY = timedelta(days=1)


def removals(*days_ago: float) -> list[Removal]:
    return [
        Removal(f"device-9{at}", "A" * 43, (f"v2.machine:9{at}",), NOW - days * DAY) for at, days in enumerate(days_ago)
    ]


@pytest.mark.parametrize(
    ("ago", "left", "next_in"),
    [
        ((), 3, None),
        ((0,), 2, WITHIN),
        ((10, 1), 1, 20 * DAY),
        ((29, 10, 1), 0, DAY),
        ((30, 10, 1), 1, 20 * DAY),
        ((40, 31, 30), 3, None),
    ],
)
def test_three_in_any_thirty_days(ago: tuple[float, ...], left: int, next_in: timedelta | None) -> None:
    allowed = allowance(removals(*ago), NOW)
    assert allowed.left == left
    assert allowed.next_at == (None if next_in is None else NOW + next_in)


def test_the_fourth_is_refused_with_the_moment_from_which_it_is_not() -> None:
    license, before = a_license(a_device(1), a_device(2)), removals(29, 10, 1)
    with pytest.raises(TransfersUsedUp, match="2026-11-21 12:00 UTC") as refusal:
        remove(license, a_device(1), before, NOW)
    assert refusal.value.retry_after == 86_400
    assert remove(license, a_device(1), before, NOW + DAY) is not None


def test_a_removal_says_whose_it_is() -> None:
    device = a_device(1)
    removal = remove(a_license(device), device, (), NOW)
    assert removal == Removal(device.id, device.public_key, device.components, NOW)


def test_a_removal_that_gives_nobody_a_seat_costs_nothing() -> None:
    three = [a_device(number) for number in (1, 2, 3)]
    assert remove(a_license(*three, seats=2), three[0], removals(3, 2, 1), NOW) is None, "after a downgrade"
    silent = NOW + SILENT_AFTER
    assert remove(a_license(three[0]), three[0], removals(-57, -58, -59), silent) is None, "it was free already"


def test_whoever_comes_back_gives_the_removal_back() -> None:
    gone = a_device(1)
    removal = Removal(gone.id, gone.public_key, gone.components, NOW)
    anew = msgspec.structs.replace(wanted(8), components=wanted(1, machine="new").components)
    assert undone([removal], wanted(1)) == (removal,)
    assert undone([removal], wanted(1, disk="new")) == (removal,)
    assert undone([removal], anew) == (removal,)
    assert undone([removal], wanted(2)) == ()
    assert undone([removal], wanted(1, **dict.fromkeys(PARTS, "x"))) == (), "its key on another computer"


def test_a_year_of_trying_every_day_moves_no_more_than_the_allowance() -> None:
    counted: list[Removal] = []
    for day in range(365):
        now = NOW + day * DAY
        device = replace(a_device(day), last_seen_at=now)
        try:
            removal = remove(a_license(device), device, counted, now)
        except TransfersUsedUp:
            continue
        assert removal is not None
        counted.append(removal)
        assert len([each for each in counted if now - each.removed_at < WITHIN]) <= ALLOWED
    assert len(counted) == 3 * 13
