from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contracts.hardware import LEAST, Resemblance, resemblance

KINDS = ("machine", "product", "model", "disk", "network", "board", "memory")
COMPUTERS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 3).map(str), min_size=0)
WHOLE = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 3).map(str), min_size=LEAST)


def told(parts: dict[str, str]) -> list[str]:
    return [f"v2.{kind}:{value}" for kind, value in parts.items()]


@given(COMPUTERS, COMPUTERS)
def test_it_does_not_matter_who_is_compared_with_whom(one: dict[str, str], other: dict[str, str]) -> None:
    assert resemblance(told(one), told(other)) is resemblance(told(other), told(one))


@given(WHOLE, st.data())
def test_one_part_that_was_changed_is_the_same_computer(parts: dict[str, str], data: st.DataObject) -> None:
    changed = {**parts, data.draw(st.sampled_from(sorted(parts))): "another"}
    assert resemblance(told(parts), told(changed)) is Resemblance.SAME


@given(WHOLE)
def test_all_parts_changed_is_always_another(parts: dict[str, str]) -> None:
    assert resemblance(told(parts), told(dict.fromkeys(parts, "another"))) is Resemblance.OTHER


@given(WHOLE, st.data())
def test_a_part_that_cannot_be_read_today_never_makes_another_computer(
    parts: dict[str, str], data: st.DataObject
) -> None:
    unread = data.draw(st.sets(st.sampled_from(sorted(parts))))
    left = {kind: value for kind, value in parts.items() if kind not in unread}
    seen = resemblance(told(parts), told(left))
    assert seen is (Resemblance.SAME if len(left) >= LEAST else Resemblance.UNCLEAR)


@given(WHOLE)
def test_what_a_newer_client_reads_is_no_difference(parts: dict[str, str]) -> None:
    newer = [f"v3.{kind}:{value}x" for kind, value in parts.items()]
    assert resemblance(told(parts), newer) is Resemblance.UNCLEAR
    assert resemblance(told(parts), [*told(parts), *newer]) is Resemblance.SAME


def test_of_four_parts_two_prove_nothing_either_way() -> None:
    one = told({"machine": "1", "model": "1", "disk": "1", "network": "1"})
    assert resemblance(one, told({"machine": "2", "model": "1", "disk": "2", "network": "1"})) is Resemblance.UNCLEAR
    assert resemblance(one, told({"machine": "2", "model": "1", "disk": "2", "network": "2"})) is Resemblance.OTHER


def test_two_new_computers_of_one_make_are_two() -> None:
    one = told({"machine": "1", "product": "1", "model": "the same", "disk": "1", "network": "1"})
    other = told({"machine": "2", "product": "2", "model": "the same", "disk": "2", "network": "2"})
    assert resemblance(one, other) is Resemblance.OTHER


def test_parts_without_a_kind_are_compared_all_the_same() -> None:
    assert resemblance(["a", "b", "c"], ["c", "b", "x"]) is Resemblance.SAME
    assert resemblance(["a", "b", "c"], ["x", "y", "z"]) is Resemblance.OTHER
    assert resemblance(["a", "b"], ["a", "b"]) is Resemblance.UNCLEAR
