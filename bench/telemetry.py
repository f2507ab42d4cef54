"""How many packets of a game one core turns into frames: `python -m bench.telemetry`.

A real race of 21 s (packets of F1's 2026 format, 22 cars), over and over, through everything between the socket and
the frame. The baselines of the same run only take the same packets apart and keep nothing: once by laying numpy's view
over each, which is the floor, and once by unpacking every field into Python values, as libraries for these games do.
Where the recording is absent, packets that we encode ourselves stand in. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from struct import Struct

import msgspec
import numpy as np

from bench.machine import machine
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_wire import LAYOUTS, PacketId, blank, open_packet, read_header
from desktop_client.telemetry.replay import Recording

CAPTURES = Path(os.environ.get("RACEOVERLAY_CAPTURES", Path(__file__).parents[2] / "shared" / "captures"))
CAPTURE = CAPTURES / "f1" / "f1_2026_f1packets.bin"
GOAL_PACKETS_PER_SECOND = 10_000  # the game sends 360 a second at 60 Hz

_CODES = {"u1": "B", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "u8": "Q", "f4": "f", "f8": "d"}


def packets_to_feed() -> tuple[list[bytes], str]:
    """The real recording, or else a made-up race, and what it is."""
    if CAPTURE.exists():
        return [heard.packet for heard in Recording(CAPTURE)], "a real race"
    return encoded_race(frames=1000), f"packets of our own, for {CAPTURE} is absent"


def encoded_race(frames: int) -> list[bytes]:
    def encode(packet_id: PacketId, frame: int) -> bytes:
        clock = {"session_time": frame / 60, "frame_identifier": frame, "overall_frame_identifier": frame}
        packet = blank(2026, packet_id, session_uid=1, **clock)
        if packet_id is PacketId.SESSION:
            packet["track_length"], packet["session_type"], packet["total_laps"] = 5000, 15, 50
        if packet_id is PacketId.LAPS:
            packet["cars"]["result_status"][:22], packet["cars"]["position"][:22] = 2, np.arange(1, 23)
        return packet.tobytes()

    each_frame = (PacketId.MOTION, PacketId.LAPS, PacketId.TELEMETRY, PacketId.STATUS, PacketId.MOTION_DETAIL)
    opening = [encode(PacketId.SESSION, 0), encode(PacketId.PARTICIPANTS, 0)]
    return opening + [encode(packet_id, frame) for frame in range(1, frames + 1) for packet_id in each_frame]


def make_frames(packets: list[bytes]) -> int:
    source = F1()
    for packet in packets:
        source.feed(packet, 0.0)
    return source.health.frames


def lay_views(packets: list[bytes]) -> int:
    for packet in packets:
        header = read_header(packet)
        open_packet(packet, LAYOUTS[header.packet_format, header.packet_id])
    return 0


def unpack_every_field(packets: list[bytes]) -> int:
    for packet in packets:
        header = read_header(packet)
        _STRUCTS[header.packet_format, header.packet_id].unpack(packet)
    return 0


def _struct_codes(layout: np.dtype) -> str:
    if layout.subdtype is not None:
        base, shape = layout.subdtype
        return _struct_codes(base) * int(np.prod(shape))
    if layout.fields is not None:
        return "".join(_struct_codes(layout[name]) for name in layout.names or ())
    return f"{layout.itemsize}s" if layout.kind == "S" else _CODES[layout.str[1:]]


_STRUCTS = {key: Struct("<" + _struct_codes(layout)) for key, layout in LAYOUTS.items()}


def measure(work: Callable[[list[bytes]], int], packets: list[bytes], rounds: int) -> dict[str, float]:
    """Packets and frames a second of processor time: the median round, after one that does not count."""
    frames = work(packets)
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work(packets)
        took.append(time.process_time() - began)
    seconds = statistics.median(took)
    return {"packets_per_s": round(len(packets) / seconds), "frames_per_s": round(frames / seconds)}


def time_to_frame_us(packets: list[bytes]) -> dict[str, float]:
    """Microseconds of wall clock from the packet that makes a frame whole to that frame."""
    source, took = F1(), []
    for packet in packets:
        began = time.perf_counter()
        if source.feed(packet, 0.0) is not None:
            took.append((time.perf_counter() - began) * 1e6)
    p50, p99 = np.percentile(took, [50, 99])
    return {"p50": round(float(p50), 1), "p99": round(float(p99), 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    packets, what = packets_to_feed()
    ours = measure(make_frames, packets, rounds)
    views = measure(lay_views, packets, rounds)
    unpacked = measure(unpack_every_field, packets, rounds)
    report = {
        "benchmark": "telemetry",
        "input": what,
        "packets": len(packets),
        "packets_per_s": ours["packets_per_s"],
        "frames_per_s": ours["frames_per_s"],
        "frame_us": time_to_frame_us(packets),
        "goal_packets_per_s": GOAL_PACKETS_PER_SECOND,
        "goal_met": ours["packets_per_s"] >= GOAL_PACKETS_PER_SECOND,
        "baseline": {
            "numpy_view_packets_per_s": views["packets_per_s"],
            "struct_unpack_packets_per_s": unpacked["packets_per_s"],
        },
        "ratio_to_numpy_view": round(ours["packets_per_s"] / views["packets_per_s"], 3),
        "ratio_to_struct_unpack": round(ours["packets_per_s"] / unpacked["packets_per_s"], 3),
        "machine": machine() | {"cores_used": 1, "numpy": np.__version__},
    }
    print(msgspec.json.encode(report).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
