"""All games at once: real sockets on loopback, and files in a folder that stands for /dev/shm."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from small_game import QUIET, SmallGame, catalogued, said_by
from waiting import eventually

from desktop_client.listening import SILENT_AFTER_S, Floor, Listening
from desktop_client.station import host_to_listen_on
from desktop_client.telemetry import shared_memory
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.shared_memory import WholeBlock
from desktop_client.telemetry.source import GameSettings, MemoryInlet, UdpInlet
from desktop_client.telemetry.udp import EVERYWHERE, LOOPBACK


@pytest.fixture
def ports(free_port: Callable[[], int]) -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def made() -> list[SmallGame]:
    """Every adapter that was made, in the order of the games."""
    return []


@pytest.fixture(autouse=True)
def catalogue(monkeypatch, ports: tuple[int, int], made: list[SmallGame]) -> None:
    """ant on one port, bee and cow on another, dog in memory, eel in memory and on ant's port, each with a tag."""
    monkeypatch.setattr(shared_memory, "LOOK_FOR_IT_EVERY_S", 0.02)
    first, second = ports
    games = {
        "ant": lambda told: (UdpInlet(told.port or first),),
        "bee": lambda told: (UdpInlet(told.port or second),),
        "cow": lambda told: (UdpInlet(told.port or second),),
        "dog": lambda told: (MemoryInlet("dog_block", 64, WholeBlock),),
        "eel": lambda told: (MemoryInlet("eel_block", 64, WholeBlock), UdpInlet(told.port or first, b"tag:")),
    }
    for game in list(GAMES):
        monkeypatch.delitem(GAMES, game)
    for game, inlets in games.items():
        monkeypatch.setitem(GAMES, game, catalogued(game, inlets, made))


