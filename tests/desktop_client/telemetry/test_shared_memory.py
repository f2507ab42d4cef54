"""Blocks of shared memory that come, change, go and are replaced, as files in a folder that stands for /dev/shm."""

import ctypes
import gc
import logging
import mmap
from pathlib import Path

import pytest
from waiting import eventually

from desktop_client.telemetry import shared_memory
from desktop_client.telemetry.memory_block import MappedFile, NamedMapping, open_block
from desktop_client.telemetry.shared_memory import LOOK_FOR_IT_EVERY_S, MemoryListener, WholeBlock
from desktop_client.telemetry.source import MemoryInlet

NAME = "Local\\GameBlock"


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Game:
    """Writes a block as a game does: in place, without ever closing it."""

    def __init__(self, folder: Path, content: bytes) -> None:
        self.path = folder / "GameBlock"
        self.path.write_bytes(content)
        with self.path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def write(self, content: bytes) -> None:
        self._map[: len(content)] = content


class Listened:
    """A listener with its clock and what it heard."""

    def __init__(self, folder: Path, **inlet: object) -> None:
        self.watch = Watch()
        self.heard: list[bytes] = []
        told = {"name": NAME, "size": 64, "reader": WholeBlock} | inlet
        self.listener = MemoryListener(
            MemoryInlet(**told),  # type: ignore[arg-type]
            lambda packet, at: self.heard.append(packet),
            folder,
            self.watch,
        )

    def glance(self, after: float = 0.02) -> list[bytes]:
        """What one more look brings, so many seconds later."""
        self.watch.now += after
        before = len(self.heard)
        self.listener.glance()
        return self.heard[before:]


def test_a_block_is_heard_when_it_comes_and_whenever_it_changes(tmp_path: Path):
    ear = Listened(tmp_path)
    assert ear.glance() == []
    assert not ear.listener.is_there
    game = Game(tmp_path, b"one.")
    assert ear.glance() == [b"one."]
    assert ear.listener.is_there
    assert ear.glance() == []
    game.write(b"two.")
    assert ear.glance() == [b"two."]


def test_the_tag_of_the_inlet_stands_before_every_packet(tmp_path: Path):
    Game(tmp_path, b"one.")
    assert Listened(tmp_path, tag=b"P:").glance() == [b"P:one."]


def test_no_more_is_read_than_the_inlet_asks_for_and_no_more_than_there_is(tmp_path: Path):
    Game(tmp_path, b"0123456789")
    assert Listened(tmp_path, size=4).glance() == [b"0123"]
    assert Listened(tmp_path, size=4096).glance() == [b"0123456789"]


def test_a_block_that_vanished_is_noticed_once_nothing_in_it_changes(tmp_path: Path):
    ear = Listened(tmp_path)
    game = Game(tmp_path, b"one.")
    ear.glance()
    game.path.unlink()
    assert ear.glance(LOOK_FOR_IT_EVERY_S) == []
    assert not ear.listener.is_there


def test_a_block_that_was_replaced_is_read_by_a_reader_of_its_own(tmp_path: Path):
    ear = Listened(tmp_path)
    old = Game(tmp_path, b"same")
    ear.glance()
    old.path.unlink()
    new = Game(tmp_path, b"same")
    assert ear.glance(LOOK_FOR_IT_EVERY_S) == [b"same"], "of another game, though it looks alike"
    new.write(b"new.")
    old.write(b"old.")
    assert ear.glance() == [b"new."]


def test_a_game_that_rests_is_not_taken_for_another_one(tmp_path: Path):
    ear = Listened(tmp_path)
    Game(tmp_path, b"one.")
    ear.glance()
    assert [ear.glance(LOOK_FOR_IT_EVERY_S) for _ in range(5)] == [[]] * 5
    assert ear.listener.is_there


def test_a_block_that_is_cut_short_ends_nothing_but_itself(tmp_path: Path):
    ear = Listened(tmp_path, size=2 * mmap.PAGESIZE)
    path = tmp_path / "GameBlock"
    path.write_bytes(b"x" * 2 * mmap.PAGESIZE)
    assert len(ear.glance()[0]) == 2 * mmap.PAGESIZE
    path.write_bytes(b"")  # reading the second page of the old map would be the end of this process
    assert ear.glance() == []
    path.write_bytes(b"again")
    assert ear.glance() == [b"again"]


def test_an_empty_block_is_one_that_is_not_there_yet(tmp_path: Path):
    (tmp_path / "GameBlock").write_bytes(b"")
    ear = Listened(tmp_path)
    assert ear.glance() == []
    assert not ear.listener.is_there


def test_a_reader_that_fails_is_logged_and_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    class Clumsy(WholeBlock):
        made = 0

        def __init__(self) -> None:
            super().__init__()
            Clumsy.made += 1

        def read(self, memory: memoryview):
            if Clumsy.made == 1:
                raise ValueError("stumbled")
            return super().read(memory)

    Game(tmp_path, b"one.")
    ear = Listened(tmp_path, reader=Clumsy)
    with caplog.at_level(logging.ERROR):
        assert ear.glance() == []
    assert "GameBlock cannot be read" in caplog.text
    assert ear.glance() == [b"one."]


