"""What the overlay costs: `python -m bench.overlay [--seconds N] [--hz 30] [--platform xcb]` prints one JSON object.

Another process sends the demo race's packets over UDP at 60 Hz: 22 cars. They are received, decoded, computed and
painted by twelve widgets as on a desktop: once by the overlay, and once by a naive one in the same run, which looks at
every widget at every tick of the same clock, paints all of it and keeps nothing between two paints. A third phase only
receives and decodes. Latencies are from the sending of a frame's last packet to the end of the paint that first shows
it. Without `--platform` it paints offscreen; `xcb` paints on the X server of DISPLAY, such as one of Xvfb.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized, SynchronizedArray
from multiprocessing.synchronize import Event

import msgspec
import numpy as np
import qasync
from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QRect
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QApplication

from bench.known_map import known_map
from bench.machine import machine, resident_mb
from desktop_client.demo.broadcast import RATE_HZ, Broadcast
from desktop_client.demo.race import FULL_RACE_LAPS, Race
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH
from desktop_client.overlay.lettering import Lettering
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.window import WidgetWindow
from desktop_client.qt_readiness import by_qt_in_bursts
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.udp import UdpListener

WARM_UP_S = 2.0
TWELVE = frozenset(
    (
        *("relative", "standings", "track_map", "delta", "fuel", "inputs"),
        *("dash", "radar", "lap_log", "flags", "session", "tyres"),
    )
)


@dataclass
class Measured:
    """Times in seconds, by the system's monotonic clock, which both processes share."""

    arrivals: list[tuple[float, float]] = field(default_factory=list)  # session time, when it was handed on
    paints: list[tuple[float, float]] = field(default_factory=list)  # CPU time spent, when it ended
    shown_session_time: list[float] = field(default_factory=list)  # of the newest frame at each paint
    cpu_s: float = 0.0
    wall_s: float = 0.0
    frames: int = 0


class Naive(Overlay):
    """Paints every widget at every tick, from the panel up, with every text shaped anew."""

    def _repaint(self, *, at_once: bool = False) -> None:
        for window in self.windows.values():
            window._view = window.widget.look(self._frame, self.race)
            window._still = None
            window._lettering = Lettering()
            window._cut()
            window.update()


def send(
    port: int, seconds: float, sent: SynchronizedArray[float], first: Synchronized[int], ready: Event, go: Event
) -> None:
    """In another process: send so many seconds of the race, and note when each frame's last packet went."""
    broadcast = Broadcast(Race.joined(1, FULL_RACE_LAPS), packet_format=2025)
    ticks = [(broadcast.tick(), round(broadcast.race.now * RATE_HZ)) for _ in range(round(seconds * RATE_HZ))]
    first.value = ticks[0][1]
    to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ready.set()
    go.wait()
    begin = time.monotonic()
    for index, (datagrams, _) in enumerate(ticks):
        time.sleep(max(0.0, begin + index / RATE_HZ - time.monotonic()))
        for datagram in datagrams:
            to.sendto(datagram, ("127.0.0.1", port))
        sent[index] = time.monotonic()


def twelve(make: type[Overlay], hz: int) -> Overlay:
    """An overlay that shows the twelve widgets of the measurement, each in its default size and place."""
    overlay = make(area=QRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT), clock_hz=hz)
    profile = overlay.settings.profile
    layout = {key: msgspec.structs.replace(profile.place(key), shown=key in TWELVE) for key in WIDGETS}
    overlay.change_profile(msgspec.structs.replace(profile, layout=layout))
    overlay.show_map(known_map())
    return overlay


