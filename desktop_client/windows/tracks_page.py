"""Track maps: whether the driver's laps are shared to improve them, what they did, and which of them wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout

from desktop_client.cloud import CloudState
from desktop_client.games_file import CannotKeep
from desktop_client.map_words import map_in_words, waiting_in_words
from desktop_client.maps import Maps
from desktop_client.sharing_file import keep_sharing
from desktop_client.status import CAPTURE
from desktop_client.windows.controls import Toggle
from desktop_client.windows.form import FormGrid
from desktop_client.windows.page import Page, text
from desktop_client.windows.section import button

log = logging.getLogger(__name__)

INTRO: Final = (
    "Maps are made from the laps of all drivers. Yours make the first map of a track that nobody has driven yet, "
    "confirm one that a single driver has made, and show how wide the road is."
)
SHARE: Final = "Share laps to improve track maps"
SHARE_NOTE: Final = (
    "Sent is the way that you and the cars around you drove in a clean lap, with its time and the game's name for the "
    "track. Other drivers do not learn whose lap it was. While this is off nothing is recorded or sent."
)
REFRESH_MS: Final = 500


class TracksPage(Page):
    """Writes client.toml. `seen` is how things stand; it is asked twice a second while the page is in sight."""

    def __init__(self, maps: Maps, state: Path, seen: Callable[[], CloudState]) -> None:
        super().__init__("Track maps", INTRO)
        self._maps, self._state, self._seen = maps, state, seen
        self._deleting: asyncio.Task[None] | None = None
        self.share = Toggle(SHARE, on=maps.state.shares)
        self.problem = text("problem")
        self.problem.hide()
        grid = FormGrid()
        grid.add(SHARE, self.share, SHARE_NOTE)
        self.add(grid)
        self.add(self.problem)
        self.add_heading("This track")
        self.track = text("")
        self.add(self.track)
        self.add_heading("Your laps")
        self.verdict = text("")
        self.waiting = text("note")
        self.delete = button("Delete them", self._delete)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.delete)
        row.addStretch()
        self.add(self.verdict)
        self.add(self.waiting)
        self.add(row)
        self.share.changed.connect(self._share)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self.look()

    def look(self) -> None:
        """Show how things stand."""
        now = self._seen()
        self.share.set_value(now.map.shares)
        self.track.setText(map_in_words(now, CAPTURE))
        self.verdict.setText(now.map.verdict or "None was sent since RaceOverlay was started.")
        self.waiting.setText(waiting_in_words(now) if now.map.waiting else "")
        self.waiting.setVisible(bool(now.map.waiting))
        self.delete.setVisible(bool(now.map.waiting))
        self.delete.setEnabled(self._deleting is None or self._deleting.done())

    def stop(self) -> None:
        """The program ends, and nothing is waited for."""
        if self._deleting is not None:
            self._deleting.cancel()

    def showEvent(self, a0: QShowEvent | None) -> None:
        self.look()
        self._timer.start(REFRESH_MS)
        super().showEvent(a0)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._timer.stop()
        super().hideEvent(a0)

    def _share(self, on: bool) -> None:
        self._maps.share(on)
        try:
            keep_sharing(self._state, on)
        except CannotKeep as problem:
            self.problem.setText(str(problem))
        else:
            self.problem.clear()
        self.problem.setVisible(bool(self.problem.text()))
        self.look()

    def _delete(self) -> None:
        self._deleting = asyncio.ensure_future(self._delete_now())
        self.delete.setEnabled(False)

    async def _delete_now(self) -> None:
        try:
            await self._maps.discard_laps()
        except OSError as error:
            log.warning("laps cannot be deleted: %s", error)
            self.problem.setText(f"They cannot be deleted: {error.strerror or error}.")
            self.problem.show()
        finally:
            self._deleting = None
        self.look()
