"""What learning a track costs a frame: `python -m bench.capture [--rounds 5]` prints one JSON object.

A lap and a bit of 5 km at 60 Hz, in fields of 1, 22 and 60 cars, each on its own line: microseconds that a frame takes
in `LapCapture.feed`. The baseline is the same frames of a game that does not say where the others are, so that the
difference is what their ways cost; the frame that gives the lap away is told apart: everything comes together in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

import msgspec
import numpy as np

from bench.driving import driven_line, speeds
from bench.machine import machine
from bench.roads import invented_road
from desktop_client.race.capture import LapCapture
from desktop_client.telemetry.frame import Capability, Cars, Frame, Player, Session

RATE_HZ, LAPS, BEFORE_LINE_S, LENGTH_M = 60.0, 1.05, 3.0, 5000.0
FIELDS = (1, 22, 60)
EVERYTHING = frozenset(Capability)
FRAME_BUDGET_US = 1e6 / RATE_HZ


def frames(count: int, seed: int = 3, track_id: str = "26") -> Iterator[Frame]:
    """So many cars half a second apart on the invented road of that seed; the driver's is the first."""
    road = invented_road(seed, LENGTH_M)
    chance = np.random.default_rng(3)
    lines = [
        driven_line(road, chance, apexing=apexing, noise_m=0.5) for apexing in (0.8, *np.linspace(-1, 1, count - 1))
    ]
    begun, arrives = [], []
    for line in lines:
        steps = np.abs(np.roll(line, -1) - line)
        arrives.append(np.concatenate(([0.0], np.cumsum(steps / speeds(line)))))
        begun.append(np.append(line, line[0]))
    lap_s = arrives[0][-1]
    at = np.arange(-BEFORE_LINE_S, LAPS * lap_s, 1 / RATE_HZ)
    since = at[:, np.newaxis] - 0.5 * np.arange(count)
    spans = np.array([arrived[-1] for arrived in arrives])
    lap, within = np.floor(since / spans).astype(np.int32) + 2, np.mod(since, spans)
    ways = zip(within.T, arrives, begun, strict=True)
    places = np.column_stack(
        [np.interp(then, when, x.real) + 1j * np.interp(then, when, x.imag) for then, when, x in ways]
    )
    speed = np.abs(np.gradient(places, 1 / RATE_HZ, axis=0))
    slot = np.arange(count, dtype=np.int32)
    session = Session("f1", track_id, track_id=track_id, track_length_m=LENGTH_M)
    for number, now in enumerate(at.tolist()):
        cars = Cars.of(
            slot,
            lap=lap[number],
            lap_distance_m=within[number] / spans * LENGTH_M,
            x=places[number].real.copy(),
            y=places[number].imag.copy(),
            speed_mps=speed[number],
            last_lap_s=np.where(lap[number] > 2, spans, np.nan),
        )
        yield Frame(now, now, session, cars, Player(50.0, 1, 0, 0, 0, 8, 11_000), 0, EVERYTHING)


def measured(told: list[Frame], rounds: int) -> dict[str, float]:
    """Microseconds a frame; of each frame the quickest round, for what else runs here is none of its cost."""
    took, gives = np.full(len(told), np.inf), -1
    for _ in range(rounds):
        capture = LapCapture()
        for number, frame in enumerate(told):
            began = time.perf_counter()
            lap = capture.feed(frame)
            took[number] = min(took[number], (time.perf_counter() - began) * 1e6)
            gives = number if lap is not None else gives
    assert gives >= 0, "no lap was captured"
    others = np.delete(took, gives)
    return {
        "mean_us": round(float(others.mean()), 1),
        "p99_us": round(float(np.percentile(others, 99)), 1),
        "the_frame_that_gives_the_lap_us": round(float(took[gives]), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    report: dict[str, object] = {"benchmark": "capture", "frame_budget_us": round(FRAME_BUDGET_US)}
    for count in FIELDS:
        told = list(frames(count))
        held = EVERYTHING - {Capability.OPPONENT_POSITION}
        alone = [Frame(f.at, f.session_time_s, f.session, f.cars, f.player, f.player_row, held) for f in told]
        report[f"{count}_cars"] = measured(told, rounds) | {"baseline_alone": measured(alone, rounds)}
    report["machine"] = machine() | {"cores_used": 1, "numpy": np.__version__}
    print(msgspec.json.encode(report).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
