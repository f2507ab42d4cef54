"""A Linux computer's parts, out of /sys, /proc and udev's notes; everything that a user without rights may read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from desktop_client.hardware import Parts

PERMANENT = "0"  # an address that came with the card, as the kernel says it


def parts(root: Path = Path("/")) -> Parts:
    """`root` is the folder that has sys, proc, etc and run in it."""
    return {
        "machine": lambda: (root / "etc/machine-id").read_text(),
        "product": lambda: (root / "sys/class/dmi/id/product_uuid").read_text(),  # for root alone, usually
        "model": lambda: _model(root),
        "disk": lambda: _disk(root),
        "network": lambda: next(_cards(root), None),
    }


def _model(root: Path) -> str:
    """Processor and board; on boards without DMI, such as the small ones, the device tree's word."""
    names = [_said(root / "sys/class/dmi/id" / name) for name in ("board_vendor", "board_name", "product_name")]
    names.append(_said(root / "proc/device-tree/model"))
    for line in (root / "proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            names.append(line.partition(":")[2].strip())
            break
    return " ".join(filter(None, names))


def _disk(root: Path) -> str | None:
    """The serial number of the disk that the system is on."""
    device = root.stat().st_dev
    block = root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    disks = [block.resolve(), *sorted((root / "sys/block").glob("nvme*")), *sorted((root / "sys/block").glob("sd*"))]
    for disk in disks:
        disk = disk.parent if (disk / "partition").exists() else disk
        serial = _said(disk / "device/serial") or _said(disk / "serial") or _noted(root, _said(disk / "dev"))
        if serial:
            return serial
    return None


def _noted(root: Path, number: str) -> str:
    """What udev noted of the block device with that number."""
    notes = _said(root / f"run/udev/data/b{number}").splitlines()
    return next((note.partition("=")[2] for note in notes if note.startswith("E:ID_SERIAL_SHORT=")), "")


def _cards(root: Path) -> Iterator[str]:
    """Addresses of real cards, those that are built in first; bridges, tunnels and containers have none."""
    cards = [card for card in (root / "sys/class/net").iterdir() if (card / "device").exists()]
    for card in sorted(cards, key=lambda card: ("/usb" in str((card / "device").resolve()), card.name)):
        if _said(card / "addr_assign_type") == PERMANENT and (address := _said(card / "address")):
            yield address


def _said(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace").strip().strip("\0")
    except OSError:
        return ""
