"""Which classes race together, in which order, and that their colours never change hands."""

import dataclasses

import numpy as np
import pytest

from desktop_client.race.classes import MAX_CLASSES, Classes, short_names
from desktop_client.telemetry.frame import Cars

THREE = ("Hypercar", "LMP2", "LMGT3")


def names(classes: Classes, cars: Cars) -> list[str]:
    return [one.name for one in classes.in_order(cars)]


@pytest.fixture
def classes() -> Classes:
    return Classes()


def test_the_fastest_class_comes_first_wherever_its_cars_stand(frame_at, classes):
    cars = frame_at(10.0, classes=THREE).cars
    turned_round = dataclasses.replace(cars, position=(len(cars) - np.arange(len(cars))).astype(np.int32))
    classes.take(turned_round)
    assert names(classes, turned_round) == list(THREE)


def test_before_every_class_has_a_lap_the_best_placed_car_decides(frame_at, classes):
    cars = frame_at(10.0, classes=THREE).cars
    best = np.where(np.arange(len(cars)) == len(cars) - 1, 120.0, np.nan)  # only one of the slowest class has a lap
    cars = dataclasses.replace(cars, best_lap_s=best)
    classes.take(cars)
    assert names(classes, cars) == list(THREE)


@pytest.mark.parametrize("nonsense", [0.0, -1.0, float("inf"), float("nan"), 1e9])
def test_a_lap_that_is_none_makes_no_class_the_fastest(frame_at, classes, nonsense):
    cars = frame_at(10.0, classes=THREE).cars
    best = cars.best_lap_s.copy()
    best[-1] = nonsense
    cars = dataclasses.replace(cars, best_lap_s=best)
    classes.take(cars)
    assert names(classes, cars) == list(THREE)


def test_colours_are_given_by_speed_and_stay_when_the_order_turns_out_otherwise(frame_at, classes):
    cars = frame_at(10.0, classes=THREE).cars
    early = dataclasses.replace(cars, best_lap_s=np.full(len(cars), np.nan))
    classes.take(early)
    numbers = {one.name: one.number for one in classes.in_order(early)}
    assert numbers == {"Hypercar": 0, "LMP2": 1, "LMGT3": 2}
    turned = dataclasses.replace(cars, best_lap_s=cars.best_lap_s[::-1].copy())
    classes.take(turned)
    assert names(classes, turned) == list(reversed(THREE))
    assert {one.name: one.number for one in classes.in_order(turned)} == numbers


def test_a_class_that_joins_late_takes_no_colour_away_and_one_that_left_is_not_listed(frame_at, classes):
    first = frame_at(10.0, classes=("LMP2", "LMGT3")).cars
    classes.take(first)
    later = frame_at(20.0, classes=("Hypercar", "LMP2")).cars
    classes.take(later)
    assert [(one.name, one.number) for one in classes.in_order(later)] == [("Hypercar", 2), ("LMP2", 0)]


def test_one_class_for_all_is_one_class(frame_at, classes):
    cars = frame_at(10.0).cars
    classes.take(cars)
    assert len(classes.in_order(cars)) == 1


def test_cars_that_were_not_taken_have_no_classes_yet(frame_at, classes):
    assert classes.in_order(frame_at(10.0).cars) == ()


def test_there_are_never_more_classes_than_the_cap(frame_at, classes):
    for start in range(0, 4 * MAX_CLASSES, 20):
        cars = frame_at(10.0, count=20, classes=tuple(f"C{index}" for index in range(start, start + 20))).cars
        classes.take(cars)
        assert classes.of_row.max() < len(classes.met) <= MAX_CLASSES
        assert classes.in_order(cars)


@pytest.mark.parametrize(
    ("name", "short"),
    [("GT3 Class", "GT3"), ("Oreca 07 LMP2", "LMP2"), ("Hypercar", "Hypercar"), ("Touring Cars", "Touring")],
)
def test_a_short_name_is_what_drivers_call_the_class(name, short):
    assert short_names([name]) == [short]


def test_two_classes_never_share_a_short_name():
    assert short_names(["GT3 Pro", "GT3 Am", "LMP2"]) == ["GT3 Pro", "GT3 Am", "LMP2"]
    assert short_names(["", "Class"]) == ["", "Class"]
