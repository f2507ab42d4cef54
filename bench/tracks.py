"""How well laps are recognised: `python -m bench.tracks [--laps N] [--seed N] [--table]` prints one JSON object.

Simulated laps on every real road that can be read (`bench/roads.py`; invented ones where there is none) are put to a
catalogue that has each road once. With `--table` the same as Markdown. Times are those of the processor, one core.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from bench.driving import Driven, drive
from bench.machine import machine
from bench.naive_recognition import BASELINES, Guess, best_limit, guess
from bench.roads import Road, invented_road, long_road, real_roads
from bench.track_trials import DISTORTIONS, TRUTHS, Catalogue, Trial, Truth, of_nowhere, trial
from contracts.tracks import Upload
from services.tracks.domain import reading
from services.tracks.domain.canonical import Loop
from services.tracks.domain.recognition import Recognition

WRONG_MERGE_CASES: Final = 1000
RATE_HZ: Final = 20.0
LONG_LAP_M: Final = 30_000.0
SMALL_BENDS_M: Final = ((10.0, 15.0), (15.0, 20.0), (20.0, 25.0), (25.0, 30.0), (30.0, 40.0))


class Measured:
    """What became of the laps, as counts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._numbers = {known.track_id: number for number, known in enumerate(catalogue.knowns)}
        self._lines = {
            name: np.array([line(known.loop) for known in catalogue.knowns]) for name, line in BASELINES.items()
        }
        self.confusion: Counter[tuple[Truth, str]] = Counter()
        self.recall: dict[str, list[bool]] = {}
        self.guesses: dict[str, dict[str, list[Guess]]] = {name: {} for name in BASELINES}
        self.wrong_layouts = 0

    def take(self, trial: Trial) -> None:
        """Have one lap recognised, by us and by the baselines."""
        loop = loop_of(trial.lap)
        without = trial.layout if trial.truth == "other" else None
        said, layout = verdict(self._catalogue.recognise(loop, mirrors=trial.mirrors, without=without))
        self.confusion[trial.truth, said] += 1
        self.wrong_layouts += said in ("same", "reverse") and layout != trial.layout
        is_found = said == trial.truth and layout == trial.layout
        kind = "foreign" if trial.truth in ("variant", "other") else trial.distortion
        if trial.truth == "reverse" and kind != "reversed":
            return  # a lap for the confusion table only
        self.recall.setdefault(kind, []).append(is_found)
        number = self._numbers.get(trial.layout)
        for name, line in BASELINES.items():
            right = number if kind != "foreign" else None
            without_number = number if trial.truth == "other" else None
            said_naively = guess(line(loop), self._lines[name], right, without_number)
            self.guesses[name].setdefault(kind, []).append(said_naively)


def verdict(found: Recognition) -> tuple[str, str | None]:
    """The relation that the ladder of verdicts would name first, and the layout."""
    for match in (found.same, found.reverse, found.variant):
        if match:
            return match.relation, match.known.track_id
    return "other", None


def loop_of(lap: Driven) -> Loop:
    """The lap as the service reads it: a left-handed one is not put right here, its hand is unknown in these trials."""
    return Loop.through(lap.xy, None)


def small_bends(
    roads: Sequence[Road], catalogue: Catalogue, laps: int, chance: np.random.Generator
) -> dict[str, float]:
    """Of laps through one bend more that swings out by so many metres, the share that is not taken for the layout."""
    precise = [road for road in roads if "," not in road.layout and not road.name.startswith("drawn")]
    seen: dict[str, float] = {}
    for least, most in SMALL_BENDS_M:
        told = 0
        for _ in range(laps):
            road = precise[int(chance.integers(len(precise)))]
            depth = float(chance.uniform(least, most))
            bent = road.bent(chance.uniform(), 6 * depth, depth, is_double=bool(chance.integers(2)))
            lap = drive(bent, chance, apexing=0.5, noise_m=1.5)
            told += verdict(catalogue.recognise(loop_of(lap), mirrors=False))[0] != "same"
        seen[f"{least:.0f} to {most:.0f} m"] = round(told / laps, 2)
    return seen


def timed(roads: Sequence[Road], catalogue: Catalogue, laps: int, chance: np.random.Generator) -> list[float]:
    """Milliseconds of the processor from a stored lap to its recognition, validation included."""
    times: list[float] = []
    for _ in range(laps):
        lap = drive(roads[int(chance.integers(len(roads)))], chance, rate_hz=RATE_HZ, noise_m=2.0)
        raw = gzip.compress(msgspec.json.encode(_upload(lap)), 1)
        began = time.process_time()
        shape = reading.read(raw).shape
        if shape:
            catalogue.recognise(shape.loop, mirrors=False)
        times.append((time.process_time() - began) * 1000)
    return times


