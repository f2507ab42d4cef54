"""A road is driven in several games by several people, and everybody who is on it has its best map, without a restart.

Each lap goes all the way: a game's bytes, its adapter, the capture, the upload, the verdict, the event, and the map in
the clients that are on that track.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
from cloud_stack import CloudStack
from driving_clients import Circuit, arrives, drive, driving
from moderators import moderating
from running_client import Client
from waiting import eventually

from bench.driving import Pose
from bench.roads import Road, invented_road
from contracts.tracks import LayoutLink, TrackMap
from desktop_client.map_state import MapStage
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.player import play
from desktop_client.telemetry.recognise import open_recording
from desktop_client.telemetry.source import GameSettings
from desktop_client.telemetry.tape import END_PAYLOAD, MAGIC, Kind, pack_packet, pack_record

pytestmark = pytest.mark.timeout(300)
CAPTURES = Path(os.environ.get("RACEOVERLAY_CAPTURES", "../shared/captures"))
REAL_LAP = CAPTURES / "gt7" / "zetetos_demo.gtz"
AWAY = Pose(turn=2.0, move=1500 - 2500j)
LARGER = Pose(turn=-0.7, move=-900 + 300j, scale=1.02)
FIRST_LAP = "Your lap made the first map of this track."
KNOWN_LAP = "Your lap agrees with the map of this track"


def circuits(name: str, road: Road) -> tuple[Circuit, Circuit, Circuit]:
    """One road in three games, each with its own name for it, and each but the first in another plane."""
    return (
        Circuit("ams2", f"{name}/Grand Prix", Pose(), road),
        Circuit("acc", name.lower(), AWAY, road),
        Circuit("rf2", f"{name} GP", LARGER, road),
    )


def middle_off(track_map: TrackMap, road: Road) -> float:
    """How far the map's line is from the middle of the road, in metres, on average."""
    line = np.array(track_map.line.x) + 1j * np.array(track_map.line.y)
    return float(np.abs(line[:, np.newaxis] - road.centre[np.newaxis, :]).min(axis=1).mean())


def version_of(client: Client) -> int:
    return client.shown.version if client.shown is not None else 0


async def has(client: Client, circuit: Circuit, version: int) -> TrackMap:
    """The map of that circuit which the client shows, once it is that version or a newer one."""
    name = circuit.track
    await eventually(
        lambda: client.shown and (client.shown.game, client.shown.track_id) == name and version_of(client) >= version,
    )
    assert client.shown is not None
    return client.shown


async def test_one_road_of_three_games_is_one_layout_that_others_confirm_and_improve(
    cloud: CloudStack, tmp_path: Path
) -> None:
    games = circuits("Larkfield", invented_road(21, 1600.0))
    ams2 = games[0]
    async with driving(cloud, tmp_path, "first", "second", "third", "watcher") as (first, second, third, watcher):
        await arrives(watcher, ams2.session(90))
        assert watcher.map_stage is MapStage.UNKNOWN
        maps: dict[Circuit, TrackMap] = {}
        for circuit in games:
            said = await drive(first, circuit.session(1))
            assert said.startswith(FIRST_LAP if circuit is ams2 else KNOWN_LAP)
            maps[circuit] = await has(first, circuit, 1)
            assert middle_off(maps[circuit], circuit.own_road) < 5.0, "each game has the road in its own plane"
        assert {(each.version, each.status) for each in maps.values()} == {(1, "provisional")}
        assert len({each.layout_id for each in maps.values()}) == 1
        assert (await has(watcher, ams2, 1)) == maps[ams2]

        assert (await drive(second, ams2.session(2, others=(-0.9, 0.0)))).startswith(KNOWN_LAP)
        confirmed = await has(watcher, ams2, 2)
        assert (confirmed.status, confirmed.layout_id) == ("confirmed", maps[ams2].layout_id)

        for number in range(3, 12):
            bends = (0.8, -0.8, 0.0)[number % 3]
            driver = (third, first, second)[number % 3]
            await drive(driver, ams2.session(number, apexing=bends, others=(-0.9, 0.9, -0.4)))
            if version_of(driver) > confirmed.version:
                break
        better = await has(watcher, ams2, confirmed.version + 1)
        off = [middle_off(each, ams2.own_road) for each in (maps[ams2], confirmed, better)]
        assert off[2] < min(off[1], 0.7 * off[0])
        assert (better.quality.users, better.status) == (3, "confirmed")
        assert better.quality.width_coverage is not None


