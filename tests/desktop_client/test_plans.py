"""Which computer is this? One, however many ask at once, and none where its key cannot be had."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

from desktop_client.device import load_device
from desktop_client.plans import Plans
from desktop_client.vault import FileVault, VaultFailure


class SlowVault(FileVault):
    """Whoever has read waits until others have read, too, or until nobody else comes."""

    def __init__(self, folder: Path, readers: int) -> None:
        super().__init__(folder)
        self._barrier = threading.Barrier(readers)

    def read(self, name: str) -> str | None:
        kept = super().read(name)
        with contextlib.suppress(threading.BrokenBarrierError):
            self._barrier.wait(0.2)
        return kept


class ClosedVault(FileVault):
    def read(self, name: str) -> str | None:
        raise VaultFailure("Nobody may look.")


def plans(vault: FileVault) -> Plans:
    nobody: Any = None
    return Plans(nobody, nobody, nobody, vault)


async def test_the_page_and_the_licence_that_ask_at_the_same_moment_are_on_one_computer(tmp_path: Path) -> None:
    vault = SlowVault(tmp_path, readers=4)
    loaded = [asyncio.to_thread(load_device, vault) for _ in range(2)]
    first, second, *devices = await asyncio.gather(plans(vault).this_device(), plans(vault).this_device(), *loaded)
    assert {first, second, *(device.id for device in devices)} == {load_device(FileVault(tmp_path)).id}


async def test_where_the_key_cannot_be_had_no_computer_is_this_one(tmp_path: Path) -> None:
    assert await plans(ClosedVault(tmp_path)).this_device() is None
