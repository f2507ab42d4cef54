"""What may be asked of `python -m desktop_client telemetry`."""

from __future__ import annotations

import argparse
import contextlib
import math
from pathlib import Path
from typing import Final, NoReturn

from desktop_client.telemetry.catalogue import GAMES

MISUSED: Final = 2
AUTO: Final = "auto"


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


def speed(text: str) -> float:
    """A pace from an argument. Raises ArgumentTypeError."""
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) <= 1000:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a speed above 0, up to 1000")


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= (value := float(text)) < math.inf:
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m desktop_client telemetry",
        description="Print what a game sends as normalised frames, one a line.",
        allow_abbrev=False,
    )
    games = [*sorted(GAMES), AUTO]
    parser.add_argument(
        "--game", required=True, choices=games, help="whose it is; auto: whoever speaks, as client.toml has it"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=_port, help="the game's UDP port (its usual one)")
    where.add_argument("--file", type=Path, help="a recording to read instead of listening")
    parser.add_argument("--host", help="the console or computer that runs the game (this one); 0.0.0.0: any")
    parser.add_argument("--listen", metavar="ADDRESS", help="which of this computer's addresses to listen on")
    parser.add_argument("--password", default="", help="where the game asks for one")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a short text")
    parser.add_argument("--record", type=Path, metavar="FILE", help="also write what is heard to a new .rotape")
    parser.add_argument("--speed", type=speed, help="play --file at this pace (as fast as possible)")
    parser.add_argument("--start", type=_seconds, metavar="SECONDS", help="play --file from there on")
    parser.add_argument(
        "--anonymous", type=Path, metavar="FILE", help="write --file to a new .rotape without drivers' names"
    )
    return parser


def parse(argv: list[str]) -> argparse.Namespace:
    """The options; `start` is 0 where it was not given. Raises Refused."""
    options = _parser().parse_args(argv)
    if options.file is not None:
        for name in ("record", "host", "listen"):
            if getattr(options, name) is not None:
                raise Refused(f"telemetry: --{name} is for what is heard, --file is recorded already.")
    else:
        for name in ("speed", "start", "anonymous"):
            if getattr(options, name) is not None:
                raise Refused(f"telemetry: --{name} goes with --file.")
    if options.game == AUTO and (options.port or options.host or options.password):
        raise Refused("telemetry: --port, --host and --password go with one game, not with auto.")
    if options.anonymous is not None and (options.speed or options.start):
        raise Refused("telemetry: --anonymous takes the whole of --file, without --speed and --start.")
    options.start = options.start or 0.0
    return options
