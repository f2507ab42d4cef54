"""What broken packets do: `python -m bench.mutations [--packets 1000000] [--seed 1]` prints one JSON object.

Real packets of every game, made by its own encoder from the demo race, are damaged at random (bits, bytes, lengths,
order, repetition) and fed to its adapter, between whole ones. None may raise, hang, or give a frame that holds what no
car can do. The same seed damages in the same way.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from bench.machine import machine
from desktop_client.demo.broadcast import Broadcast
from desktop_client.demo.frames import frames
from desktop_client.demo.race import FULL_RACE_LAPS, Race
from desktop_client.demo.wire import ENCODERS
from desktop_client.race.lifecycle import Race as Memory
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Cars, Frame
from desktop_client.telemetry.source import GameSettings

WHOLE_SHARE: Final = 0.3  # of the packets arrives as it was sent, so that there is always a race to be spoilt
TICKS: Final = 240
LEAST_AND_MOST: Final = {
    "x": (-2e5, 2e5),
    "y": (-2e5, 2e5),
    "speed_mps": (0.0, 250.0),  # some Horizon cars are as fast as aeroplanes
    "gap_leader_s": (0.0, 1e6),
    "gap_ahead_s": (0.0, 1e6),
    "last_lap_s": (0.0, 1e6),
    "best_lap_s": (0.0, 1e6),
    "lap_distance_m": (-1e6, 1e6),
}


def packets_of(game: str) -> list[bytes]:
    """A few seconds of the demo race as this game would send it."""
    if game == "f1":
        broadcast = Broadcast(Race.joined(1, FULL_RACE_LAPS), packet_format=2025)
        return [datagram for _ in range(TICKS) for datagram in broadcast.tick()]
    encode = ENCODERS[game]()
    return [packet for frame in race() for packet in encode(frame)]


@functools.cache
def race() -> tuple[Frame, ...]:
    """What every game's encoder is given to tell."""
    return tuple(frames(seconds=TICKS / 60))


def damaged(packet: bytes, chance: random.Random) -> bytes:
    """The packet with one thing wrong with it."""
    body = bytearray(packet)
    if not body:
        return b"\x00"
    at = chance.randrange(len(body))
    match chance.randrange(7):
        case 0:
            body[at] ^= 1 << chance.randrange(8)
        case 1:
            body[at : at + 4] = chance.randbytes(4)
        case 2:  # a float that is none
            body[at - at % 4 : at - at % 4 + 4] = chance.choice((b"\0\0\xc0\x7f", b"\0\0\x80\x7f", b"\xff\xff\x7f\xff"))
        case 3:
            del body[at:]
        case 4:
            body += chance.randbytes(chance.randrange(1, 64))
        case 5:
            for place in range(at, min(len(body), at + 32)):
                body[place] = 0xFF
        case _:
            body = bytearray(chance.randbytes(len(body)))
    return bytes(body)


def nonsense(frame: Frame) -> Iterator[str]:
    """What in a frame no car can do, or no game can mean."""
    count = len(frame.cars)
    for column in dataclasses.fields(Cars):
        if len(getattr(frame.cars, column.name)) != count:
            yield f"{column.name} has {len(getattr(frame.cars, column.name))} rows of {count}"
    for name, (least, most) in LEAST_AND_MOST.items():
        values = getattr(frame.cars, name)
        wrong = np.isinf(values) | (values < least) | (values > most)
        if wrong.any():
            yield f"{name} {values[wrong][0]}"
    if frame.player_row is not None and not 0 <= frame.player_row < count:
        yield f"row {frame.player_row} of {count}"
    player = frame.player
    if player is not None:
        for name, most in (("throttle", 1.0), ("brake", 1.0), ("clutch", 1.0), ("speed_mps", 250.0), ("rpm", 1e5)):
            value = getattr(player, name)
            if not math.isnan(value) and not -1e-6 <= value <= most + 1e-6:
                yield f"{name} {value}"
        if player.fuel is not None and not 0 <= player.fuel.amount < 1e4:
            yield f"fuel {player.fuel.amount}"


def assault(game: str, packets: int, chance: random.Random, look: Callable[[Frame], object]) -> dict[str, float]:
    """Feed so many packets, most of them damaged; figures of what came of them.

    Raises whatever the adapter raises, and AssertionError where a frame holds nonsense.
    """
    source = GAMES[game].make(GameSettings())
    whole = packets_of(game)
    began = time.perf_counter()
    slowest = 0.0
    made = 0
    for number in range(packets):
        packet = whole[number % len(whole)]
        if chance.random() > WHOLE_SHARE:
            packet = damaged(chance.choice(whole) if chance.random() < 0.2 else packet, chance)
        start = time.perf_counter()
        frame = source.feed(packet, number / 300)
        slowest = max(slowest, time.perf_counter() - start)
        if frame is not None:
            made += 1
            wrong = list(nonsense(frame))
            assert not wrong, f"{game}, packet {number}: {', '.join(wrong)}"
            look(frame)
    health = source.health
    assert health.decoded + sum(health.refused.values()) == packets, f"{game}: a packet was not counted once"
    return {
        "packets": packets,
        "decoded": health.decoded,
        "refused": sum(health.refused.values()),
        "absurd_values": health.absurd,
        "frames": made,
        "slowest_packet_ms": round(1000 * slowest, 2),
        "seconds": round(time.perf_counter() - began, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What broken packets do to the adapters.")
    parser.add_argument("--packets", type=int, default=1_000_000, help="of all games together")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    games: dict[str, dict[str, float]] = {}
    for game in GAMES:
        memory = Memory()
        games[game] = assault(game, -(-chosen.packets // len(GAMES)), chance, memory.take)
    print(json.dumps({"benchmark": "mutations", "machine": machine(), "games": games}, indent=2))


if __name__ == "__main__":
    main()
