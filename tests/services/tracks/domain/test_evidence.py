"""What is kept of laps: counts that add up in any order, of at least so many drivers, and nothing of the laps."""

from __future__ import annotations

import zlib
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taught_roads import drivers, ring

from services.tracks.domain.evidence import BIN_M, BINS, MIDDLE, Evidence, EvidenceDamaged

REFERENCE = ring(0.05)
EMPTY = Evidence.begin(REFERENCE)
STATIONS = len(EMPTY.counts)


@st.composite
def seen(draw: st.DrawFn) -> Evidence:
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    evidence = EMPTY
    for _ in range(draw(st.integers(0, 4))):
        offsets = chance.normal(0, 6, STATIONS)
        offsets[chance.random(STATIONS) < 0.2] = np.nan
        evidence = evidence.with_offsets(
            offsets, driver=UUID(int=int(chance.integers(9))), is_lap=chance.random() < 0.5
        )
    return evidence


def same(one: Evidence, other: Evidence) -> bool:
    return one.packed() == other.packed()


@settings(max_examples=30, deadline=None)
@given(one=seen(), two=seen(), three=seen())
def test_evidence_adds_up_in_whatever_order(one: Evidence, two: Evidence, three: Evidence):
    assert same(one.merged(two), two.merged(one))
    assert same(one.merged(two).merged(three), one.merged(two.merged(three)))
    assert same(one.merged(EMPTY), one)


@settings(max_examples=30, deadline=None)
@given(evidence=seen())
def test_what_is_packed_is_unpacked(evidence: Evidence):
    back = Evidence.unpacked(evidence.packed())
    assert np.array_equal(back.counts, evidence.counts)
    assert np.array_equal(back.drivers, evidence.drivers)
    assert back.laps == evidence.laps


def test_a_lap_counts_once_at_each_station_that_it_passed():
    offsets = np.full(STATIONS, 3.1)
    offsets[4] = np.nan
    evidence = EMPTY.with_offsets(offsets, driver=UUID(int=1), is_lap=True)
    assert evidence.counts.sum() == STATIONS - 1
    assert not evidence.counts[4].any()
    assert evidence.counts[5, MIDDLE + round(3.1 / BIN_M)] == 1
    assert evidence.laps == 1
    assert EMPTY.counts.sum() == 0


def test_what_lies_beyond_reach_is_not_counted():
    for metres in (21.0, -1e300, np.inf):
        assert not EMPTY.with_offsets(np.full(STATIONS, metres), driver=UUID(int=1), is_lap=False).counts.any()


def test_counts_stop_at_the_most_that_they_can_say():
    full = Evidence(np.full((STATIONS, BINS), 65_535, dtype=np.uint16), EMPTY.drivers, 9)
    assert (full.merged(full).counts == 65_535).all()
    assert (full.with_offsets(np.zeros(STATIONS), driver=UUID(int=1), is_lap=True).counts == 65_535).all()


def test_twenty_laps_of_one_driver_are_still_one_driver():
    one, two = drivers(2)
    evidence = EMPTY
    for _ in range(20):
        evidence = evidence.with_offsets(np.zeros(STATIONS), driver=one, is_lap=True)
    assert (np.bitwise_count(evidence.drivers[:, MIDDLE]) == 1).all()
    evidence = evidence.with_offsets(np.zeros(STATIONS), driver=two, is_lap=True)
    assert (np.bitwise_count(evidence.drivers[:, MIDDLE]) == 2).all()


def test_sixty_cars_of_one_upload_count_no_more_than_a_car_in_each_cell_and_as_one_driver():
    passages = [np.full(STATIONS, 2.0)] * 50 + [np.full(STATIONS, -4.0)] * 10
    evidence = EMPTY.with_others(passages, driver=UUID(int=1))
    assert evidence.counts.max() == 1
    assert evidence.counts.sum() == 2 * STATIONS
    assert np.bitwise_count(evidence.drivers).max() == 1
    assert evidence.laps == 0


def test_evidence_of_another_reference_is_not_merged():
    with pytest.raises(ValueError, match="stations"):
        EMPTY.merged(Evidence.begin(ring(0.1)))


GOOD = EMPTY.with_offsets(np.zeros(STATIONS), driver=UUID(int=1), is_lap=True).packed()
HEAD = 9


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        GOOD[:5],
        GOOD[:-1],
        GOOD + b"x",
        b"\x02" + GOOD[1:],
        GOOD[:1] + b"\xff\xff\xff\xff" + GOOD[5:],
        GOOD[:1] + b"\x00\x00\x00\x00" + GOOD[5:],
        GOOD[:HEAD] + zlib.compress(bytes(50_000_000)),
        GOOD[:HEAD] + b"not zlib at all",
    ],
    ids=["empty", "cut head", "cut tail", "more behind", "version", "stations", "no stations", "bomb", "no zlib"],
)
def test_damaged_bytes_are_refused_by_name(damaged: bytes):
    with pytest.raises(EvidenceDamaged):
        Evidence.unpacked(damaged)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_refused_or_read_but_breaks_nothing(data: st.DataObject):
    changed = bytearray(GOOD)
    changed[data.draw(st.integers(0, len(GOOD) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        evidence = Evidence.unpacked(bytes(changed))
    except EvidenceDamaged:
        return
    assert evidence.counts.shape == evidence.drivers.shape == (STATIONS, BINS)
