"""What a request costs that goes through the gateway: `python -m bench.gateway` prints one JSON object.

The baseline is nginx as a plain proxy with one worker, before the same upstream, in the same run: every variant is
asked in turn, round after round, and what counts is the median of the ratios of each round. The gateway is one process
that checks an ES256 token, its memory and its cache of tokens warm. `ceiling` is nginx answering by itself: how fast
whoever asks can ask at all. `cpu_us` is what the asked process itself works for one request, which other programs on
the machine disturb least. `idle_listener_kb` is what the process grows by for each client that only listens to /events.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.http_load import Finding, Wish
from bench.http_rig import Keys, Load, cpu_seconds, gateway, nginx, upstream
from bench.machine import machine
from devstack.nats import Nats

CONNECTIONS = 32
GOALS = {"cached_to_nginx": 1.0, "proxied_to_nginx": 0.45, "proxied_p99_to_nginx": 4.0, "idle_listener_kb": 60.0}
CACHED, PROXIED = "/tracks/f1/monza", "/license/devices"


def request(path: str, token: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: */*\r\n\r\n"


@dataclass(frozen=True)
class Variant:
    port: int
    process: int
    path: str


@dataclass(frozen=True)
class Measured:
    finding: Finding
    cpu_us: float


def compare(folder: Path, nats_url: str, *, rounds: int, seconds: float) -> dict[str, object]:
    keys = Keys()
    load = Load()
    with (
        upstream(folder, keys) as (behind, service),
        nginx(folder, behind) as (plain, proxy),
        gateway(nats_url, behind) as (door, process),
        gateway(nats_url, behind, ACCESS_LOG="none") as (silent, silent_process),
    ):
        token = keys.token()
        variants = {
            "nginx": Variant(plain, proxy, PROXIED),
            "ceiling": Variant(plain, proxy, "/nothing"),
            "direct": Variant(behind, service, PROXIED),
            "gateway_cached": Variant(door, process, CACHED),
            "gateway_proxied": Variant(door, process, PROXIED),
            "gateway_cached_without_access_log": Variant(silent, silent_process, CACHED),
            "gateway_proxied_without_access_log": Variant(silent, silent_process, PROXIED),
        }
        for variant in variants.values():
            _measured(load, variant, token, 0.5)
        found = {name: list[Measured]() for name in variants}
        for _ in range(rounds):
            for name, variant in variants.items():
                found[name].append(_measured(load, variant, token, seconds))
    load.close()
    return {name: _beside(measured, found["nginx"]) for name, measured in found.items()}


def _measured(load: Load, variant: Variant, token: str, seconds: float) -> Measured:
    wish = Wish(port=variant.port, request=request(variant.path, token), connections=CONNECTIONS, seconds=seconds)
    before = cpu_seconds(variant.process)
    finding = load.ask(wish)
    if finding.refused:
        raise SystemExit(f"{finding.refused} answers to {variant.path} were not 200")
    return Measured(finding, (cpu_seconds(variant.process) - before) * 1e6 / finding.requests)


def _beside(measured: list[Measured], baseline: list[Measured]) -> dict[str, float]:
    pairs = [(own.finding, other.finding) for own, other in zip(measured, baseline, strict=True)]
    return {
        "to_nginx": round(statistics.median(own.per_second / other.per_second for own, other in pairs), 3),
        "p99_to_nginx": round(statistics.median(own.p99_ms / other.p99_ms for own, other in pairs), 2),
        "per_second": round(statistics.median(own.per_second for own, _ in pairs), 0),
        "p50_ms": round(statistics.median(own.p50_ms for own, _ in pairs), 2),
        "p99_ms": round(statistics.median(own.p99_ms for own, _ in pairs), 2),
        "cpu_us": round(statistics.median(each.cpu_us for each in measured), 1),
    }


async def listen(port: int, token: str) -> asyncio.StreamWriter:
    """One more client of /events, that has heard the beginning."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(request("/events", token).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"A listener was refused: {head!r}")
    await reader.readuntil(b"retry: ")
    return writer


async def listeners(port: int, process: int, keys: Keys, count: int) -> float:
    """Kilobytes that the process grows by for each of `count` clients, each an account of its own."""
    warm = [await listen(port, keys.token()) for _ in range(50)]
    before = _resident_kb(process)
    writers = warm
    for begun in range(0, count, 100):
        writers += await asyncio.gather(*(listen(port, keys.token()) for _ in range(min(100, count - begun))))
    grown = _resident_kb(process) - before
    for writer in writers:
        writer.transport.abort()
    return grown / count


def _resident_kb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024


def measure(*, rounds: int, seconds: float, count: int) -> dict[str, object]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * count + 500)), hard))
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as name:
        folder = Path(name)
        nats = Nats(folder)
        asyncio.run(nats.start())
        try:
            figures = compare(folder, nats.url, rounds=rounds, seconds=seconds) if rounds else {}
            kilobytes = None
            if count:
                keys = Keys()
                with upstream(folder, keys) as (behind, _), gateway(nats.url, behind) as (port, process):
                    kilobytes = round(asyncio.run(listeners(port, process, keys, count)), 1)
        finally:
            asyncio.run(nats.stop())
    return {
        "benchmark": "gateway",
        "rounds": rounds,
        "seconds_each": seconds,
        "connections": CONNECTIONS,
        **figures,
        "idle_listeners": count,
        "idle_listener_kb": kilobytes,
        "goals": GOALS,
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each variant in each round")
    parser.add_argument("--listeners", type=int, default=4900)
    chosen = parser.parse_args(arguments)
    result = measure(rounds=chosen.rounds, seconds=chosen.seconds, count=chosen.listeners)
    sys.stdout.buffer.write(msgspec.json.encode(result | {"machine": machine()}) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
