"""From the command line to a running overlay: arguments, settings, Qt, one loop for everything."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from desktop_client.settings import WrongSetting, load
from desktop_client.telemetry.arguments import speed
from desktop_client.telemetry.live_recording import CannotRecord, LiveRecording
from desktop_client.telemetry.recognise import CannotReplay, open_recording


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desktop_client", description="The RaceOverlay desktop client.")
    parser.add_argument("--demo", action="store_true", help="drive a simulated race instead of waiting for a game")
    parser.add_argument("--demo-speed", type=float, default=1.0, metavar="X", help="how much faster than real time")
    parser.add_argument("--offscreen", action="store_true", help="draw without a display")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the overlay")
    parser.add_argument(
        "--after",
        type=float,
        metavar="SECONDS",
        help="take the picture then, and end; without it: when the circuit's map is there, and go on",
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="record the game that speaks to a new .rotape")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="show a recording instead of waiting for a game")
    parser.add_argument("--replay-speed", type=speed, metavar="X", help="how much faster than it was driven (1)")
    return parser


def main(arguments: list[str]) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.after is not None and options.screenshot is None:
        parser.error("--after says when to take the picture, so it needs --screenshot FILE")
    if options.demo_speed <= 0:
        parser.error("--demo-speed must be above 0")
    if options.replay is not None and (options.demo or options.record is not None):
        parser.error("--replay shows what is recorded already, without --demo and --record")
    if options.replay is None and options.replay_speed is not None:
        parser.error("--replay-speed goes with --replay FILE")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = load()
        recording = None if options.record is None else LiveRecording(options.record)
        played = None if options.replay is None else open_recording(options.replay)
    except (WrongSetting, CannotRecord, CannotReplay) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif not _has_display(os.environ):
        print("There is no display. To draw into a picture: --offscreen --screenshot FILE.", file=sys.stderr)
        return 1
    try:
        import qasync
        from PyQt6.QtWidgets import QApplication
    except ImportError as missing:
        print(f"The desktop needs a system library that is not there: {missing}", file=sys.stderr)
        return 1

    from desktop_client.app import App, Replay
    from desktop_client.interrupt import on_interrupt
    from desktop_client.overlay.window import choose_platform

    choose_platform(os.environ)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("RaceOverlay")
    qt.setQuitOnLastWindowClosed(False)
    with qasync.QEventLoop(qt) as loop:
        asyncio.set_event_loop(loop)
        app = App(
            settings,
            demo_speed=options.demo_speed if options.demo else None,
            replay=None if played is None else Replay(*played, options.replay_speed or 1.0),
            recording=recording,
        )
        with on_interrupt(app.quit):
            return loop.run_until_complete(app.run(options.screenshot, options.after))


def _has_display(environ: Mapping[str, str]) -> bool:
    """Whether Qt would find a screen; without one it would end the program with a core dump instead of a sentence."""
    if sys.platform != "linux":
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
