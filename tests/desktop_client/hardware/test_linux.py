from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_client.hardware import linux, told

CPU = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: A Processor 9000\nstepping\t: 1\n"


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def computer(tmp_path: Path) -> Path:
    """A computer with two cards, of which one is on USB, a bridge, and the disk that the system is on."""
    number = tmp_path.stat().st_dev
    write(
        tmp_path,
        **{
            "etc/machine-id": "0123456789abcdef\n",
            "sys/class/dmi/id/product_uuid": "11111111-2222-3333-4444-555555555555\n",
            "sys/class/dmi/id/board_vendor": "A Maker\n",
            "sys/class/dmi/id/board_name": "A Board\n",
            "proc/cpuinfo": CPU,
            "sys/devices/disk/serial": "DISK-1\n",
            "sys/devices/pci/net/address": "02:00:00:00:00:01\n",
            "sys/devices/usb1/net/address": "02:00:00:00:00:02\n",
        },
    )
    block = tmp_path / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    block.parent.mkdir(parents=True)
    (tmp_path / "sys/devices/disk/sda1").mkdir()
    (tmp_path / "sys/devices/disk/sda1/partition").write_text("1\n")
    block.symlink_to(tmp_path / "sys/devices/disk/sda1")
    for name, kind, address in (("eth9", "pci", "aa:00:00:00:00:01"), ("eth0", "usb1", "aa:00:00:00:00:02")):
        write(tmp_path, **{f"sys/class/net/{name}/address": address, f"sys/class/net/{name}/addr_assign_type": "0\n"})
        (tmp_path / f"sys/class/net/{name}/device").symlink_to(tmp_path / f"sys/devices/{kind}/net")
    write(
        tmp_path,
        **{"sys/class/net/docker0/address": "bb:00:00:00:00:01", "sys/class/net/docker0/addr_assign_type": "0\n"},
    )
    return tmp_path


def parts(root: Path) -> dict[str, str]:
    return dict(told(linux.parts(root)))


def test_a_computer_tells_its_parts(computer: Path) -> None:
    assert parts(computer) == {
        "machine": "0123456789abcdef",
        "product": "11111111-2222-3333-4444-555555555555",
        "model": "A Maker A Board A Processor 9000",
        "disk": "DISK-1",
        "network": "aa:00:00:00:00:01",
    }


def test_a_card_on_usb_and_a_bridge_are_not_the_first_card(computer: Path) -> None:
    (computer / "sys/class/net/eth9/addr_assign_type").write_text("3\n")  # an address that the system made up
    assert parts(computer)["network"] == "aa:00:00:00:00:02"
    (computer / "sys/class/net/eth0/addr_assign_type").write_text("1\n")
    assert "network" not in parts(computer)


def test_a_disk_that_says_nothing_itself_is_looked_up_in_udev_s_notes(computer: Path) -> None:
    (computer / "sys/devices/disk/serial").unlink()
    assert "disk" not in parts(computer)
    write(computer, **{"sys/devices/disk/dev": "8:0\n", "run/udev/data/b8:0": "N:sda\nE:ID_SERIAL_SHORT=DISK-2\n"})
    assert parts(computer)["disk"] == "DISK-2"


def test_what_may_not_be_read_is_left_out_and_the_rest_is_told(computer: Path) -> None:
    (computer / "sys/class/dmi/id/product_uuid").unlink()
    (computer / "etc/machine-id").unlink()
    assert set(parts(computer)) == {"model", "disk", "network"}
    assert parts(computer / "nothing at all") == {}


def test_a_board_that_was_never_given_a_number_has_none(computer: Path) -> None:
    for nothing in ("00000000-0000-0000-0000-000000000000", "FFFFFFFF-ffff-FFFF-FFFF-FFFFFFFFFFFF", "", "None"):
        (computer / "sys/class/dmi/id/product_uuid").write_text(nothing)
        assert "product" not in parts(computer)


def test_this_very_computer_can_be_asked_twice_with_one_answer() -> None:
    assert dict(told(linux.parts())) == dict(told(linux.parts()))
