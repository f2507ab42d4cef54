"""`python -m desktop_client telemetry`: print what a game sends as normalised frames, one a line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

import msgspec

from desktop_client.listening import Listening
from desktop_client.settings import WrongSetting, load
from desktop_client.telemetry.anonymous import write_anonymous
from desktop_client.telemetry.arguments import AUTO, MISUSED, Refused, parse
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.live_recording import CannotRecord, LiveRecording
from desktop_client.telemetry.plain import plain_health
from desktop_client.telemetry.player import play
from desktop_client.telemetry.printer import Printer
from desktop_client.telemetry.recognise import CannotReplay, open_recording
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings, Source, UdpInlet

FINE, FAILED = 0, 1


def main(argv: list[str]) -> int:
    """Run the command with what stands after `telemetry`; the exit status (2: asked wrongly)."""
    try:
        options = parse(argv)
        if options.file is None:
            _listen(options)
            return FINE
        recording, game = open_recording(options.file, None if options.game == AUTO else options.game)
        if options.anonymous is not None:
            _anonymise(recording, game, options.anonymous)
        else:
            _replay(recording, GAMES[game].make(GameSettings()), options)
    except CannotReplay as problem:
        print(problem, file=sys.stderr)
        return MISUSED
    except Refused as problem:
        print(problem, file=sys.stderr)
        return problem.code
    return FINE


def _listen(options: argparse.Namespace) -> None:
    games = _games(options)
    recording = _open_recorder(options.record, None if options.game == AUTO else options.game)
    printer = Printer(options.json)
    heard: list[str] = []

    def hear(frame: Frame) -> None:
        game = frame.session.game
        if options.game == AUTO and heard[-1:] != [game]:
            heard.append(game)
            print(f"Hearing {game}: {GAMES[game].title}.", file=sys.stderr, flush=True)
        if recording is not None and (problem := recording.speaks(game)):
            print(problem, file=sys.stderr, flush=True)
        printer.show(frame)

    overhear = recording.overhear if recording is not None else None
    listening = Listening(games, hear, overhear=overhear, listen_on=options.listen)
    if options.port is not None and not _is_heard_over_udp(listening.stations[options.game].source):
        raise Refused(f"{options.game} is not heard over UDP, so it has no port.")
    try:
        asyncio.run(_listen_until_nobody_reads(listening, printer))
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        if recording is not None:
            print(recording.close(), file=sys.stderr)
    sources = {key: station.source for key, station in listening.stations.items()}
    if options.game == AUTO:
        told_of = {key: plain_health(source.health) for key, source in sources.items() if key in heard}
        print(msgspec.json.encode(told_of).decode(), file=sys.stderr)
    else:
        _print_health(sources[options.game])


def _games(options: argparse.Namespace) -> dict[str, GameSettings]:
    """What holds for the one game that was asked for; for all of them what the client itself is told."""
    if options.game != AUTO:
        return {options.game: GameSettings(port=options.port, host=options.host, password=options.password)}
    try:
        return load().games_to_hear()
    except WrongSetting as wrong:
        raise Refused(str(wrong)) from wrong


async def _listen_until_nobody_reads(listening: Listening, printer: Printer) -> None:
    await listening.start()
    try:
        if listening.is_deaf():
            raise Refused(" ".join(listening.problems), FAILED)
        for problem in listening.problems:
            print(problem, file=sys.stderr)
        for key, station in listening.stations.items():
            where = " and ".join(str(place) for place in station.places())
            if where:
                print(f"Listening for {key} on {where}.", file=sys.stderr, flush=True)
        await printer.closed.wait()
    finally:
        listening.stop()


def _replay(recording: Recording, source: Source, options: argparse.Namespace) -> None:
    printer = Printer(options.json)

    def hear(packet: bytes, at: float) -> None:
        if not printer.closed.is_set() and (frame := source.feed(packet, at)) is not None:
            printer.show(frame)

    async def until_its_end_or_nobody_reads() -> None:
        playing = asyncio.ensure_future(play(recording, hear, options.speed, start=options.start))
        closed = asyncio.ensure_future(printer.closed.wait())
        await asyncio.wait({playing, closed}, return_when=asyncio.FIRST_COMPLETED)
        closed.cancel()
        if playing.done():
            playing.result()
        playing.cancel()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(until_its_end_or_nobody_reads())
    if recording.damage:
        print(recording.damage, file=sys.stderr)
    _print_health(source)


def _anonymise(recording: Recording, game: str, path: Path) -> None:
    anonymised = GAMES[game].anonymised
    if anonymised is None:
        raise Refused(f"The names in a recording of {GAMES[game].title} cannot be taken out yet.", FAILED)
    try:
        copied = write_anonymous(recording, path, game, anonymised)
    except FileExistsError as problem:
        raise Refused(f"{path} exists already; a recording does not overwrite one.") from problem
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}.") from problem
    if copied.failure:
        raise Refused(copied.failure, FAILED)
    if recording.damage:
        print(recording.damage, file=sys.stderr)
    left_out = f" {copied.left_out} packets might hold names and were left out." if copied.left_out else ""
    print(f"Wrote {copied.kept} packets without names to {path}.{left_out}", file=sys.stderr)


def _print_health(source: Source) -> None:
    print(msgspec.json.encode(plain_health(source.health)).decode(), file=sys.stderr)


def _is_heard_over_udp(source: Source) -> bool:
    return any(isinstance(inlet, UdpInlet) for inlet in source.inlets)


def _open_recorder(path: Path | None, game: str | None) -> LiveRecording | None:
    try:
        return None if path is None else LiveRecording(path, game)
    except CannotRecord as problem:
        raise Refused(str(problem)) from problem
