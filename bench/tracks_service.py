"""What a lap and its map cost the cloud: `python -m bench.tracks_service`, one JSON object.

A whole cloud on this machine. `maps`: how often a map of 5 km can be had in a second through one gateway process, from
its memory, as `304`, and forwarded; the baselines, asked in turns, are nginx with the same bytes in a file, nginx as a
plain proxy before the service, and the service alone. `verdict`: from the 202 until the verdict on laps of real roads
(of invented ones where there are none), looked for every 5 ms; its baseline is a lap of one point, of which there is
nothing to judge. `line_to_map`: from the frame in which one client is over the line until another one shows the map;
the baseline is the driver's own client, which is told by the verdict and not by the event. `memory`: of tracks before,
and after the largest laps there can be.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np

from bench.http_load import Finding, Wish
from bench.http_rig import Load, gateway, nginx
from bench.machine import machine
from bench.paying_cloud import PayingCloud, paying_cloud
from bench.roads import invented_road, long_road, real_roads
from bench.tracks_cloud import GAME, Driver, judged, lap_of, largest_lap, line_to_map, nothing_of_a_lap

CONNECTIONS = 32
ROUNDS = 3
LONG_LAP_M = 30_000.0
LARGEST_LAPS = 5
FIVE_KM = "fivekm"
GOALS = {
    "memory_to_baseline_nginx": 1.0,
    "verdict_p99_ms": 1000.0,
    "line_to_map_p99_s": 3.0,
    "wire_kb": 20.0,
    "tracks_rss_mb": 400.0,
}


async def verdicts(cloud: PayingCloud, token: str, laps: int) -> dict[str, object]:
    """Laps one after the other, so that none waits for another."""
    chance = np.random.default_rng(11)
    roads = list(real_roads())
    shapes = "real" if roads else "invented"
    roads = roads or [invented_road(number) for number in range(40)]
    chosen = [roads[number % len(roads)] for number in chance.permutation(max(laps, len(roads)))[:laps]]
    figures: dict[str, object] = {"shapes": shapes, "laps": laps}
    async with cloud.browser() as http:
        for number in range(20):
            await judged(http, token, nothing_of_a_lap(f"warm{number}"))
        nothing = [await judged(http, token, nothing_of_a_lap(f"nothing{number}")) for number in range(laps)]
        laps_of_roads = (lap_of(road, f"real{number}", chance) for number, road in enumerate(chosen))
        real = [await judged(http, token, lap) for lap in laps_of_roads]
        long = [
            await judged(http, token, lap_of(long_road(number, LONG_LAP_M), f"long{number}", chance))
            for number in (1, 1, 2, 2)
        ]
    for name, those in (("real_roads", real), ("of_30_km", long), ("baseline_nothing_to_judge", nothing)):
        became = Counter(each.status.status for each in those)
        figures[name] = {**_percentiles([each.verdict_ms for each in those]), "became": dict(became)}
    figures["taken_in"] = _percentiles([each.received_ms for each in real])
    return figures


async def maps_arrive(cloud: PayingCloud, token_of: list, folder: Path, laps: int) -> dict[str, object]:
    drivers = [Driver(cloud, account, folder / f"client{number}") for number, account in enumerate(token_of)]
    for driver in drivers:
        await driver.start()
    try:
        took = [await line_to_map(drivers[0], drivers[1:], lap) for lap in range(laps)]
    finally:
        for driver in drivers:
            await driver.client.stop()
    own, others = zip(*took, strict=True)
    return {
        "laps": laps,
        "p50_s": round(statistics.median(others), 2),
        "worst_s": round(max(others), 2),
        "baseline_own_client_p50_s": round(statistics.median(own), 2),
    }


async def publish(cloud: PayingCloud, token: str, on_the_wire: Path) -> tuple[str, dict[str, float]]:
    """Have the map that everybody asks for made: its validator, and its size on the wire, as which it is kept."""
    sizes = dict[str, float]()
    async with cloud.browser(auto_decompress=False) as http:
        found = await judged(http, token, lap_of(invented_road(5, 5000.0), FIVE_KM, np.random.default_rng(5)))
        if found.status.status != "accepted":
            raise SystemExit(f"the map was not published: {found.status}")
        etag = ""
        for encoding in ("identity", "gzip"):
            headers = {"authorization": f"Bearer {token}", "accept-encoding": encoding}
            async with http.get(f"/tracks/{GAME}/{FIVE_KM}", headers=headers) as answer:
                body, etag = await answer.read(), answer.headers["etag"]
            sizes[f"{encoding}_kb"] = round(len(body) / 1000, 1)
            await asyncio.to_thread(on_the_wire.write_bytes, body)
    return etag, sizes


def maps_a_second(cloud: PayingCloud, token: str, etag: str, folder: Path, seconds: float) -> dict[str, object]:
    """`folder` has the map as it is on the wire, for nginx, in files/map."""
    path, services = f"/tracks/{GAME}/{FIVE_KM}", cloud.told["services"]
    told = {f"{name.upper()}_URL": services[name] for name in ("auth", "license", "tracks", "versions")}
    behind = int(services["tracks"].rpartition(":")[2])
    keys = f"{services['auth']}/.well-known/jwks.json"
    load = Load()
    with (
        gateway(cloud.told["nats"], behind, JWKS_URL=keys, TOKEN_ISSUER=cloud.gateway, **told) as (door, _),
        nginx(folder, behind) as (plain, _),
    ):
        variants = {
            "baseline_file": (plain, "/files/map", "", "200"),
            "baseline_nginx": (plain, path, "", "200"),
            "baseline_service": (behind, path, "", "200"),
            "memory": (door, path, "", "200"),
            "not_modified": (door, path, f"If-None-Match: {etag}\r\n", "304"),
            "forwarded": (door, path, "Prefer: anything\r\n", "200"),
        }
        found: dict[str, list[Finding]] = {name: [] for name in variants}
        for lasting in (0.5, *[seconds] * ROUNDS):  # the first warms up
            for name, (port, target, header, expected) in variants.items():
                request = (
                    f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
                    f"Accept: */*\r\nAccept-Encoding: gzip\r\n{header}\r\n"
                )
                asked = Wish(port, request, CONNECTIONS, lasting, expected)
                finding = load.ask(asked)
                if finding.refused:
                    raise SystemExit(f"{finding.refused} answers of {name} were not {expected}")
                found[name].append(finding)
    load.close()
    baselines = {name: found[f"baseline_{name}"][1:] for name in ("file", "nginx")}
    return {name: _beside(those[1:], baselines) for name, those in found.items()}


def _beside(those: list[Finding], baselines: dict[str, list[Finding]]) -> dict[str, float]:
    figures = {
        "per_second": round(statistics.median(own.per_second for own in those)),
        "p50_ms": round(statistics.median(own.p50_ms for own in those), 2),
        "p99_ms": round(statistics.median(own.p99_ms for own in those), 2),
    }
    for name, baseline in baselines.items():
        ratios = [own.per_second / other.per_second for own, other in zip(those, baseline, strict=True)]
        figures[f"to_{name}"] = round(statistics.median(ratios), 2)
    return figures


def _percentiles(figures: list[float]) -> dict[str, float]:
    p50, p99 = np.percentile(figures, (50, 99))
    return {"p50_ms": round(float(p50), 1), "p99_ms": round(float(p99), 1), "worst_ms": round(max(figures), 1)}


async def memory(cloud: PayingCloud, token: str) -> dict[str, object]:
    """Megabytes that tracks holds before and after the largest laps, and the most it ever held."""
    before = _megabytes(cloud, "VmRSS")
    lap = largest_lap(long_road(9, LONG_LAP_M), "largest", np.random.default_rng(9))
    async with cloud.browser() as http, asyncio.TaskGroup() as sending:
        tasks = [sending.create_task(judged(http, token, lap)) for _ in range(LARGEST_LAPS)]
    found = [task.result() for task in tasks]
    return {
        "body_mb": round(len(msgspec.json.encode(lap)) / 1e6, 1),
        "became": dict(Counter(each.status.status for each in found)),
        "at_once": LARGEST_LAPS,
        "last_verdict_s": round(max(each.verdict_ms for each in found) / 1000, 1),
        "rss_mb_before": before,
        "rss_mb_after": _megabytes(cloud, "VmRSS"),
        "rss_mb_most": _megabytes(cloud, "VmHWM"),
    }


def _megabytes(cloud: PayingCloud, what: str) -> float:
    lines = Path(f"/proc/{cloud.told['pids']['tracks']}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024, 1)


async def measure(cloud: PayingCloud, folder: Path, laps: int) -> tuple[str, str, dict[str, object]]:
    """A token, the validator of the map that everybody asks for, and the figures."""
    accounts = await cloud.drivers(3)
    async with cloud.browser() as http:
        token = await cloud.sign_in(http, accounts[0])
    etag, wire = await publish(cloud, token, folder / "files" / "map")
    arrive = await maps_arrive(cloud, accounts[1:], folder, max(5, laps // 10))
    judging = await verdicts(cloud, token, laps)
    async with cloud.browser() as http:
        token = await cloud.sign_in(http, accounts[0])
    largest = await memory(cloud, token)
    return token, etag, {"wire": wire, "line_to_map": arrive, "verdict": judging, "memory": largest}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.tracks_service", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--laps", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each variant in each round")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as name, paying_cloud(Path(name) / "var") as cloud:
        Path(name).chmod(0o755)  # nginx may be somebody else
        (Path(name) / "files").mkdir()
        token, etag, figures = asyncio.run(measure(cloud, Path(name), chosen.laps))
        maps = maps_a_second(cloud, token, etag, Path(name), chosen.seconds)
    result = {"benchmark": "tracks_service", "maps": maps, **figures, "goals": GOALS, "machine": machine()}
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