async def phase(make: Callable[[], Overlay] | None, seconds: float, frames_hz: float) -> dict[str, float]:
    """Receive for so long, paint with what `make` makes, and say what it cost."""
    measured = Measured()
    overlay = None if make is None else make()
    if overlay is not None:
        overlay.open()
    newest = [float("nan")]
    source = F1()
    source.least_step_s = 0.9 / frames_hz

    def hear(packet: bytes, at: float) -> None:
        frame = source.feed(packet, at)
        if frame is not None:
            measured.frames += 1
            newest[0] = frame.session_time_s
            if overlay is not None:
                overlay.show_frame(frame)

    original = WidgetWindow.paintEvent

    def timed(window: WidgetWindow, event: QPaintEvent | None) -> None:
        begin = time.thread_time()
        original(window, event)
        measured.paints.append((time.thread_time() - begin, time.monotonic()))
        measured.shown_session_time.append(newest[0])

    WidgetWindow.paintEvent = timed  # type: ignore[method-assign]
    listener = UdpListener(0, hear, watch=by_qt_in_bursts)
    await listener.start()
    context = multiprocessing.get_context("spawn")
    sent, first = context.Array("d", round(seconds * RATE_HZ)), context.Value("q", 0)
    ready, go = context.Event(), context.Event()
    sender = context.Process(target=send, args=(listener.port, seconds, sent, first, ready, go))
    sender.start()
    while not await asyncio.to_thread(ready.wait, 0.5):
        if not sender.is_alive():
            raise RuntimeError("The sender ended before it sent anything")
    go.set()
    await asyncio.sleep(WARM_UP_S)
    cpu, wall, frames, paints = time.process_time(), time.monotonic(), measured.frames, len(measured.paints)
    await asyncio.sleep(seconds - WARM_UP_S - 0.5)
    cpu_s, wall_s = time.process_time() - cpu, time.monotonic() - wall
    seen_frames = measured.frames - frames
    await asyncio.to_thread(sender.join)
    listener.stop()
    WidgetWindow.paintEvent = original  # type: ignore[method-assign]
    if overlay is not None:
        overlay.close()
    figures: dict[str, float] = {
        "telemetry_frames_per_s": round(seen_frames / wall_s, 1),
        "cpu_share_of_one_core": round(cpu_s / wall_s, 4),
        "cpu_ms_per_telemetry_frame": round(1000 * cpu_s / max(1, seen_frames), 3),
    }
    if overlay is not None:
        figures |= _painting(measured, paints, wall_s, sent[:], first.value)
        figures["rss_mb"] = round(resident_mb(), 1)
    return figures


def _painting(measured: Measured, skipped: int, wall_s: float, sent: list[float], first: int) -> dict[str, float]:
    """Paints, how long they took and how late they were. A burst of paints for one frame counts as one."""
    bursts: dict[float, list[tuple[float, float]]] = {}
    for paint, session_time in zip(measured.paints[skipped:], measured.shown_session_time[skipped:], strict=True):
        bursts.setdefault(session_time, []).append(paint)
    cost, late = [], []
    for session_time, paints in bursts.items():
        index = round(session_time * RATE_HZ) - first
        if 0 <= index < len(sent) and sent[index] > 0:
            cost.append(sum(cpu for cpu, _ in paints))
            late.append(max(end for _, end in paints) - sent[index])
    return {
        "widget_paints_per_s": round((len(measured.paints) - skipped) / wall_s, 1),
        "repaints_per_s": round(len(cost) / wall_s, 1),
        **{f"paint_cpu_ms_p{q}": round(1000 * float(np.percentile(cost, q)), 3) for q in (50, 99)},
        **{f"packet_to_painted_ms_p{q}": round(1000 * float(np.percentile(late, q)), 3) for q in (50, 99)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What the overlay costs.")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each of the three phases")
    parser.add_argument("--platform", default="offscreen", choices=("offscreen", "xcb"), help="where Qt paints")
    parser.add_argument("--hz", type=int, default=30, choices=(15, 20, 30, 60))
    chosen = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = chosen.platform
    application = QApplication([])
    loop = qasync.QEventLoop(application)
    with loop:
        run = loop.run_until_complete
        ours = run(phase(lambda: twelve(Overlay, chosen.hz), chosen.seconds, chosen.hz))
        naive = run(phase(lambda: twelve(Naive, chosen.hz), chosen.seconds, chosen.hz))
        decoding = run(phase(None, chosen.seconds, chosen.hz))
    painting = ours["cpu_share_of_one_core"] - decoding["cpu_share_of_one_core"]
    report = {
        "benchmark": "overlay",
        "machine": machine() | {"qt": QT_VERSION_STR, "pyqt": PYQT_VERSION_STR},
        "clock_hz": chosen.hz,
        "platform": chosen.platform,
        "widgets": len(TWELVE),
        "overlay": ours,
        "naive_repaint_everything": naive,
        "receive_and_decode_only": decoding,
        "painting_cpu_share": round(painting, 4),
        "naive_painting_cpu_share": round(naive["cpu_share_of_one_core"] - decoding["cpu_share_of_one_core"], 4),
        "naive_over_ours": round(naive["cpu_share_of_one_core"] / ours["cpu_share_of_one_core"], 2),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