def test_a_reader_that_keeps_hold_of_the_memory_does_not_keep_the_block_open(tmp_path: Path):
    class Grasping(WholeBlock):
        kept: list[memoryview] = []

        def read(self, memory: memoryview):
            self.kept.append(memory[:2])
            return super().read(memory)

    Game(tmp_path, b"one.")
    ear = Listened(tmp_path, reader=Grasping)
    ear.glance()
    ear.listener.stop()
    assert not ear.listener.is_there


def test_it_looks_seldom_for_what_is_absent_often_at_what_changes_and_less_at_what_rests(tmp_path: Path):
    ear = Listened(tmp_path, rate_hz=50.0)
    ear.glance()
    assert ear.listener.rest_s == 2.0
    Game(tmp_path, b"one.")
    ear.glance()
    assert ear.listener.rest_s == pytest.approx(1 / 50)
    ear.glance(2.0)
    assert ear.listener.rest_s == pytest.approx(1 / 10)


def test_a_slow_inlet_stays_slow_while_it_rests(tmp_path: Path):
    Game(tmp_path, b"one.")
    ear = Listened(tmp_path, rate_hz=2.0)
    ear.glance()
    ear.glance(3.0)
    assert ear.listener.rest_s == 0.5


async def test_on_a_loop_it_finds_follows_and_forgets_a_game_by_itself(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shared_memory, "LOOK_FOR_IT_EVERY_S", 0.02)
    monkeypatch.setattr(shared_memory, "RESTING_AFTER_S", 0.05)
    heard: list[bytes] = []
    listener = MemoryListener(MemoryInlet(NAME, 64, WholeBlock), lambda packet, at: heard.append(packet), tmp_path)
    listener.start()
    game = Game(tmp_path, b"one.")
    await eventually(lambda: heard == [b"one."])
    game.write(b"two.")
    await eventually(lambda: heard == [b"one.", b"two."])
    game.path.unlink()
    await eventually(lambda: not listener.is_there)
    listener.stop()
    listener.stop()


async def test_it_may_be_stopped_by_what_it_hears(tmp_path: Path):
    class TwoAtOnce:
        def read(self, memory: memoryview):
            yield bytes(memory)
            yield bytes(memory)

    heard: list[bytes] = []

    def hear_and_stop(packet: bytes, at: float) -> None:
        heard.append(packet)
        listener.stop()

    Game(tmp_path, b"one.")
    listener = MemoryListener(MemoryInlet(NAME, 64, TwoAtOnce), hear_and_stop, tmp_path)
    listener.start()
    assert heard == [b"one."]
    assert listener._timer is None


def test_a_block_that_is_not_there_is_none_and_is_not_made(tmp_path: Path):
    assert open_block(NAME, 64, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_mapped_file_closes_what_it_opened(tmp_path: Path):
    Game(tmp_path, b"one.")
    gc.collect()  # what earlier tests left open closes now, and not while we count
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(20):
        MappedFile("GameBlock", 64, tmp_path).close()
        assert open_block("absent", 64, tmp_path) is None
    assert len(list(Path("/dev/fd").iterdir())) == before


class Kernel:
    """Stands where Windows' kernel32 stands: named mappings, their handles and views."""

    def __init__(self) -> None:
        self.mappings: dict[str, ctypes.Array[ctypes.c_char]] = {}
        self.handles: dict[int, str] = {}
        self.views: list[int] = []

    def OpenFileMappingW(self, access: int, inherit: bool, name: str) -> int:
        if name not in self.mappings:
            return 0
        handle = len(self.handles) + 100
        self.handles[handle] = name
        return handle

    def MapViewOfFile(self, handle: int, access: int, high: int, low: int, size: int) -> int:
        address = ctypes.addressof(self.mappings[self.handles[handle]])
        self.views.append(address)
        return address

    def VirtualQuery(self, address: int, region, size: int) -> int:
        region._obj.size = next(len(m) for m in self.mappings.values() if ctypes.addressof(m) == address)
        return size

    def UnmapViewOfFile(self, address: int) -> int:
        self.views.remove(address)
        return 1

    def CloseHandle(self, handle: int) -> int:
        del self.handles[handle]
        return 1


def test_on_windows_a_mapping_is_opened_by_name_read_and_let_go():
    kernel = Kernel()
    kernel.mappings[NAME] = ctypes.create_string_buffer(b"one.", 4096)
    block = NamedMapping(NAME, 4, kernel)
    assert bytes(block.memory) == b"one."
    assert not kernel.handles, "a handle that stays open keeps the name alive after the game"
    kernel.mappings[NAME][:4] = b"two."
    assert bytes(block.memory) == b"two."
    block.close()
    assert kernel.views == []


def test_on_windows_a_mapping_that_is_not_there_is_not_made():
    kernel = Kernel()
    with pytest.raises(FileNotFoundError):
        NamedMapping(NAME, 4, kernel)
    assert kernel.mappings == {}


def test_on_windows_another_mapping_of_the_same_name_is_told_by_what_it_holds():
    kernel = Kernel()
    kernel.mappings[NAME] = old = ctypes.create_string_buffer(b"one.", 64)
    block = NamedMapping(NAME, 4, kernel)
    assert block.is_current()
    kernel.mappings[NAME] = ctypes.create_string_buffer(b"two.", 64)
    assert not block.is_current()
    del kernel.mappings[NAME]
    assert not block.is_current()
    assert kernel.views == [ctypes.addressof(old)]