@pytest.fixture
def send() -> Iterator[Callable[[int, bytes], None]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        yield lambda port, packet: sender.sendto(packet, (LOOPBACK, port)) and None


class Heard:
    """What the overlay would get, and a clock that a test moves."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, float]] = []
        self.overheard: list[tuple[str, bytes]] = []
        self.now = 1000.0

    def hear(self, frame: Frame) -> None:
        self.frames.append((frame.session.game, frame.session_time_s))

    def overhear(self, game: str, packet: bytes, at: float) -> None:
        self.overheard.append((game, packet))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@asynccontextmanager
async def listening_to(
    heard: Heard, folder: Path, *games: str, any_port: bool = False, **told: GameSettings
) -> AsyncIterator[Listening]:
    listening = Listening(
        dict.fromkeys(games, GameSettings()) | told,
        heard.hear,
        overhear=heard.overhear,
        memory_folder=folder,
        any_port=any_port,
        clock=lambda: heard.now,
    )
    await listening.start()
    try:
        yield listening
    finally:
        listening.stop()


def test_whoever_speaks_first_keeps_the_floor_until_it_was_silent_for_long():
    floor = Floor()
    assert floor.grants("ant", 0.0)
    assert not floor.grants("bee", SILENT_AFTER_S - 0.1)
    assert floor.grants("ant", SILENT_AFTER_S - 0.05)
    assert not floor.grants("bee", SILENT_AFTER_S + 0.1), "ant has spoken meanwhile"
    assert floor.grants("bee", 2 * SILENT_AFTER_S)
    assert not floor.grants("ant", 2 * SILENT_AFTER_S + 1)
    assert floor.holder == "bee"


def test_a_game_that_waits_in_its_pause_gives_way_to_one_that_is_driven_and_to_no_other():
    floor = Floor()
    assert floor.grants("ant", 0.0)
    assert floor.grants("ant", 10.0, drives=False)
    assert not floor.grants("bee", 10.1, drives=False)
    assert floor.grants("bee", 10.2)
    assert not floor.grants("ant", 10.3), "both are driven: who has the floor keeps it"
    assert not floor.grants("ant", 10.4, drives=False)


def test_a_short_pause_costs_nobody_the_floor():
    floor = Floor()
    assert floor.grants("ant", 0.0)
    assert floor.grants("ant", SILENT_AFTER_S - 0.1, drives=False)
    assert not floor.grants("bee", SILENT_AFTER_S - 0.1)


def test_a_game_that_was_never_driven_gives_way_at_once():
    floor = Floor()
    assert floor.grants("ant", 0.0, drives=False)
    assert floor.grants("bee", 0.1)


async def test_the_game_that_speaks_is_shown_whatever_way_it_speaks(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", "bee", "dog"):
        send(ports[0], said_by("ant", 1))
        await eventually(lambda: heard.frames == [("ant", 1)])
        heard.now += SILENT_AFTER_S
        (tmp_path / "dog_block").write_bytes(said_by("dog", 2))
        await eventually(lambda: heard.frames[-1] == ("dog", 2))


async def test_another_game_must_wait_until_the_one_that_speaks_is_silent(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", "bee") as listening:
        send(ports[0], said_by("ant", 1))
        await eventually(lambda: heard.frames)
        send(ports[1], said_by("bee", 2))
        await eventually(lambda: ("bee", said_by("bee", 2)) in heard.overheard)
        assert heard.frames == [("ant", 1)]
        assert [game.title for game in listening.seen() if game.speaks] == ["The game ant"]
        heard.now += SILENT_AFTER_S
        send(ports[1], said_by("bee", 3))
        await eventually(lambda: heard.frames == [("ant", 1), ("bee", 3)])
        assert listening.seen()[0].title == "The game bee", "the one that speaks stands first"


async def test_a_game_in_its_menus_takes_the_floor_from_nobody(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", "bee") as listening:
        send(ports[0], said_by("ant", QUIET))
        await eventually(lambda: heard.overheard)
        assert listening.floor.holder is None
        send(ports[1], said_by("bee", 2))
        await eventually(lambda: heard.frames == [("bee", 2)])


async def test_games_on_one_port_share_it_and_each_hears_its_own(heard: Heard, tmp_path: Path, ports, send, made):
    async with listening_to(heard, tmp_path, "bee", "cow") as listening:
        assert listening.problems == ()
        for number in range(10):
            send(ports[1], said_by("cow", number))
        await eventually(lambda: heard.frames == [("cow", number) for number in range(10)])
        bee, cow = made
        assert (bee.health.decoded, cow.health.decoded) == (0, 10)
        assert bee.health.refused == {"foreign": 1}, "it is not asked again while the other one understands"
        heard.now += SILENT_AFTER_S
        send(ports[1], said_by("bee", 11))
        await eventually(lambda: heard.frames[-1] == ("bee", 11))


async def test_games_that_share_a_port_get_their_own_tags(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", "eel"):
        send(ports[0], said_by("eel", 1))
        await eventually(lambda: heard.frames == [("eel", 1)])
        assert heard.overheard == [("ant", said_by("eel", 1)), ("eel", b"tag:" + said_by("eel", 1))]


async def test_a_driver_may_put_a_game_on_another_ones_port(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", bee=GameSettings(port=ports[0])) as listening:
        assert listening.problems == ()
        send(ports[0], said_by("bee", 1))
        await eventually(lambda: heard.frames == [("bee", 1)])


async def test_a_port_that_is_taken_concerns_only_its_game(heard: Heard, tmp_path: Path, ports, send):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((LOOPBACK, ports[0]))
        async with listening_to(heard, tmp_path, "ant", "bee", "eel") as listening:
            assert len(listening.problems) == 1, "though two games want that port"
            seen = {game.title[-3:]: game for game in listening.seen()}
            assert f"UDP port {ports[0]} is already in use" in (seen["ant"].problem or "")
            assert seen["bee"].problem is None
            assert not listening.is_deaf()
            send(ports[1], said_by("bee", 1))
            await eventually(lambda: heard.frames == [("bee", 1)])
            heard.now += SILENT_AFTER_S
            (tmp_path / "eel_block").write_bytes(said_by("eel", 2))
            await eventually(lambda: heard.frames[-1] == ("eel", 2))


async def test_where_no_port_can_be_had_it_is_deaf(heard: Heard, tmp_path: Path, ports):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((LOOPBACK, ports[0]))
        async with listening_to(heard, tmp_path, "ant") as listening:
            assert listening.is_deaf()


async def test_a_game_that_is_switched_off_is_not_listened_to(heard: Heard, tmp_path: Path, ports):
    async with listening_to(heard, tmp_path, "bee", ant=GameSettings(enabled=False)) as listening:
        assert list(listening.stations) == ["bee"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as another_program:
            another_program.bind((LOOPBACK, ports[0]))


async def test_for_a_race_of_our_own_any_port_will_do(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "bee", "cow", any_port=True) as listening:
        own = {listening.port_of("bee"), listening.port_of("cow")}
        assert len(own) == 2
        assert not own & set(ports)
        send(listening.port_of("cow"), said_by("cow", 1))
        await eventually(lambda: heard.frames == [("cow", 1)])


async def test_what_is_seen_of_a_game_is_where_how_much_and_what_was_wrong(heard: Heard, tmp_path: Path, ports, send):
    async with listening_to(heard, tmp_path, "ant", "eel") as listening:
        for packet in (b"nonsense", *(said_by("ant", number) for number in range(60))):
            heard.now += 1 / 60
            send(ports[0], packet)
            await eventually(lambda packet=packet: heard.overheard and heard.overheard[-1][1].endswith(packet))
        await eventually(lambda: len(heard.frames) == 60)
        ant, eel = listening.seen()
        assert (ant.frames, ant.format, ant.refused) == (60, "ant 1", {"foreign": 1})
        assert ant.packets_per_second == pytest.approx(60, abs=3)
        assert "nonsense" in (ant.last_error or "")
        assert [str(place) for place in eel.places] == [f"UDP port {ports[0]}", "shared memory eel_block"]
        assert [place.is_open for place in eel.places] == [True, False]
        (tmp_path / "eel_block").write_bytes(b"x" * 20)
        await eventually(lambda: all(place.is_open for place in listening.seen()[1].places))


async def test_what_an_adapter_has_to_say_reaches_its_peer(heard: Heard, tmp_path: Path, monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as console:
        console.bind((LOOPBACK, 0))
        console.setblocking(False)
        monkeypatch.setitem(GAMES, "fox", catalogued("fox", lambda told: (UdpInlet(0, peer=console.getsockname()),)))

        def asked() -> tuple[bytes, tuple[str, int]] | None:
            try:
                return console.recvfrom(100)
            except BlockingIOError:
                return None

        async with listening_to(heard, tmp_path, "fox") as listening:
            question, sender = await eventually(asked)
            assert (question, sender[1]) == (b"speak, fox", listening.port_of("fox"))
            console.sendto(said_by("fox", 1), sender)
            await eventually(lambda: heard.frames == [("fox", 1)])


async def test_stopping_gives_everything_back(heard: Heard, tmp_path: Path, ports):
    async with listening_to(heard, tmp_path, "ant", "bee", "eel"):
        pass
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as another_program:
            another_program.bind((LOOPBACK, port))


@pytest.mark.parametrize(
    ("peer", "host", "listen_on"),
    [
        (None, None, LOOPBACK),
        (None, "localhost", LOOPBACK),
        (None, "127.0.0.1", LOOPBACK),
        (None, "192.168.1.20", EVERYWHERE),
        (None, "0.0.0.0", EVERYWHERE),
        (None, "ps5.local", EVERYWHERE),
        (("127.0.0.1", 9000), None, LOOPBACK),
        (("255.255.255.255", 33739), None, EVERYWHERE),
    ],
)
def test_the_network_is_listened_to_only_for_a_game_that_runs_elsewhere(peer, host, listen_on):
    assert host_to_listen_on(UdpInlet(20777, peer=peer), host) == listen_on


def test_a_game_that_speaks_to_the_whole_network_is_not_heard_on_loopback_alone():
    assert host_to_listen_on(UdpInlet(5606, broadcasts=True), LOOPBACK) == EVERYWHERE


async def test_a_broadcast_is_heard(heard: Heard, tmp_path: Path, monkeypatch, free_port):
    port = free_port()
    monkeypatch.setitem(GAMES, "gnu", catalogued("gnu", lambda told: (UdpInlet(port, broadcasts=True),)))
    async with listening_to(heard, tmp_path, "gnu"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as game:
            game.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            game.sendto(said_by("gnu", 1), ("127.255.255.255", port))
        await eventually(lambda: heard.frames == [("gnu", 1)])


def test_a_game_that_may_be_anywhere_is_not_asked_at_that_address(made: list[SmallGame]):
    Listening({"ant": GameSettings(host="0.0.0.0", port=5)}, lambda frame: None)
    assert made[0].settings == GameSettings(port=5)