def _upload(lap: Driven) -> Upload:
    points = tuple((round(x, 3), round(y, 3)) for x, y in lap.xy.tolist())
    return Upload(game="bench", lap_valid=True, points=points, handedness="right", rate_hz=lap.rate_hz)


def report(laps: int, seed: int) -> dict[str, Any]:
    chance = np.random.default_rng(seed)
    roads = list(real_roads())
    shapes = "real" if roads else "invented"
    roads = roads or [invented_road(number, 3000.0 + 200 * number) for number in range(20)]
    catalogue = Catalogue(roads)
    measured, merges = Measured(catalogue), Measured(catalogue)
    for distortion in DISTORTIONS:
        for truth in TRUTHS:
            for _ in range(laps):
                measured.take(trial(roads, truth, distortion, chance))
    for number in range(WRONG_MERGE_CASES):
        truth: Truth = "variant" if number % 4 == 0 else "other"
        merges.take(of_nowhere(chance) if number % 4 == 1 else trial(roads, truth, "all", chance))
    times = timed(roads, catalogue, 100, chance)
    long = long_road(seed, LONG_LAP_M)
    chosen = limits(measured)
    return {
        "benchmark": "tracks",
        "machine": machine(),
        "shapes": shapes,
        "maps": len(roads),
        "layouts_known": len(catalogue.knowns),
        "laps": sum(measured.confusion.values()),
        "confusion": {truth: {said: measured.confusion[truth, said] for said in TRUTHS} for truth in TRUTHS},
        "recall": {kind: recall(measured, kind, chosen) for kind in DISTORTIONS},
        "taken_for_another_layout": measured.wrong_layouts,
        "wrong_merges": {"cases": WRONG_MERGE_CASES} | wrongly_merged(merges, chosen),
        "small_bends_seen": small_bends(roads, catalogue, max(10, 2 * laps), chance),
        "verdict_ms_p50": round(float(np.percentile(times, 50)), 1),
        "verdict_ms_p99": round(float(np.percentile(times, 99)), 1),
        "verdict_ms_worst": round(max(times), 1),
        "verdict_ms_of_30_km": round(max(timed([long], Catalogue([*roads, long]), 3, chance)), 1),
    }


def limits(measured: Measured) -> dict[str, float]:
    """For each baseline the distance up to which it is best to call two lines the same."""
    return {
        name: best_limit([each for kind in DISTORTIONS for each in kinds[kind]], kinds["foreign"])
        for name, kinds in measured.guesses.items()
    }


def recall(measured: Measured, kind: str, limits: dict[str, float]) -> dict[str, float]:
    found = {"raceoverlay": measured.recall[kind]} | {
        name: [each.is_right and each.distance <= limit for each in measured.guesses[name][kind]]
        for name, limit in limits.items()
    }
    return {name: round(sum(hits) / len(hits), 3) for name, hits in found.items()}


def wrongly_merged(measured: Measured, limits: dict[str, float]) -> dict[str, int]:
    """Laps of another layout or of a variant that were called a known one, driven either way."""
    ours = sum(count for (_, said), count in measured.confusion.items() if said in ("same", "reverse"))
    return {"raceoverlay": ours} | {
        name: sum(each.distance <= limit for each in measured.guesses[name]["foreign"])
        for name, limit in limits.items()
    }


def table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = ["| a lap of | " + " | ".join(f"said: {said}" for said in TRUTHS) + " |", "|---" * 5 + "|"]
    lines += [
        f"| {truth} | " + " | ".join(str(said[name]) for name in TRUTHS) + " |"
        for truth, said in figures["confusion"].items()
    ]
    names = ["raceoverlay", *BASELINES]
    lines += ["", "| recall of laps | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    lines += [
        f"| {kind} | " + " | ".join(f"{shares[name]:.2f}" for name in names) + " |"
        for kind, shares in figures["recall"].items()
    ]
    merges = figures["wrong_merges"]
    lines += [f"| wrong merges in {merges['cases']:,} | " + " | ".join(str(merges[name]) for name in names) + " |"]
    lines += ["", "| one bend more that swings out by | is told apart |", "|---|---|"]
    lines += [f"| {depth} | {seen:.0%} |" for depth, seen in figures["small_bends_seen"].items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well laps are recognised.")
    parser.add_argument("--laps", type=int, default=40, help="of each kind and each way in which they are seen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true", help="print Markdown")
    chosen = parser.parse_args()
    figures = report(chosen.laps, chosen.seed)
    print(table(figures) if chosen.table else json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
