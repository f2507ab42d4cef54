"""A Windows computer's parts, asked of the registry, the firmware and the system's own disk, without any rights."""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any, Final

from desktop_client.hardware import Parts
from desktop_client.hardware.cards import first_address
from desktop_client.hardware.smbios import product_uuid

SMBIOS: Final = 0x52534D42  # "RSMB"
STORAGE_QUERY_PROPERTY: Final = 0x2D1400
SHARED: Final = 3  # others may read and write meanwhile
OPEN_EXISTING: Final = 3
NO_HANDLE: Final = ctypes.c_void_p(-1).value
SERIAL_AT: Final = 24  # in STORAGE_DEVICE_DESCRIPTOR: where in the answer the serial number begins

_BIOS: Final = r"HARDWARE\DESCRIPTION\System\BIOS"
_PROCESSOR: Final = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"


def _registered(path: str, name: str) -> str:
    import winreg

    # The 64 bit view: what a 32 bit Python would be shown instead is another installation's word.
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
        return str(winreg.QueryValueEx(key, name)[0])


def _model() -> str:
    told: list[str] = []
    for path, name in (
        (_BIOS, "BaseBoardManufacturer"),
        (_BIOS, "BaseBoardProduct"),
        (_BIOS, "SystemProductName"),
        (_PROCESSOR, "ProcessorNameString"),
    ):
        try:
            told.append(_registered(path, name).strip())
        except OSError:
            continue
    return " ".join(told)


def _product() -> str | None:
    kernel = _kernel()
    size = kernel.GetSystemFirmwareTable(SMBIOS, 0, None, 0)
    table = ctypes.create_string_buffer(size)
    kernel.GetSystemFirmwareTable(SMBIOS, 0, table, size)
    return product_uuid(table.raw)


def _disk() -> str | None:
    kernel = _kernel()
    kernel.CreateFileW.restype = ctypes.c_void_p
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    kernel.DeviceIoControl.argtypes = [pointer, number, pointer, number, pointer, number, pointer, pointer]
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    name = "\\\\.\\" + os.environ.get("SYSTEMDRIVE", "C:")
    disk = kernel.CreateFileW(name, 0, SHARED, None, OPEN_EXISTING, 0, None)
    if disk in (None, NO_HANDLE):
        return None
    try:
        asked, answer, taken = ctypes.create_string_buffer(12), ctypes.create_string_buffer(1024), ctypes.c_uint32()
        done = kernel.DeviceIoControl(
            disk, STORAGE_QUERY_PROPERTY, asked, len(asked), answer, len(answer), ctypes.byref(taken), None
        )
    finally:
        kernel.CloseHandle(disk)
    return serial_in(answer.raw[: taken.value]) if done else None


def serial_in(descriptor: bytes) -> str | None:
    """The serial number in a STORAGE_DEVICE_DESCRIPTOR, if it has one."""
    if len(descriptor) < SERIAL_AT + 4:
        return None
    (begins,) = struct.unpack_from("<I", descriptor, SERIAL_AT)
    return descriptor[begins:].partition(b"\0")[0].decode("ascii", "replace").strip() if begins else None


def _kernel() -> Any:
    return ctypes.WinDLL("kernel32", use_last_error=True)


PARTS: Final[Parts] = {
    "machine": lambda: _registered(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid"),
    "product": _product,
    "model": _model,
    "disk": _disk,
    "network": first_address,
}
