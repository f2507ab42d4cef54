"""A large body is opened once, by whoever has room for it; what is wrong with it is said by the name of its field."""

from __future__ import annotations

import msgspec
import pytest

from chassis.bodies import Sealed
from contracts.problem import BadRequest, InvalidRequest


class Wheel(msgspec.Struct, forbid_unknown_fields=True):
    radius_m: float


class Car(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    wheels: list[Wheel] = []


def test_it_is_opened_once():
    sealed = Sealed(b'{"name":"one","wheels":[{"radius_m":0.3}]}', Car)
    assert sealed.open() == Car("one", [Wheel(0.3)])
    with pytest.raises(BadRequest):
        sealed.open()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[]", "body"),
        (b"{}", "name"),
        (b'{"name":1}', "name"),
        (b'{"name":"one","colour":"red"}', "colour"),
        (b'{"name":"one","wheels":[{"radius_m":0.3},{"radius_m":"a"}]}', "wheels[1].radius_m"),
        (b'{"name":"one","wheels":[{}]}', "wheels[0].radius_m"),
        (b'{"name":"one","wheels":[{"radius_m":1e400}]}', "wheels[0].radius_m"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, field: str):
    with pytest.raises(InvalidRequest) as refused:
        Sealed(body, Car).open()
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    "body", [b"", b"name", b'{"name":NaN}', b'{"name":"\xff"}', b'{"name":"\\ud800"}', b"\x1f\x8b"]
)
def test_what_is_no_json_is_said_to_be_none(body: bytes):
    with pytest.raises(BadRequest):
        Sealed(body, Car).open()


def test_depth_without_an_end_is_refused():
    class Any(msgspec.Struct):
        said: object

    with pytest.raises(BadRequest, match="too deeply"):
        Sealed(b'{"said":' + b"[" * 100_000, Any).open()
