"""The overlay as one thing: frames in, windows over the game out."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QRect, QTimer
from PyQt6.QtGui import QGuiApplication, QPainter

from contracts.tracks import TrackMap
from desktop_client.overlay import settings as saved
from desktop_client.overlay.backdrop import backdrop
from desktop_client.overlay.clock import RepaintClock
from desktop_client.overlay.compositor import is_composited
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH, Placement, placement_of, rectangle
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.widgets import DEFAULT_LAYOUT, WIDGETS
from desktop_client.overlay.window import WidgetWindow
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Frame

SILENCE_S = 5.0  # without telemetry for so long, nobody drives


class Overlay:
    """All widgets, one clock and what is remembered of the race. Lives in the Qt thread."""

    def __init__(
        self,
        settings_dir: Path | None = None,
        *,
        clock_hz: int | None = None,
        area: QRect | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read `settings_dir/overlay.json`; None keeps nothing.

        `clock_hz` (15, 20, 30 or 60) overrides the file. `area` is used instead of the real screens, for pictures.
        """
        self._directory = settings_dir
        self.settings = OverlaySettings() if settings_dir is None else saved.load(settings_dir)
        self._area = area
        self._frame: Frame | None = None
        self._heard = False
        self._transparent = False
        self.race = Race()
        self._now = now
        self._due: dict[str, float] = {}
        self.clock = RepaintClock(self._repaint, clock_hz or self.settings.clock_hz, now)
        self._silence = QTimer(self.clock)
        self._silence.setInterval(int(SILENCE_S * 1000))
        self._silence.timeout.connect(self._listen)
        composited = is_composited()
        self.windows: dict[str, WidgetWindow] = {}
        for key, widget in WIDGETS.items():
            if self._place(key).shown:
                window = WidgetWindow(
                    widget(getattr(self.settings.widgets, key)),
                    composited=composited,
                    capturable=self.settings.capturable,
                    palette=THEMES[self.settings.theme],
                )
                window.moved.connect(functools.partial(self._keep_place, key))
                self.windows[key] = window
        self.arrange()
        self._repaint()

    def open(self) -> None:
        """Show every window, without taking the focus from the game."""
        for window in self.windows.values():
            window.show()

    def show_frame(self, frame: Frame) -> None:
        """Take a frame as soon as it is there. Costs microseconds; painting happens when the clock says so."""
        self._frame = frame
        self._heard = True
        self.race.take(frame)
        if self._transparent:
            self._set_transparent(False)
        if not self._silence.isActive():
            self._silence.start()
        self.clock.wake()

    def show_map(self, track_map: TrackMap | None) -> None:
        """Draw this map whenever its track is driven; None goes back to learning the circuit."""
        self.race.show_map(track_map)
        self.clock.wake()

    def set_editing(self, editing: bool) -> None:
        """Let the mouse reach the widgets, to drag and scale (wheel) them; every new place is saved."""
        if editing:
            self._set_transparent(False)
        for window in self.windows.values():
            window.set_editing(editing)

    def arrange(self) -> None:
        """Put every window where the layout says; to be called again when screens come or go."""
        for key, window in self.windows.items():
            place = self._place(key)
            window.setGeometry(rectangle(place, window.widget.natural_size, self._screen(place.screen)))

    def reset_layout(self) -> None:
        """Forget every place the driver chose."""
        self._save(msgspec.structs.replace(self.settings, layout={}))
        self.arrange()

    def paint_on(self, painter: QPainter) -> None:
        """Paint all windows at their places, as the compositor would."""
        for window in self.windows.values():
            painter.save()
            painter.translate(window.pos())
            window.paint_on(painter)
            painter.restore()

    def picture(self, path: Path) -> None:
        """Write a PNG of all windows, as of the newest frame, over a drawn race track.

        Raises OSError where it cannot be written.
        """
        self._repaint(at_once=True)
        image = backdrop(self._screen(None).size())
        with QPainter(image) as painter:
            self.paint_on(painter)
        if not image.save(str(path), "PNG"):
            raise OSError(f"The picture cannot be written to {path}")

    def close(self) -> None:
        """Stop the clock and remove the windows."""
        self.clock.stop()
        self._silence.stop()
        for window in self.windows.values():
            window.close()
            window.deleteLater()
        self.windows.clear()

    def _repaint(self, *, at_once: bool = False) -> None:
        """Look at every widget whose turn it is: figures that change thirty times a second cannot be read."""
        now = self._now() if self._frame is not None else -math.inf  # the first frame is looked at by everybody
        for key, window in self.windows.items():
            if at_once or now >= self._due.get(key, -math.inf):
                # On the clock's own grid, or a rate of 10 would become one of 7.5 beside a clock of 30.
                self._due[key] = now + 1 / window.widget.rate_hz - self.clock.period_s / 2
                window.look(self._frame, self.race)

    def _place(self, key: str) -> Placement:
        return self.settings.layout.get(key, DEFAULT_LAYOUT[key])

    def _listen(self) -> None:
        if self._heard:
            self._heard = False
        else:
            self._silence.stop()
            self._set_transparent(not any(window.editing for window in self.windows.values()))

    def _set_transparent(self, transparent: bool) -> None:
        self._transparent = transparent
        for window in self.windows.values():
            window.set_transparent(transparent)

    def _screen(self, name: str | None) -> QRect:
        """The rectangle of a screen; of the main one when that screen is not there any more."""
        if self._area is not None:
            return self._area
        named = [screen for screen in QGuiApplication.screens() if screen.name() == name]
        screen = named[0] if named else QGuiApplication.primaryScreen()
        return QRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT) if screen is None else screen.geometry()

    def _keep_place(self, key: str) -> None:
        window = self.windows[key]
        screen = window.screen()
        name = None if screen is None or self._area is not None else screen.name()
        place = placement_of(window.geometry(), window.widget.natural_size, self._screen(name), name)
        self._save(msgspec.structs.replace(self.settings, layout={**self.settings.layout, key: place}))
        self.arrange()

    def _save(self, settings: OverlaySettings) -> None:
        self.settings = settings
        if self._directory is not None:
            saved.save(self._directory, settings)
