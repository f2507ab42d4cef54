from __future__ import annotations

import struct
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.hardware import cards, is_told, told
from desktop_client.hardware.macos import platform_value
from desktop_client.hardware.smbios import product_uuid
from desktop_client.hardware.windows import SERIAL_AT, serial_in

NUMBER = uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")
HEADER = b"\x00\x03\x03\x00" + struct.pack("<I", 100)


def structure(kind: int, body: bytes, *texts: str) -> bytes:
    strings = b"".join(text.encode() + b"\0" for text in texts) or b"\0"
    return bytes([kind, len(body) + 4, 1, 0]) + body + strings + b"\0"


SYSTEM = structure(1, b"\x01\x02\x03\x04" + NUMBER.bytes_le + b"\x06\x00\x00", "Maker", "Product")


def test_the_mainboard_s_number_is_found_behind_whatever_comes_first() -> None:
    bios = structure(0, bytes(18), "Vendor", "1.0")
    assert product_uuid(HEADER + bios + SYSTEM + structure(127, b"")) == str(NUMBER)
    assert product_uuid(HEADER + SYSTEM) == str(NUMBER)
    assert product_uuid(HEADER + structure(0, bytes(18)) + SYSTEM) == str(NUMBER)


def test_a_table_without_it_has_none() -> None:
    assert product_uuid(HEADER + structure(127, b"") + SYSTEM) is None, "what comes after the end is none of it"
    assert product_uuid(HEADER + structure(1, b"\x01\x02\x03\x04")) is None
    assert product_uuid(b"") is None


@given(st.binary(max_size=300))
def test_no_table_breaks_it(raw: bytes) -> None:
    product_uuid(raw)
    product_uuid(HEADER + SYSTEM[: len(raw)] + raw)


@pytest.mark.parametrize(
    ("descriptor", "serial"),
    [
        (bytes(SERIAL_AT) + struct.pack("<I", 40) + bytes(12) + b"  DISK-1  \0rest", "DISK-1"),
        (bytes(SERIAL_AT) + struct.pack("<I", 0) + bytes(12), None),
        (bytes(SERIAL_AT) + struct.pack("<I", 4000), ""),
        (b"", None),
    ],
)
def test_a_disk_s_description_has_its_number(descriptor: bytes, serial: str | None) -> None:
    assert serial_in(descriptor) == serial


def test_a_mac_s_registry_has_its_numbers() -> None:
    registry = '  | {\n  |   "IOPlatformUUID" = "12345678-9ABC"\n  |   "IOPlatformSerialNumber" = "C02"\n'
    assert platform_value(registry, "IOPlatformUUID") == "12345678-9ABC"
    assert platform_value(registry, "IOPlatformSerialNumber") == "C02"
    assert platform_value(registry, "IOBusyInterest") is None


@pytest.mark.parametrize(
    ("address", "said"),
    [(0x00_1B_21_00_00_01, "001b21000001"), (0x02_00_00_00_00_01, None), (0x01_00_00_00_00_01, None)],
)
def test_an_address_that_the_system_made_up_is_none(
    address: int, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uuid.getnode", lambda: address)
    assert cards.first_address() == said


@pytest.mark.parametrize("value", ["", "0", "0000-0000", "FFFFFFFF", "Default string", "To Be Filled By O.E.M.", "---"])
def test_what_boards_say_that_have_no_number_is_none(value: str) -> None:
    assert not is_told(value)


def test_a_part_that_cannot_be_asked_for_is_left_out() -> None:
    def refuses() -> str:
        raise PermissionError("no")

    asked = {"machine": refuses, "disk": lambda: None, "model": lambda: " A Board \0", "network": lambda: "0"}
    assert list(told(asked)) == [("model", "A Board")]
