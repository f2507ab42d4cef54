"""How well is a road learned from laps? Against real borders: its middle, its width, and what is published on the way.

    python -m bench.tracks_learning [--laps N] [--table]

Cars are simulated on circuits whose left and right borders are known: the real racing line by half to all of its way
across the road, and smooth noise of 0.5 to 1.5 m; laps off the line keep to the other side of the road with 2.5 m of
noise. Everything comes from one seed. `--table` prints markdown.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
import numpy as np

from bench.driving import HALF_CAR_M
from bench.machine import machine
from bench.roads import BROKEN, REAL_TRACKS, assetto_corsa_lines, bordered_circuits
from services.tracks.domain.canonical import Loop
from services.tracks.domain.centreline import drawn
from services.tracks.domain.envelope import Envelope, envelope
from services.tracks.domain.evidence import Evidence
from services.tracks.domain.lap import Floats, Places
from services.tracks.domain.offsets import offsets, passage
from services.tracks.domain.versioning import Trial, proposal, score, settled

STEP_M: Final = 2.0
WAVES_M: Final = 60.0
DRIVERS: Final = 10
TOLD_AFTER: Final = (1, 3, 10, 20, 50)
STATIONARY_AFTER: Final = 100
STATIONARY_LAPS: Final = 200
HOSTILE_OFFSET_M: Final = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Circuit:
    """A road with its truth, all (n,) in steps of about 2 m: the middle, half the width, the racing line's offset."""

    name: str
    middle: Places
    half: Floats
    racing: Floats

    @property
    def loop(self) -> Loop:
        return _loop(self.middle)

    def lap(self, chance: np.random.Generator, *, is_off_line: bool = False, aside_m: float = 0.0) -> Places:
        """A lap of a car that stays between the borders; `aside_m` is how far left of that its telemetry has it."""
        across = chance.uniform(0.5, 1.0) * self.racing
        wobble = 2.5 if is_off_line else chance.uniform(0.5, 1.5)
        offset = (-across if is_off_line else across) + wobble * _noise(len(self.middle), chance)
        room = np.maximum(self.half - HALF_CAR_M, 0.1)
        ahead = np.roll(self.middle, -2) - np.roll(self.middle, 2)
        return self.middle + 1j * ahead / np.abs(ahead) * (np.clip(offset, -room, room) + aside_m)


def circuits() -> Iterator[Circuit]:
    driven = {name.removesuffix("-racing_line"): xy for name, xy in assetto_corsa_lines() if "racing_line" in name}
    for name, left, right in bordered_circuits():
        if name in BROKEN:
            continue
        rough = _loop((left + right) / 2)
        count = round(rough.length_m / STEP_M)
        middle = rough.walked(count)
        half = np.abs(left - right) / 2
        half = np.interp(np.arange(count) * rough.length_m / count, rough.along, np.append(half, half[0]))
        loop = _loop(middle)
        across = offsets(loop, driven[name][:, 0] + 1j * driven[name][:, 1], is_closed=True)
        stations = np.arange(len(across)) * loop.length_m / len(across)
        racing = np.interp(np.arange(count) * STEP_M, stations, np.nan_to_num(across), period=loop.length_m)
        yield Circuit(name, middle, half, racing)


@dataclass(slots=True)
class Learning:
    """A line that learns as the service lets it: foretell, add, publish what is worth it."""

    reference: Loop
    evidence: Evidence
    published: Envelope
    seen: set[UUID]
    trials: list[Trial]
    publications: list[tuple[int, str]]
    laps: int = 1

    @classmethod
    def begin(cls, first: Places, driver: UUID) -> Learning:
        reference = _loop(first)
        across = offsets(reference, first, is_closed=True)
        evidence = Evidence.begin(reference).with_offsets(across, driver=driver, is_lap=True)
        return cls(reference, evidence, envelope(evidence), {driver}, [], [])

    def learn(self, lap: Places, driver: UUID) -> None:
        across = offsets(self.reference, lap, is_closed=True)
        candidate = settled(envelope(self.evidence), self.published, self.evidence)
        self.trials.append(Trial(1, driver, score(self.published, across), score(candidate, across)))
        self.evidence = self.evidence.with_offsets(across, driver=driver, is_lap=True)
        becomes_confirmed = len(self.seen) == 1 and driver not in self.seen
        self.seen.add(driver)
        self.laps += 1
        made = proposal(
            published=self.published,
            evidence=self.evidence,
            trials=self.trials,
            drivers=len(self.seen),
            becomes_confirmed=becomes_confirmed,
        )
        if made:
            self.published, self.trials = made.envelope, []
            self.publications.append((self.laps, made.why))


