"""What is remembered of one F1 session."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Ints, Session, SessionKind
from desktop_client.telemetry.games.f1_fields import HISTORY_LAPS, cars_in
from desktop_client.telemetry.games.f1_tables import TRACKS, TYRE_LETTERS, session_kind, team_name
from desktop_client.telemetry.games.f1_wire import Packet, PacketId

GAME = "f1"
STALE_AFTER_S = 0.5
"""What is older than this on the session's clock is no longer carried over into a frame that lacks it."""

ON_TRACK = np.isin(np.arange(256), (2, 3))
"""By result status: active or finished. Retired and disqualified cars have left, the rest never came."""


@dataclass(slots=True)
class Drivers:
    """Who is on track: the rows of the packets' car arrays, and what is written on those cars."""

    status: bytes = b""  # the result statuses that these rows were chosen by
    slot: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    row_of: dict[int, int] = field(default_factory=dict[int, int])
    name: tuple[str, ...] = ()
    number: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    team: tuple[str, ...] = ()


class Memory:
    """The newest packet of each kind that a frame is made of, and what changes seldom, already decoded."""

    def __init__(self, uid: int, packet_format: int) -> None:
        self.uid = uid
        self.packet_format = packet_format
        self.slots = cars_in(packet_format)
        self.session: Session | None = None  # unknown until the first session packet, at most half a second
        self.best_lap_s = np.full(self.slots, np.nan)
        self._newest: dict[int, tuple[Packet, float]] = {}
        self._roster: Packet | None = None
        self._roster_bytes = b""
        self._drivers = Drivers()
        self._tyre_codes = b""
        self._tyres: tuple[str, ...] = ()

    def keep(self, packet_id: int, packet: Packet, session_time: float) -> None:
        self._newest[packet_id] = (packet, session_time)

    def newest(self, packet_id: int, session_time: float) -> Packet | None:
        """The latest packet of a kind, unless it is stale. A flashback makes what is ahead of it stale too."""
        kept = self._newest.get(packet_id)
        if kept is None or abs(session_time - kept[1]) > STALE_AFTER_S:
            return None
        return kept[0]

    def latest(self, packet_id: int) -> Packet | None:
        """The latest packet of a kind, however old: fuel, tyres and rules change slowly and may be sent seldom."""
        kept = self._newest.get(packet_id)
        return kept[0] if kept else None

    def describe_session(self, packet: Packet) -> None:
        kind = session_kind(int(packet["session_type"]), self.packet_format)
        track_id = int(packet["track_id"])
        self.session = Session(
            game=GAME,
            uid=f"{self.uid:016x}",
            kind=kind,
            track_id=str(track_id) if track_id >= 0 else None,
            track_name=TRACKS.get(track_id),
            track_length_m=float(packet["track_length"]) or None,
            total_laps=int(packet["total_laps"]) or None if kind is SessionKind.RACE else None,
            time_left_s=float(packet["time_left"]),
            air_temperature_c=float(packet["air_temperature"]),
            track_temperature_c=float(packet["track_temperature"]),
            paused=bool(packet["paused"]),
            spectating=bool(packet["spectating"]),
        )

    def enrol(self, participants: Packet, body: bytes) -> None:
        """Take the names, unless they are the ones we have: the game repeats them every few seconds."""
        if body != self._roster_bytes:
            self._roster, self._roster_bytes = participants, body
            self._drivers = Drivers()

    def note_history(self, history: Packet) -> None:
        """Take a car's best lap from its lap history; 0 where it has none yet."""
        car, lap_number = int(history["car_index"]), int(history["best_lap_lap_number"])
        if car >= self.slots or lap_number > HISTORY_LAPS:
            return
        best_ms = int(history["laps"][lap_number - 1]["lap_ms"]) if lap_number else 0
        self.best_lap_s[car] = best_ms / 1000 if best_ms else np.nan

    def drivers(self, laps: NDArray[np.void]) -> Drivers:
        """The cars on track by their result status; rebuilt only when somebody joined, left or changed."""
        status = laps["result_status"].tobytes()
        if status != self._drivers.status:
            slot = np.flatnonzero(ON_TRACK[laps["result_status"]]).astype(np.int32)
            self._drivers = Drivers(status, slot, {int(s): row for row, s in enumerate(slot)})
            self._write_names_on(self._drivers)
        return self._drivers

    def _write_names_on(self, drivers: Drivers) -> None:
        count = len(drivers.slot)
        if self._roster is None:
            drivers.name, drivers.team, drivers.number = ("",) * count, ("",) * count, np.full(count, -1, np.int32)
        else:
            cars = self._roster["cars"][drivers.slot]
            drivers.name = tuple(_text(raw) for raw in cars["name"].tolist())
            drivers.team = tuple(team_name(team, self.packet_format) for team in cars["team_id"].tolist())
            drivers.number = cars["race_number"].astype(np.int32)
        for shared_by_many_frames in (drivers.slot, drivers.number):
            shared_by_many_frames.setflags(write=False)

    def tyres(self, drivers: Drivers) -> tuple[str, ...]:
        """Compound letters of the cars on track."""
        status = self.latest(PacketId.STATUS)
        if status is None:
            return ("",) * len(drivers.slot)
        codes = status["cars"]["visual_tyre"][drivers.slot].tobytes()
        if codes != self._tyre_codes or len(self._tyres) != len(drivers.slot):
            self._tyre_codes = codes
            self._tyres = tuple(TYRE_LETTERS.get(code, "") for code in codes)
        return self._tyres


def _text(raw: bytes) -> str:
    """A name as the game sent it, up to its zero byte; a character cut in the middle is left out."""
    return raw.partition(b"\0")[0].decode("utf-8", errors="ignore")
