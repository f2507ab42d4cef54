"""Assetto Corsa Competizione: its pages of shared memory and its broadcasting in, frames out.

The pages tell all of the driver's own car and where the others are; broadcasting, which has to be switched on, tells
who the others are and how they do. Either works without the other: without broadcasting the others have no names, and
on another computer than the game's there is nobody who drives.
"""

from __future__ import annotations

import numpy as np

from desktop_client.telemetry.frame import Capability, Frame, SessionKind
from desktop_client.telemetry.games.acc_broadcast import Conversation, Told
from desktop_client.telemetry.games.acc_cars import Gathering
from desktop_client.telemetry.games.acc_frame import CAPABILITIES, finish, with_own_car
from desktop_client.telemetry.games.acc_messages import Malformed, Registered, Update, read
from desktop_client.telemetry.games.acc_session import RemainingTime, SectorShares, by_broadcasting, by_memory
from desktop_client.telemetry.games.kunos_fields import ACC_GRAPHICS, ACC_PHYSICS, ACC_STATIC
from desktop_client.telemetry.games.kunos_pages import OFF, About, GridWatch, OwnSectors, Page, SessionWatch
from desktop_client.telemetry.games.kunos_wire import GRAPHICS, PHYSICS, STATIC, is_of_competizione, pages
from desktop_client.telemetry.games.packing import named
from desktop_client.telemetry.source import GameSettings, Health, Inlet, UdpInlet

DEFAULT_PORT = 9000
BROADCAST = b"U"
PHYSICS_FRESH_S = 0.5
GRAPHICS_FRESH_S = 2.0
TOLD_FRESH_S = 3.0


class Acc:
    """Assetto Corsa Competizione as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = "acc"
    capabilities: frozenset[Capability] = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        said = settings or GameSettings()
        peer = (said.host or "127.0.0.1", said.port or DEFAULT_PORT)
        self.inlets: tuple[Inlet, ...] = (
            *pages(ACC_PHYSICS, ACC_GRAPHICS, ACC_STATIC),
            UdpInlet(0, BROADCAST, peer),
        )
        self.health = Health()
        self._layouts = {PHYSICS: ACC_PHYSICS, GRAPHICS: ACC_GRAPHICS, STATIC: ACC_STATIC}
        self._conversation, self._told = Conversation(said.password), Told()
        self._about = About()
        self._physics: Page | None = None
        self._graphics: Page | None = None
        self._physics_at = self._graphics_at = -np.inf
        self._watch = SessionWatch()
        self._serial, self._saw_session = 0, False
        self._begin(0.0, forget_told=False)

    def due(self, at: float) -> tuple[bytes, ...]:
        return self._conversation.due(at)

    def feed(self, packet: bytes, at: float) -> Frame | None:
        tag = packet[:1]
        frame = self._hear(packet[1:], at) if tag == BROADCAST else self._see(tag, packet, at)
        self.health.frames += frame is not None
        return frame

    def _see(self, tag: bytes, packet: bytes, at: float) -> Frame | None:
        layout = self._layouts.get(tag)
        if layout is None:
            return self._refuse("foreign", "a packet that begins with no known letter")
        if len(packet) - 1 != layout.itemsize:
            return self._refuse("wrong_size", f"a page of {len(packet) - 1} bytes, not {layout.itemsize}")
        if tag == GRAPHICS and is_of_competizione(packet[1:]) is False:
            return self._refuse("another_game", "this is the first Assetto Corsa")
        self._note()
        page = named(np.ndarray((), layout, packet, 1))
        if tag == STATIC:
            self._about = About.of(page)
            return None
        if tag == PHYSICS:
            self._physics, self._physics_at = page, at
            return self._frame(at) if self._memory_speaks(at) else None
        self._graphics, self._graphics_at = page, at
        if page["status"] == OFF:
            return None
        key = ("memory", page["session"], page["session_index"], self._about.track)
        if self._watch.is_new(key, page["time_left_ms"], page["completed_laps"]):
            # Where only broadcasting was heard so far, its session is this one.
            self._begin(at, forget_told=self._saw_session)
            self._saw_session = True
        self._lap_share = self._grid.lap_share(page)
        self._sectors.watch(page)
        self._shares.watch(page["sector"], self._lap_share)
        stands_still = self._physics is not None and at - self._physics_at > PHYSICS_FRESH_S
        return self._frame(at) if stands_still else None

    def _hear(self, message: bytes, at: float) -> Frame | None:
        try:
            said = read(message)
        except Malformed as problem:
            return self._refuse("malformed", f"a message of broadcasting: {problem}")
        self._note()
        self._conversation.hear(said, at)
        frame = None
        if isinstance(said, Registered) and not said.accepted:
            self.health.last_error = f"broadcasting refuses us: {said.error or 'is the password right?'}"
        if isinstance(said, Update) and not self._memory_speaks(at):
            key = ("broadcast", said.event, said.session, said.kind)
            if self._watch.is_new(key, -said.time_ms, 0):
                self._begin(at, forget_told=True)
                self._saw_session = False
            self._told.take(said, at)
            frame = self._frame(at)
        else:
            self._told.take(said, at)
        self._conversation.wants_track = self._told.track is None
        self._conversation.wants_entries = not self._told.entries or not self._told.knows_all()
        return frame

    def _memory_speaks(self, at: float) -> bool:
        graphics = self._graphics
        return graphics is not None and graphics["status"] != OFF and at - self._graphics_at <= GRAPHICS_FRESH_S

    def _begin(self, at: float, *, forget_told: bool) -> None:
        """Forget all that was seen of the session before, and where that is wanted all that was told of its cars."""
        self._serial += 1
        self._began_at = at
        self._sectors, self._grid, self._shares = OwnSectors(), GridWatch(), SectorShares()
        self._gathering, self._remaining = Gathering(self.health), RemainingTime()
        self._lap_share = float("nan")
        if forget_told:
            self._told.forget_session()

    @np.errstate(all="ignore")  # what comes of bytes gone bad is judged by its bounds
    def _frame(self, at: float) -> Frame | None:
        told = self._told if at - self._told.update_at <= TOLD_FRESH_S else None
        update = None if told is None else told.update
        length = float(self._told.track.length_m) if self._told.track is not None else 0.0
        about, health = self._about, self.health
        if self._memory_speaks(at) and self._graphics is not None:
            graphics, physics = self._graphics, self._physics
            uid = f"{about.track}-{graphics['session']}-{self._serial}"
            session = by_memory(uid, graphics, physics, about, length, update, self._shares.known(), health)
        elif update is not None:
            graphics = physics = None
            name = self._told.track.name if self._told.track is not None else ""
            uid = f"{name}-{update.event}-{update.session}-{self._serial}"
            session = by_broadcasting(uid, update, name, length, self._remaining.left_s(update))
        else:
            return None
        is_race = session.kind is SessionKind.RACE
        ids, columns = self._gathering.columns(graphics, told, session.track_length_m, is_race, at)
        row, driven = None, None
        if graphics is not None and physics is not None:
            own = (graphics, physics, about, self._sectors, self._lap_share, session, health)
            row = with_own_car(ids, columns, *own)
            driven = (graphics, physics)
        has_told = told is not None
        return finish(ids, columns, row, driven, about, session, has_told, health, at, at - self._began_at)

    def _note(self) -> None:
        self.health.decoded += 1
        heard = (self._graphics is not None, "shared memory"), (self._conversation.is_connected, "broadcasting")
        ways = " and ".join(name for is_heard, name in heard if is_heard)
        if ways:  # else it may be the older game's memory
            self.health.format = f"Assetto Corsa Competizione, {ways}"

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