def learned(circuit: Circuit, off_line: float, laps: int, seed: int) -> Iterator[dict[str, Any]]:
    """The errors of the mean, of the envelope and of what is published, after so many laps of ten drivers."""
    chance = np.random.default_rng(seed)
    first = circuit.lap(chance)
    line, spent = Learning.begin(first, UUID(int=0)), 0.0
    total = np.zeros(len(line.evidence.counts))
    for lap in range(1, laps + 1):
        if lap > 1:
            places = circuit.lap(chance, is_off_line=bool(chance.uniform() < off_line))
            total = total + np.nan_to_num(offsets(line.reference, places, is_closed=True))
            began = time.process_time()
            line.learn(places, UUID(int=int(chance.integers(DRIVERS))))
            spent += time.process_time() - began
        if lap in TOLD_AFTER:
            road = envelope(line.evidence)
            unknown = np.full(len(total), np.nan)
            yield {
                "laps": lap,
                "mean": error(circuit, line.reference, Envelope(total / lap, unknown, unknown, 0.0)),
                "envelope": error(circuit, line.reference, road),
                "published": error(circuit, line.reference, line.published),
                "coverage": road.coverage,
                "versions": 1 + len(line.publications),
                "bytes_per_5_km": len(line.evidence.packed()) / circuit.loop.length_m * 5000,
                "ms_per_lap": 1000 * spent / max(lap - 1, 1),
            }


def error(circuit: Circuit, reference: Loop, road: Envelope) -> dict[str, float]:
    """How far the drawn middle lies from the true one, metres, and by which share the width is wrong."""
    loop, left, right = drawn(reference, road)
    found = passage(circuit.loop, loop.walked(len(loop.xy)), is_closed=True)
    passed = np.isfinite(found.offsets)
    apart = np.abs(found.offsets[passed])
    told = {"mean": float(apart.mean()), "p95": float(np.percentile(apart, 95)), "width": float("nan")}
    if left is None or right is None:
        return told
    stations = np.arange(len(passed)) * circuit.loop.length_m / len(passed)
    truth = 2 * np.interp(stations, np.arange(len(circuit.half)) * STEP_M, circuit.half)[passed]
    along = np.arange(len(left)) * loop.length_m / len(left)
    width = np.interp(found.along[passed], along, left + right, period=loop.length_m)
    return told | {"width": float(np.mean(np.abs(width - truth) / truth))}


def stationary(circuit: Circuit, seed: int) -> list[tuple[int, str]]:
    """What is published over 200 laps when the road was learned from 100 of the same kind before: noise alone."""
    chance = np.random.default_rng(seed)
    line = Learning.begin(circuit.lap(chance), UUID(int=0))
    for lap in range(STATIONARY_AFTER + STATIONARY_LAPS):
        places, driver = circuit.lap(chance, is_off_line=lap % 5 == 0), UUID(int=int(chance.integers(DRIVERS)))
        if lap < STATIONARY_AFTER:
            across = offsets(line.reference, places, is_closed=True)
            line.evidence = line.evidence.with_offsets(across, driver=driver, is_lap=True)
            line.seen.add(driver)
        elif lap == STATIONARY_AFTER:
            line.published = envelope(line.evidence)
        else:
            line.learn(places, driver)
    return line.publications


