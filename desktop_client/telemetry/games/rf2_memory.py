"""What is remembered of one session of rFactor 2 or Le Mans Ultimate: its newest scoring and telemetry."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Ints, Session
from desktop_client.telemetry.games.rf2_names import LETTERS_OF_LMU, compound_letter, text
from desktop_client.telemetry.games.rf2_scoring import Scored, Scorer
from desktop_client.telemetry.games.rf2_session import SectorStarts, session_of
from desktop_client.telemetry.source import Health

CLOCK_SET_BACK_S: Final = 1.0
"""A session's clock never goes back; by more than this, somebody restarted it."""

Records = NDArray[np.void]


class Memory:
    """Everything of one session: a new session is a new object, and that is the whole reset."""

    def __init__(self, game: str, serial: int, info: Records, health: Health, *, is_lmu: bool) -> None:
        self.is_lmu = is_lmu
        self._game, self._health = game, health
        self._identity = _identity(info)
        track, session = self._identity
        self.uid = f"{text(track)}-{session}-{serial}"
        self._scorer = Scorer(health)
        self._starts = SectorStarts()
        self.scored: Scored | None = None
        self.session: Session | None = None
        self.telemetry: Records | None = None
        self.telemetry_at = -np.inf
        self.seldom: tuple[Scored, NDArray[np.intp], dict[str, Any]] | None = None  # see rf2_frame
        self._rows_key = b""
        self._rows = (np.zeros(0, np.intp), np.zeros(0, np.bool_))
        self._tyres_key = b""
        self._tyres: tuple[str, ...] = ()

    def owns(self, info: Records) -> bool:
        """Whether this is the scoring of the session remembered, and not of one before or after."""
        now = float(info["now"])
        return _identity(info) == self._identity and (self.scored is None or now > self.scored.now - CLOCK_SET_BACK_S)

    def take_scoring(self, info: Records, vehicles: Records, pit_limit_mps: float | None) -> None:
        self.scored = self._scorer.score(info, vehicles)
        self.session = session_of(
            *(self._game, self.uid, info, self.scored, self._starts, pit_limit_mps, self._health),
            says_the_sky=self.is_lmu,
        )

    def take_telemetry(self, vehicles: Records, at: float) -> None:
        self.telemetry, self.telemetry_at = vehicles, at

    def rows_of(self, ids: Ints, telemetry: Records) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """For each scored vehicle its row in the telemetry, and whether it has one."""
        theirs = telemetry["id"]
        key = ids.tobytes() + theirs.tobytes()
        if key != self._rows_key:
            order = np.argsort(theirs, kind="stable")
            if len(order):
                found = order[np.searchsorted(theirs, ids, sorter=order).clip(max=len(order) - 1)]
                self._rows = found, theirs[found] == ids
            else:
                self._rows = np.zeros(len(ids), np.intp), np.zeros(len(ids), np.bool_)
            self._rows_key = key
        return self._rows

    def tyres(self, telemetry: Records, rows: NDArray[np.intp], has_row: NDArray[np.bool_]) -> tuple[str, ...]:
        """Compound letters of the scored vehicles; worked out anew only when somebody changed tyres."""
        compounds = telemetry["wheels"]["compound_type"][:, 0] if self.is_lmu else telemetry["front_compound"]
        fitted = compounds[rows]
        key = fitted.tobytes() + has_row.tobytes()
        if key != self._tyres_key:
            letters = [self._letter(compound) for compound in fitted.tolist()]
            self._tyres = tuple(letter if known else "" for letter, known in zip(letters, has_row, strict=True))
            self._tyres_key = key
        return self._tyres

    def _letter(self, compound: int | bytes) -> str:
        if isinstance(compound, bytes):
            return compound_letter(text(compound))
        return LETTERS_OF_LMU[compound] if compound < len(LETTERS_OF_LMU) else ""


def _identity(info: Records) -> tuple[bytes, int]:
    return info["track"].item(), int(info["session"])
