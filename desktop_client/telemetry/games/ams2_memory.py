"""What is remembered of an Automobilista 2 session: the newest packet of each kind, and what the older ones left."""

from __future__ import annotations

from typing import Final

import numpy as np

from desktop_client.telemetry.frame import SessionKind
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games.ams2_bits import GameState
from desktop_client.telemetry.games.ams2_derived import Countdown, Splits, Trail
from desktop_client.telemetry.games.ams2_roster import Roster
from desktop_client.telemetry.games.ams2_wire import CARS, Packet

FRESH_S: Final = 0.5
"""Telemetry older than this is not shown beside newer timings."""

ENDS_A_SESSION: Final = frozenset({GameState.EXITED, GameState.FRONT_END, GameState.RESTARTING})


class Memory:
    """Give it every packet, in order; what began with another session is another `uid`."""

    def __init__(self) -> None:
        self.uid = ""
        self.roster = Roster()
        self.race: Packet | None = None
        self.game_state: Packet | None = None
        self.countdown = Countdown()
        self._telemetry: tuple[Packet, float] | None = None
        self._track = b""
        self._begin(0, 0.0)
        self._ended = True

    def _begin(self, number: int, at: float) -> None:
        # No id comes with a session: the number of its first packet is its own as long as the game runs.
        self.uid = f"{number:08x}"
        self.began_at = at
        self.timings: Packet | None = None
        self.stats: Packet | None = None
        self.kind = self._stated_kind()
        self.trail, self.splits = Trail(), Splits()
        self.grid = np.zeros(CARS, dtype=np.int32)  # positions before the start, 0 unknown
        self._lap = 0
        self._ended = False

    @property
    def state(self) -> GameState | None:
        return None if self.game_state is None else bits.game_state(int(self.game_state["state"]))

    def _enter(self, packet: Packet, at: float) -> None:
        """After a menu or a restart, the first packet that is sent in a race only begins the next session."""
        if self._ended:
            self._begin(int(packet["header"]["number"]), at)

    def _stated_kind(self) -> SessionKind:
        return SessionKind.UNKNOWN if self.game_state is None else bits.session_kind(int(self.game_state["state"]))

    def keep_telemetry(self, packet: Packet, at: float) -> None:
        self._telemetry = (packet, at)

    def telemetry(self, at: float) -> Packet | None:
        """The newest telemetry, unless it is stale. While the game is paused no newer one comes."""
        if self._telemetry is None:
            return None
        is_fresh = 0 <= at - self._telemetry[1] <= FRESH_S
        return self._telemetry[0] if is_fresh or self.state is GameState.PAUSED else None

    def keep_race(self, packet: Packet, at: float) -> None:
        """Another track is another session; everything else in this packet may change within one."""
        track = packet["location"].tobytes() + b"\0" + packet["variation"].tobytes()
        if track != self._track and self._track:
            self._begin(int(packet["header"]["number"]), at)
        self._track, self.race = track, packet

    def keep_game_state(self, packet: Packet, at: float) -> None:
        self.game_state = packet
        if self.state in ENDS_A_SESSION:
            self._ended = True
            return
        kind = self._stated_kind()
        if kind is SessionKind.UNKNOWN:
            return
        if self.kind not in (SessionKind.UNKNOWN, kind):
            self._begin(int(packet["header"]["number"]), at)
        self.kind = kind

    def keep_timings(self, packet: Packet, at: float) -> None:
        self._enter(packet, at)
        own_slot = int(packet["own_slot"])
        lap = int(packet["cars"]["lap"][own_slot]) if own_slot < CARS else self._lap
        if self.kind is SessionKind.RACE and lap < self._lap:
            self._begin(int(packet["header"]["number"]), at)
        self._lap = lap
        self.timings = packet
        if self.kind is SessionKind.RACE:
            waiting = bits.waits_for_start(packet["cars"]["race_state"])
            self.grid[waiting] = bits.position(packet["cars"]["position"][waiting])
        self.splits.see(bits.sector(packet["cars"]["sector"]), at)

    def keep_stats(self, packet: Packet, at: float) -> None:
        self._enter(packet, at)
        self.stats = packet
        with np.errstate(invalid="ignore"):  # a signalling not-a-number is none of our making
            newest = packet["cars"]["last_sector"].astype(np.float64)
        newest[~((newest > 0) & (newest < 3600))] = np.nan
        self.splits.hear(newest)
