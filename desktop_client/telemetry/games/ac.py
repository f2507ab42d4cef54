"""Assetto Corsa: its pages of shared memory in, frames of the driver's own car out.

Of other cars the game's own memory says nothing but how many there may be: what widgets need of them is not promised.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from desktop_client.telemetry.frame import Capability, Frame, SessionKind
from desktop_client.telemetry.games.ac_frame import CAPABILITIES, LONGEST_TRACK_M, build_frame
from desktop_client.telemetry.games.kunos_fields import AC_GRAPHICS, AC_PHYSICS, AC_STATIC
from desktop_client.telemetry.games.kunos_pages import (
    OFF,
    About,
    GridWatch,
    OwnSectors,
    Page,
    SessionWatch,
)
from desktop_client.telemetry.games.kunos_session import session_of
from desktop_client.telemetry.games.kunos_wire import GRAPHICS, PHYSICS, STATIC, is_of_competizione, pages
from desktop_client.telemetry.games.packing import named
from desktop_client.telemetry.source import GameSettings, Health, Inlet

FRESH_S = 0.5
"""Without new physics for this long the game stands still, and the graphics page speaks alone."""


class Ac:
    """Assetto Corsa as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = "ac"
    capabilities: frozenset[Capability] = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        self.inlets: tuple[Inlet, ...] = pages(AC_PHYSICS, AC_GRAPHICS, AC_STATIC)
        self.health = Health()
        self._layouts = {PHYSICS: AC_PHYSICS, GRAPHICS: AC_GRAPHICS, STATIC: AC_STATIC}
        self._about = About()
        self._physics: Page | None = None
        self._physics_at = -np.inf
        self._graphics: Page | None = None
        self._watch = SessionWatch()
        self._serial, self._began_at = 0, 0.0
        self._begin(0.0)

    def feed(self, packet: bytes, at: float) -> Frame | None:
        layout = self._layouts.get(packet[:1])
        if layout is None:
            return self._refuse("foreign", "a packet that begins with no known letter")
        if len(packet) - 1 != layout.itemsize:
            return self._refuse("wrong_size", f"a page of {len(packet) - 1} bytes, not {layout.itemsize}")
        if packet[:1] == GRAPHICS and is_of_competizione(packet[1:]):
            return self._refuse("another_game", "this is Assetto Corsa Competizione")
        self.health.decoded += 1
        if packet[:1] == GRAPHICS:  # the only page that tells the games apart
            self.health.format = "Assetto Corsa"
        frame = self._take(packet[:1], named(np.ndarray((), layout, packet, 1)), at)
        self.health.frames += frame is not None
        return frame

    def due(self, at: float) -> tuple[bytes, ...]:
        return ()  # shared memory is not asked

    def _take(self, tag: bytes, page: Page, at: float) -> Frame | None:
        if tag == STATIC:
            self._about = About.of(page)
            return None
        if tag == PHYSICS:
            self._physics, self._physics_at = page, at
            return self._frame(at)
        self._graphics = page
        if page["status"] == OFF:
            return None
        key = (page["session"], self._about.track, self._about.configuration)
        if self._watch.is_new(key, page["time_left_ms"], page["completed_laps"]):
            self._begin(at)
        self._lap_share = self._grid.lap_share(page)
        self._sectors.watch(page)
        return self._frame(at) if at - self._physics_at > FRESH_S else None

    def _begin(self, at: float) -> None:
        """Forget all that was seen of the session before."""
        self._serial += 1
        self._began_at = at
        self._sectors, self._grid = OwnSectors(), GridWatch()
        self._lap_share = float("nan")

    def _frame(self, at: float) -> Frame | None:
        graphics, physics, about = self._graphics, self._physics, self._about
        if graphics is None or physics is None or graphics["status"] == OFF:
            return None
        length = about.track_length if 0 < about.track_length <= LONGEST_TRACK_M else None
        uid = f"{about.track}-{graphics['session']}-{self._serial}"
        session = session_of(self.game, uid, graphics, physics, about, length, self.health)
        laps = graphics["laps"]
        if session.kind is SessionKind.RACE and 0 < laps < 10_000:
            session = dataclasses.replace(session, total_laps=laps)
        sectors = (self._sectors.current, self._sectors.last, self._sectors.best)
        return build_frame(
            *(session, graphics, physics, about, self._lap_share, sectors, self.health, at, at - self._began_at)
        )

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