async def test_the_other_way_round_and_with_a_chicane_more_it_is_another_layout_that_says_so(
    cloud: CloudStack, tmp_path: Path
) -> None:
    road = invented_road(25, 1600.0)
    plain = Circuit("ams2", "Hillbrow/National", Pose(), road)
    backwards = Circuit("acc", "hillbrow_reverse", AWAY, road.reversed())
    chicane = Circuit("ams2", "Hillbrow/Chicane", Pose(), road.bent(0.7, 320.0, 35.0, is_double=True))
    async with driving(cloud, tmp_path, "surveyor") as (driver,):
        assert (await drive(driver, plain.session(1))).startswith(FIRST_LAP)
        known = await has(driver, plain, 1)
        said = await drive(driver, backwards.session(2))
        assert said == f"Your lap made the first map of this layout: {plain.track[1]} (ams2) the other way round."
        other_way = await has(driver, backwards, 1)
        assert LayoutLink("reverse_of", known.layout_id) in other_way.links
        assert {known.direction, other_way.direction} == {"cw", "ccw"}
        said = await drive(driver, chicane.session(3))
        assert said == f"Your lap made the first map of this layout, a variant of {plain.track[1]} (ams2)."
        assert LayoutLink("variant_of", known.layout_id) in (await has(driver, chicane, 1)).links


async def test_what_a_moderator_does_is_seen_by_those_who_are_driving(cloud: CloudStack, tmp_path: Path) -> None:
    circuit = Circuit("ams2", "Thornbury/Short", LARGER, invented_road(28, 1500.0))
    async with driving(cloud, tmp_path, "author", "guest") as (author, guest), moderating(cloud) as moderator:
        await drive(author, circuit.session(1))
        await arrives(guest, circuit.session(90))
        layout_id = (await has(guest, circuit, 1)).layout_id

        await moderator.act(layout_id, "rename", venue="Thornbury Park", layout_name="Long")
        for client in (author, guest):
            assert (await has(client, circuit, 2)).track_name == "Thornbury Park"
            assert client.cloud.state.map.title == "Thornbury Park Long"

        await moderator.act(layout_id, "withdraw")
        for client in (author, guest):
            await eventually(lambda client=client: client.shown is None)
            assert client.map_stage is MapStage.UNKNOWN

        assert (await drive(guest, circuit.session(2))).startswith("Your lap brought version 3 of the map")
        again = [await has(client, circuit, 3) for client in (guest, author)]
        assert again[0] == again[1], "a later lap begins anew, and whoever was without a map has it"


@pytest.mark.skipif(not REAL_LAP.exists(), reason=f"there is no recording {REAL_LAP}")
async def test_a_real_lap_of_a_game_that_names_no_track_gets_a_map_and_a_name(
    cloud: CloudStack, tmp_path: Path
) -> None:
    tape = taped(tmp_path / "lap.rotape", gzip.decompress(REAL_LAP.read_bytes()))
    async with driving(cloud, tmp_path, "first", "second") as (first, second):
        assert (await replayed(tape, first)).startswith(FIRST_LAP)
        await eventually(lambda: first.shown)
        mine = first.shown
        assert mine is not None
        assert (mine.track_id, mine.version) == (f"layout-{mine.layout_id.hex[:12]}", 1)
        assert mine.length_m == pytest.approx(6936, rel=0.01)
        assert mine.direction == "cw"

        assert second.map_stage is MapStage.NO_TRACK
        assert (await replayed(tape, second)).startswith(KNOWN_LAP)
        for client in (second, first):
            await eventually(lambda client=client: version_of(client) == 2)
        assert first.shown == second.shown
        assert (first.shown.track_id, first.shown.status) == (mine.track_id, "confirmed")


async def replayed(tape: Path, client: Client) -> str:
    """What the cloud says of the lap on this tape."""
    recording, game = open_recording(tape)
    source = GAMES[game].make(GameSettings())

    def hear(packet: bytes, at: float) -> None:
        frame = source.feed(packet, at)
        if frame is not None:
            client.cloud.on_frame(frame)

    await play(recording, hear, speed=None)
    await eventually(lambda: client.judged)
    assert client.verdict is not None
    return client.verdict


def taped(file: Path, raw: bytes, size: int = 368) -> Path:
    """The packets of a console, of one size, sixty a second, as the recorder would have kept them."""
    packets = [raw[at : at + size] for at in range(0, len(raw), size)]
    records = [pack_packet(number / 60, packet) for number, packet in enumerate(packets)]
    end = pack_record(Kind.END, len(packets) / 60, END_PAYLOAD.pack(len(packets)))
    opening = pack_record(Kind.OPENING, 0.0, msgspec.json.encode({"game": "gt7", "started_at": 0.0}))
    file.write_bytes(MAGIC + opening + b"".join(records) + end)
    return file
