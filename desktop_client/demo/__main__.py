"""`python -m desktop_client.demo`: a simulated race, sent over UDP as an F1 game sends it."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

from desktop_client.demo import circuit
from desktop_client.demo.broadcast import RATE_HZ, Broadcast
from desktop_client.demo.race import FULL_RACE_LAPS, Race
from desktop_client.telemetry.games.f1_wire import DEFAULT_PORT, FORMATS

HOPELESSLY_LATE_S = 0.5  # behind the schedule: a computer that slept must not be sent all it missed


def loopback(host: str) -> str:
    """The address of this computer that `host` names. Telemetry for a demo has no business on a network."""
    address = "127.0.0.1" if host == "localhost" else host
    try:
        own = ipaddress.ip_address(address).is_loopback
    except ValueError:
        own = False
    if not own:
        raise argparse.ArgumentTypeError(f"{host} is not a loopback address; the demo talks to this computer only")
    return address


def positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def port(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return value


def lap_count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 99:
        raise argparse.ArgumentTypeError(f"{text} is not a number of laps from 1 to 99")
    return value


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m desktop_client.demo", description=__doc__)
    parser.add_argument("--host", type=loopback, default="127.0.0.1")
    parser.add_argument("--port", type=port, default=DEFAULT_PORT)
    parser.add_argument("--format", type=int, choices=FORMATS, default=2025, help="the game's UDP format")
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same race")
    parser.add_argument("--speed", type=positive, default=1.0, help="how many times faster than the clock")
    parser.add_argument("--laps", type=lap_count, default=FULL_RACE_LAPS)
    parser.add_argument("--from-grid", action="store_true", help="begin with the start, not in full swing")
    parser.add_argument("--once", action="store_true", help="end with the first race")
    return parser.parse_args(argv)


class Stop:
    """Says yes from the first SIGINT or SIGTERM on."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def __call__(self) -> bool:
        return self._asked


def send(
    broadcast: Broadcast, target: tuple[str, int], *, speed: float, once: bool, stopped: Callable[[], bool]
) -> None:
    """Send tick after tick on an absolute schedule, whether or not anybody listens."""
    family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
    period = 1 / (RATE_HZ * speed)
    with socket.socket(family, socket.SOCK_DGRAM) as outlet:
        due = time.monotonic()
        while not stopped() and not (once and broadcast.races_finished):
            for datagram in broadcast.tick():
                with contextlib.suppress(ConnectionError):
                    outlet.sendto(datagram, target)
            due += period
            left = due - time.monotonic()
            if left > 0:
                time.sleep(left)
            elif left < -HOPELESSLY_LATE_S:
                due = time.monotonic()


def main(argv: list[str]) -> int:
    asked = arguments(argv)
    stopped = Stop()
    race = Race(asked.seed, asked.laps) if asked.from_grid else Race.joined(asked.seed, asked.laps)
    print(f"{circuit.NAME}: F1 {asked.format} to udp {asked.host}:{asked.port}, {asked.laps} laps", flush=True)
    send(Broadcast(race, asked.format), (asked.host, asked.port), speed=asked.speed, once=asked.once, stopped=stopped)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
