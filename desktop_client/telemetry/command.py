"""`python -m desktop_client telemetry`: print what a game sends as normalised frames, one a line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

import msgspec

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.plain import plain_frame, plain_health
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import NotATape, Recording, play
from desktop_client.telemetry.source import GameSettings, Source, UdpInlet
from desktop_client.telemetry.udp import LOOPBACK, CannotListen, UdpListener

FINE, FAILED, MISUSED = 0, 1, 2


class Refused(Exception):
    """The command cannot do what it was asked; the message is one sentence, `code` the exit status."""

    def __init__(self, sentence: str, code: int = MISUSED) -> None:
        super().__init__(sentence)
        self.code = code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"telemetry: {message}; see --help.")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _speed(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (speed := float(text)) <= 1000:
            return speed
    raise argparse.ArgumentTypeError(f"{text!r} is not a speed above 0, up to 1000")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m desktop_client telemetry", description=__doc__, allow_abbrev=False)
    parser.add_argument("--game", required=True, choices=sorted(GAMES), help="whose telemetry it is")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=_port, help="the UDP port to listen on (the game's usual one)")
    where.add_argument("--file", type=Path, help="a recording to read instead of listening")
    parser.add_argument("--host", default=LOOPBACK, help="0.0.0.0 to also hear a console in the network")
    parser.add_argument("--speed", type=_speed, help="play --file at this pace (as fast as possible)")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a short text")
    parser.add_argument("--record", type=Path, metavar="FILE", help="also write what is heard to a new .rotape")
    return parser


class _Printer:
    """Feeds a source and prints what comes out, until nobody reads it any more."""

    def __init__(self, source: Source, recorder: Recorder | None, as_json: bool) -> None:
        self.source = source
        self.closed = asyncio.Event()
        self._recorder = recorder
        self._as_json = as_json

    def hear(self, packet: bytes, at: float) -> None:
        if self.closed.is_set():
            return
        if self._recorder is not None:
            self._recorder.write(packet, at)
        frame = self.source.feed(packet, at)
        if frame is None:
            return
        line = msgspec.json.encode(plain_frame(frame)) if self._as_json else _short(frame).encode()
        try:
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Python flushes standard output once more on its way out, which must not fail then.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.closed.set()


def _short(frame: Frame) -> str:
    words = [f"{frame.session_time_s:9.3f} s", frame.session.track_name or "?", f"{len(frame.cars)} cars"]
    if frame.player is not None and frame.player_row is not None:
        cars, row, player = frame.cars, frame.player_row, frame.player
        words += [f"P{cars.position[row]}", f"lap {cars.lap[row]}", f"{cars.lap_distance_m[row]:.0f} m"]
        words += [f"{player.speed_mps * 3.6:.0f} km/h", f"gear {player.gear}"]
    return "  ".join(words)


async def _replay(printer: _Printer, recording: Recording, speed: float | None) -> None:
    playing = asyncio.ensure_future(play(recording, printer.hear, speed))
    closed = asyncio.ensure_future(printer.closed.wait())
    await asyncio.wait({playing, closed}, return_when=asyncio.FIRST_COMPLETED)
    closed.cancel()
    if playing.done():
        playing.result()
    playing.cancel()
    if recording.damage:
        print(recording.damage, file=sys.stderr)


async def _listen(printer: _Printer, host: str, port: int) -> None:
    listener = UdpListener(port, printer.hear, host)
    try:
        await listener.start()
    except CannotListen as problem:
        raise Refused(str(problem), FAILED) from problem
    print(f"Listening for {printer.source.game} on UDP port {port}.", file=sys.stderr, flush=True)
    try:
        await printer.closed.wait()
    finally:
        listener.stop()


def _udp_port(source: Source) -> int:
    for inlet in source.inlets:
        if isinstance(inlet, UdpInlet):
            return inlet.port
    raise Refused(f"{source.game} is not heard over UDP.")


def _open_recording(path: Path) -> Recording:
    try:
        return Recording(path)
    except FileNotFoundError as problem:
        raise Refused(f"There is no file {path}.") from problem
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}.") from problem
    except NotATape as problem:
        raise Refused(str(problem)) from problem


def _open_recorder(path: Path, game: str) -> Recorder:
    try:
        return Recorder(path, game, started_at=time.time(), at=time.monotonic())
    except FileExistsError as problem:
        raise Refused(f"{path} exists already; a recording does not overwrite one.") from problem
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}.") from problem


def _run(options: argparse.Namespace) -> None:
    if options.file is not None and options.record is not None:
        raise Refused("telemetry: --record is for what is heard, --file is recorded already.")
    if options.file is None and options.speed is not None:
        raise Refused("telemetry: --speed goes with --file.")
    source = GAMES[options.game].make(GameSettings(port=options.port))
    recording = _open_recording(options.file) if options.file is not None else None
    recorder = _open_recorder(options.record, options.game) if options.record is not None else None
    printer = _Printer(source, recorder, options.json)
    try:
        if recording is not None:
            asyncio.run(_replay(printer, recording, options.speed))
        else:
            asyncio.run(_listen(printer, options.host, options.port or _udp_port(source)))
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        if recorder is not None:
            recorder.close()
            print(recorder.failure or f"Recorded {recorder.packets} packets to {recorder.path}.", file=sys.stderr)
    print(msgspec.json.encode(plain_health(source.health)).decode(), file=sys.stderr)


def main(argv: list[str]) -> int:
    """Run the command with what stands after `telemetry`; the exit status (2: asked wrongly)."""
    try:
        _run(_parser().parse_args(argv))
    except Refused as problem:
        print(problem, file=sys.stderr)
        return problem.code
    return FINE
