"""Structures as a C compiler lays them out under `#pragma pack(4)`."""

import ctypes

import numpy as np

from desktop_client.telemetry.games.packing import each, named, offset_in, packed

INNER = packed([("a", "u1"), ("b", "<f8"), ("c", "<u2")])
OUTER = packed(
    [*each("u1", "first second"), ("inner", INNER, (3,)), ("text", "S5"), ("wide", "<u2", (3,)), ("d", "<u8")]
)


class Inner(ctypes.Structure):
    _pack_ = 4
    _fields_ = (("a", ctypes.c_uint8), ("b", ctypes.c_double), ("c", ctypes.c_uint16))


class Outer(ctypes.Structure):
    _pack_ = 4
    _fields_ = (
        ("first", ctypes.c_uint8),
        ("second", ctypes.c_uint8),
        ("inner", Inner * 3),
        ("text", ctypes.c_char * 5),
        ("wide", ctypes.c_uint16 * 3),
        ("d", ctypes.c_uint64),
    )


def test_fields_stand_where_a_c_compiler_puts_them():
    for ours, theirs in ((INNER, Inner), (OUTER, Outer)):
        assert ours.itemsize == ctypes.sizeof(theirs)
        for name in ours.names:
            assert offset_in(ours, name) == getattr(theirs, name).offset, name


def test_a_record_by_name_holds_pythons_own_numbers():
    record = np.zeros((), packed([("n", "<i4"), ("x", "<f4", (2,))]))
    record["n"], record["x"] = 7, (1, 2)
    values = named(record)
    assert type(values["n"]) is int
    assert values["x"].tolist() == [1, 2]