def hostile(circuit: Circuit, seed: int) -> dict[str, float]:
    """Three honest drivers of six laps each, and one of twenty whose telemetry lies 8 m to the left: with and without.

    `moved_m` is how far that one moves the middle at the worst place, `error_m` what its error is on average then.
    """
    roads: list[Learning] = []
    for is_there in (False, True):
        chance = np.random.default_rng(seed)
        line = Learning.begin(circuit.lap(chance), UUID(int=0))
        for lap in range(18):
            line.learn(circuit.lap(chance, is_off_line=lap % 5 == 0), UUID(int=lap % 3))
            if is_there and lap < 10:
                for _ in range(2):
                    line.learn(circuit.lap(np.random.default_rng(lap), aside_m=HOSTILE_OFFSET_M), UUID(int=7))
        roads.append(line)
    alone, dragged = roads
    moved = np.abs(envelope(dragged.evidence).centre - envelope(alone.evidence).centre)
    return {
        "moved_mean_m": float(moved.mean()),
        "moved_max_m": float(moved.max()),
        "error_m": error(circuit, dragged.reference, dragged.published)["mean"],
        "error_without_m": error(circuit, alone.reference, alone.published)["mean"],
    }


def measure(laps: int, seed: int) -> dict[str, Any]:
    roads = list(circuits())
    if not roads:
        return {"learned": [], "reason": f"there are no real borders in {REAL_TRACKS}"}
    rows: list[dict[str, Any]] = []
    for off_line in (0.0, 0.2):
        of_all = [list(learned(circuit, off_line, laps, seed)) for circuit in roads]
        rows += [{"off_line": off_line, **_averaged(row)} for row in zip(*of_all, strict=True)]
    quiet = {circuit.name: stationary(circuit, seed) for circuit in roads[:3]}
    return {
        "circuits": [circuit.name for circuit in roads],
        "learned": rows,
        "published_by_noise": {"laps": STATIONARY_LAPS * len(quiet), "versions": sum(map(len, quiet.values()))},
        "hostile": _averaged([hostile(circuit, seed) for circuit in roads[:3]]),
    }


def table(result: dict[str, Any]) -> str:
    lines = [
        "| off line | laps | mean of laps, m | envelope, m | published, m | width | coverage | versions | for 5 km |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in result["learned"]:
        mean, road, published = (
            f"{row[k]['mean']:.2f} / {row[k]['p95']:.2f}" for k in ("mean", "envelope", "published")
        )
        width = row["envelope"]["width"]
        lines.append(
            f"| {row['off_line']:.0%} | {row['laps']:.0f} | {mean} | {road} | {published} "
            f"| {'-' if width is None else f'{width:.1%}'} | {row['coverage']:.0%} | {row['versions']:.1f} "
            f"| {row['bytes_per_5_km'] / 1000:.1f} k |"
        )
    return "\n".join(lines)


def _averaged(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of each figure over the circuits that have it; None where none has."""
    averaged: dict[str, Any] = {}
    for key, value in rows[0].items():
        if isinstance(value, dict):
            averaged[key] = _averaged([row[key] for row in rows])
        else:
            known = [row[key] for row in rows if np.isfinite(row[key])]
            averaged[key] = round(float(np.mean(known)), 4) if known else None
    return averaged


def _noise(count: int, chance: np.random.Generator) -> Floats:
    """Smooth closed noise of rms one, (count,)."""
    waves = np.fft.rfftfreq(count, STEP_M)
    spectrum = np.exp(-((waves * WAVES_M) ** 2)) * (
        chance.normal(size=len(waves)) + 1j * chance.normal(size=len(waves))
    )
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, count)
    return noise / np.sqrt(np.mean(noise**2))


def _loop(places: Places) -> Loop:
    return Loop.through(np.column_stack((places.real, places.imag)), z=None)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.tracks_learning", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--laps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true")
    chosen = parser.parse_args(arguments)
    result = measure(chosen.laps, chosen.seed)
    if chosen.table:
        sys.stdout.write(table(result) + "\n")
    else:
        sys.stdout.buffer.write(msgspec.json.encode(result | {"machine": machine()}) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
