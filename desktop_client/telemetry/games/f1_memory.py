"""What is remembered of one F1 session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Bools, CarStatus, Ints, Part, Session, Wheel
from desktop_client.telemetry.games.f1_fields import cars_in
from desktop_client.telemetry.games.f1_history import Histories
from desktop_client.telemetry.games.f1_tables import TYRE_LETTERS, team_name
from desktop_client.telemetry.games.f1_wire import Packet, PacketId
from desktop_client.telemetry.games.kept import Kept

STALE_AFTER_S = 0.5
"""What is older than this on the session's clock is no longer carried over into a frame that lacks it."""

NOT_THERE: Final = -1
ACTIVE: Final = 2  # result status
IN_GARAGE: Final = 0  # driver status
STATUS_OF_RESULT: Final = np.full(256, NOT_THERE, dtype=np.int32)
"""By result status; whoever has none of these never came."""
STATUS_OF_RESULT[ACTIVE] = CarStatus.RUNNING
STATUS_OF_RESULT[3] = CarStatus.FINISHED
STATUS_OF_RESULT[[4, 6, 7]] = CarStatus.RETIRED  # did not finish, not classified, retired
STATUS_OF_RESULT[5] = CarStatus.DISQUALIFIED

RED_FLAG: Final = b"RDFL"
ENDS_A_RED_FLAG: Final = frozenset({b"STLG", b"LGOT", b"SSTA", b"FLBK"})  # a restart, or time turned back

Worn = tuple[list[float], list[float], list[float]]  # tyres' wear, tyres' damage and brakes' wear; four wheels each


@dataclass(slots=True)
class Drivers:
    """Who takes part: the rows of the packets' car arrays, and what is written on those cars."""

    chosen_by: bytes = b""  # the result and driver statuses that these rows were chosen by
    slot: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    # The same slots, as a slice where there is no gap between them: picking records by number copies them slowly.
    rows: slice | Ints = field(default_factory=lambda: slice(0))
    status: Ints = field(default_factory=lambda: np.zeros(0, np.int32))  # CarStatus
    gone: Bools | None = None  # who has left the track for good; None while nobody has
    parked: Bools | None = None  # who stands in a garage
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
        self.red_flag = False
        self.histories = Histories(self.slots)
        self.session_of_the_instant = Kept[Session]()
        self.wheels = Kept[tuple[Wheel, Wheel, Wheel, Wheel]]()
        self.worn = Kept[Worn]()
        self.damage = Kept[dict[Part, float]]()
        self._newest: dict[int, tuple[Packet, float]] = {}
        self._roster: Packet | None = None
        self._roster_bytes = b""
        self._drivers = Drivers()
        self._tyres = Kept[tuple[tuple[str, ...], Ints]]()

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

    def hear(self, code: bytes) -> None:
        """An event. Only the red flag is told by nothing else."""
        if code == RED_FLAG:
            self.red_flag = True
        elif code in ENDS_A_RED_FLAG:
            self.red_flag = False

    def enrol(self, participants: Packet, body: bytes) -> None:
        """Take the names, unless they are the ones we have: the game repeats them every few seconds."""
        if body != self._roster_bytes:
            self._roster, self._roster_bytes = participants, body
            self._drivers = Drivers()

    def drivers(self, laps: NDArray[np.void]) -> Drivers:
        """Everybody who has come, also who has left since; rebuilt only when somebody joined, left or changed."""
        chosen_by = laps["result_status"].tobytes() + laps["driver_status"].tobytes()
        if chosen_by != self._drivers.chosen_by:
            status = STATUS_OF_RESULT[laps["result_status"]]
            status[(status == CarStatus.RUNNING) & (laps["driver_status"] == IN_GARAGE)] = CarStatus.GARAGE
            slot = np.flatnonzero(status != NOT_THERE).astype(np.int32)
            status = status[slot]
            gone = (status == CarStatus.RETIRED) | (status == CarStatus.DISQUALIFIED)
            parked = status == CarStatus.GARAGE
            self._drivers = Drivers(
                chosen_by=chosen_by,
                slot=slot,
                rows=slice(len(slot)) if len(slot) and slot[-1] == len(slot) - 1 else slot,
                status=status,
                gone=gone if gone.any() else None,
                parked=parked if parked.any() else None,
                row_of={int(s): row for row, s in enumerate(slot)},
            )
            self._write_names_on(self._drivers)
        return self._drivers

    def _write_names_on(self, drivers: Drivers) -> None:
        count = len(drivers.slot)
        if self._roster is None:
            drivers.name, drivers.team, drivers.number = ("",) * count, ("",) * count, np.full(count, -1, np.int32)
        else:
            cars = self._roster["cars"][drivers.rows]
            drivers.name = tuple(_text(raw) for raw in cars["name"].tolist())
            drivers.team = tuple(team_name(team, self.packet_format) for team in cars["team_id"].tolist())
            drivers.number = cars["race_number"].astype(np.int32)
        for shared_by_many_frames in (drivers.slot, drivers.status, drivers.number):
            shared_by_many_frames.setflags(write=False)

    def tyres(self, drivers: Drivers) -> tuple[tuple[str, ...], Ints] | None:
        """Compound letters, and laps that the tyres have done; None until the first status packet."""
        status = self.latest(PacketId.STATUS)
        if status is None:
            return None
        cars = status["cars"]
        key = (drivers.chosen_by, cars["visual_tyre"].tobytes(), cars["tyre_age_laps"].tobytes())
        return self._tyres.of(key, lambda: _tyres_of(cars[drivers.rows]))


def _tyres_of(cars: NDArray[np.void]) -> tuple[tuple[str, ...], Ints]:
    letters = tuple(TYRE_LETTERS.get(code, "") for code in cars["visual_tyre"].tolist())
    age = cars["tyre_age_laps"].astype(np.int32)
    age.setflags(write=False)
    return letters, age


def _text(raw: bytes) -> str:
    """A name as the game sent it, up to its zero byte; a character cut in the middle is left out."""
    return raw.partition(b"\0")[0].decode("utf-8", errors="ignore")
