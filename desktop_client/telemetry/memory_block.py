"""A game's block of shared memory, seen and never made: a block that we created would look like a running game.

On Windows it is a named file mapping. Elsewhere it is a file in /dev/shm, where bridges for games under Wine put the
same bytes; names lose what Windows puts before them (`Local\\`).
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys
from pathlib import Path
from typing import Any, Final, Protocol

FOLDER: Final = Path(os.environ.get("RACEOVERLAY_SHARED_MEMORY", "/dev/shm"))
FILE_MAP_READ: Final = 0x0004


class Block(Protocol):
    """A mapped block. Its `memory` is valid until `close`."""

    memory: memoryview

    def is_whole(self) -> bool:
        """Whether all of it may still be read: looked at before every read."""
        ...

    def is_current(self) -> bool:
        """Whether the name still stands for this very block, and not for none or for a newer one."""
        ...

    def close(self) -> None: ...


def open_block(name: str, size: int, folder: Path = FOLDER) -> Block | None:
    """The block of that name, at most `size` bytes of it; None where there is none that can be read."""
    try:
        return NamedMapping(name, size) if sys.platform == "win32" else MappedFile(plain_name(name), size, folder)
    except (OSError, ValueError):  # ValueError: an empty file cannot be mapped, which is a bridge about to fill it
        return None


def plain_name(name: str) -> str:
    """The name without the namespace that only Windows has."""
    return name.rpartition("\\")[2]


class MappedFile:
    """A block that is a file."""

    def __init__(self, name: str, size: int, folder: Path) -> None:
        """Raises OSError or ValueError where there is no such file, or an empty one."""
        self._path = folder / name
        self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._length = min(size, os.fstat(self._file).st_size)
            self._map = mmap.mmap(self._file, self._length, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            os.close(self._file)
            raise
        self.memory = memoryview(self._map)

    def is_whole(self) -> bool:
        # Reading what was cut off from a mapped file ends the program with SIGBUS, which nothing can catch.
        return os.fstat(self._file).st_size >= self._length

    def is_current(self) -> bool:
        try:
            named, ours = self._path.stat(), os.fstat(self._file)
        except OSError:
            return False
        return os.path.samestat(named, ours)

    def close(self) -> None:
        os.close(self._file)
        with contextlib.suppress(BufferError):  # a reader kept a view of it: then it goes when that does
            self.memory.release()
            self._map.close()


class NamedMapping:
    """A block that Windows knows by its name.

    The handle is closed as soon as the block is mapped: the name then goes away together with the game, although what
    the game left behind can still be read.
    """

    def __init__(self, name: str, size: int, kernel: Any = None) -> None:
        """Raises OSError where there is no such mapping."""
        self._name, self._size = name, size
        self._kernel = kernel or _kernel()
        self._address, length = self._map()
        self.memory = memoryview((ctypes.c_ubyte * length).from_address(self._address)).cast("B").toreadonly()

    def is_whole(self) -> bool:
        return True  # Windows cannot cut a mapping short

    def is_current(self) -> bool:
        """Two mappings of one name cannot be told apart but by what they hold: asked while nothing changes in ours."""
        try:
            address, length = self._map()
        except OSError:
            return False
        try:
            return ctypes.string_at(address, length) == bytes(self.memory)
        finally:
            self._kernel.UnmapViewOfFile(address)

    def close(self) -> None:
        with contextlib.suppress(BufferError):
            self.memory.release()
        self._kernel.UnmapViewOfFile(self._address)

    def _map(self) -> tuple[int, int]:
        handle = self._kernel.OpenFileMappingW(FILE_MAP_READ, False, self._name)
        if not handle:
            raise FileNotFoundError(self._name)
        try:
            address = self._kernel.MapViewOfFile(handle, FILE_MAP_READ, 0, 0, 0)
        finally:
            self._kernel.CloseHandle(handle)
        if not address:
            raise PermissionError(self._name)
        region = _Region()
        if not self._kernel.VirtualQuery(address, ctypes.byref(region), ctypes.sizeof(region)):
            self._kernel.UnmapViewOfFile(address)
            raise OSError(self._name)
        return address, min(self._size, region.size)


class _Region(ctypes.Structure):
    """Windows' MEMORY_BASIC_INFORMATION of 64 bits."""

    _fields_ = (
        ("base", ctypes.c_void_p),
        ("allocation_base", ctypes.c_void_p),
        ("allocation_protect", ctypes.c_uint32),
        ("partition", ctypes.c_uint16),
        ("size", ctypes.c_size_t),
        ("state", ctypes.c_uint32),
        ("protect", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
    )


def _kernel() -> Any:
    if sys.platform != "win32":
        raise OSError("Named mappings are Windows' own")
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenFileMappingW.argtypes = (ctypes.c_uint32, ctypes.c_int, ctypes.c_wchar_p)
    kernel.OpenFileMappingW.restype = ctypes.c_void_p
    kernel.MapViewOfFile.argtypes = (ctypes.c_void_p, *(ctypes.c_uint32,) * 3, ctypes.c_size_t)
    kernel.MapViewOfFile.restype = ctypes.c_void_p
    kernel.VirtualQuery.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    kernel.VirtualQuery.restype = ctypes.c_size_t
    kernel.UnmapViewOfFile.argtypes = (ctypes.c_void_p,)
    kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
    return kernel
