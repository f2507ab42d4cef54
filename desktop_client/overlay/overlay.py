"""The overlay as one thing: frames in, windows over the game out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QRect, QTimer
from PyQt6.QtGui import QPainter

from contracts.tracks import TrackMap
from desktop_client.overlay import settings as saved
from desktop_client.overlay.arrangement import Arrangement
from desktop_client.overlay.backdrop import backdrop
from desktop_client.overlay.clock import RepaintClock
from desktop_client.overlay.profiles import Profile, Wanted, choose
from desktop_client.overlay.screens import Screens
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.window import WidgetWindow
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.situation import Situation, situation
from desktop_client.telemetry.frame import Frame

SILENCE_S = 5.0  # without telemetry for so long, nobody drives
RACE_STEP_S = 1 / 45  # thirty times a second is enough to remember a race: what lies between is interpolated


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
        self._now = now
        self._frame: Frame | None = None
        self._due: dict[str, float] = {}
        self._heard = self._silent = self._hidden = self._editing = False
        self._taken_at, self._taken_uid = -math.inf, ""
        self._situation: Situation | None = None
        self._moment: Wanted | None = None
        self._followers: list[Callable[[OverlaySettings], object]] = []
        self.race = Race()
        self.clock = RepaintClock(self._repaint, clock_hz or self.settings.clock_hz, now)
        self._silence = QTimer(self.clock)
        self._silence.setInterval(int(SILENCE_S * 1000))
        self._silence.timeout.connect(self._listen)
        self.arrangement = Arrangement(self.settings.profile, area=area, capturable=self.settings.capturable)
        self._screens = Screens(self.clock)
        self._screens.changed.connect(self.arrange)
        self._show_and_hide()
        self._repaint()

    @property
    def windows(self) -> dict[str, WidgetWindow]:
        """The windows of the profile that is worn now."""
        return self.arrangement.shown()

    @property
    def newest(self) -> Frame | None:
        """The last frame that arrived; None while nobody drives."""
        return None if self._silent else self._frame

    @property
    def is_editing(self) -> bool:
        return self._editing

    def open(self) -> None:
        """Show every window, without taking the focus from the game."""
        self.arrangement.open()

    def show_frame(self, frame: Frame) -> None:
        """Take a frame as soon as it is there. Costs microseconds; painting happens when the clock says so."""
        self._frame = frame
        self._heard = True
        if not 0 <= frame.at - self._taken_at < RACE_STEP_S or frame.session.uid != self._taken_uid:
            self._taken_at, self._taken_uid = frame.at, frame.session.uid
            self.race.take(frame)
            self._follow(frame)
        if not self._silence.isActive():
            self._silence.start()
        self.clock.wake()

    def show_map(self, track_map: TrackMap | None) -> None:
        """Draw this map whenever its track is driven; None goes back to learning the circuit."""
        self.race.show_map(track_map)
        self.clock.wake()

    def follow(self, follower: Callable[[OverlaySettings], object]) -> None:
        """Tell somebody the settings, now and whenever they change: by the driver, or with what is driven."""
        self._followers.append(follower)
        follower(self.settings)

    def change(self, settings: OverlaySettings) -> None:
        """Use and keep other settings. Raises OSError where they cannot be written; they are used all the same."""
        if settings.clock_hz != self.settings.clock_hz:
            self.clock.period_s = 1 / settings.clock_hz
        self._use(settings)
        self._repaint(at_once=True)
        if self._directory is not None:
            saved.save(self._directory, settings)

    def change_profile(self, profile: Profile) -> None:
        """Use and keep the active profile in another form."""
        self.change(self.settings.with_profile(profile))

    def next_profile(self) -> str:
        """Change to the profile after the active one, and say its name."""
        names = list(self.settings.profiles)
        name = names[(names.index(self.settings.active) + 1) % len(names)]
        self.change(msgspec.structs.replace(self.settings, active=name))
        return name

    def set_hidden(self, hidden: bool) -> None:
        """The one key that hides everything, and brings it back."""
        self._hidden = hidden
        self._show_and_hide()

    @property
    def is_hidden(self) -> bool:
        return self._hidden

    def set_editing(self, editing: bool) -> None:
        """Let the mouse reach the widgets, to drag and scale them; every new place is saved."""
        self._editing = editing
        for window in self.arrangement.windows.values():
            window.set_editing(editing)
        self._show_and_hide()

    def arrange(self) -> None:
        """Put every window where the layout says, as is done whenever a screen comes or goes."""
        self.arrangement.arrange()

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
        image = backdrop(self.arrangement.screen(None).size())
        with QPainter(image) as painter:
            self.paint_on(painter)
        if not image.save(str(path), "PNG"):
            raise OSError(f"The picture cannot be written to {path}")

    def close(self) -> None:
        """Stop the clock and remove the windows."""
        self.clock.stop()
        self._silence.stop()
        self.arrangement.close()

    def _repaint(self, *, at_once: bool = False) -> None:
        """Look at every widget whose turn it is: figures that change thirty times a second cannot be read."""
        now = self._now() if self._frame is not None else -math.inf  # the first frame is looked at by everybody
        for key, window in self.windows.items():
            if window.is_transparent and not at_once:
                continue
            if at_once or now >= self._due.get(key, -math.inf):
                # On the clock's own grid, or a rate of 10 would become one of 7.5 beside a clock of 30.
                self._due[key] = now + 1 / window.widget.rate_hz - self.clock.period_s / 2
                window.look(self._frame, self.race)

    def _follow(self, frame: Frame) -> None:
        """Wear the profile that is meant now, and show what belongs to where the driver is."""
        changed = self._silent
        self._silent = False
        where = situation(frame)
        if where is not self._situation:
            self._situation = where
            changed = True
        row = own_row(frame)
        car_class = frame.cars.class_name[row] or None if row is not None else None
        moment = Wanted(frame.session.game, car_class, frame.session.kind)
        if moment != self._moment:
            self._moment = moment
            self._wear_what_is_meant(moment)
        if changed:
            self._show_and_hide()

    def _wear_what_is_meant(self, moment: Wanted) -> None:
        if not self.settings.switch_profiles or self._editing:
            return
        name = choose(self.settings.profiles, self.settings.active, moment)
        if name != self.settings.active:
            self._use(msgspec.structs.replace(self.settings, active=name))

    def _use(self, settings: OverlaySettings) -> None:
        self.settings = settings
        self.arrangement.wear(settings.profile)
        self._show_and_hide()
        for follower in self._followers:
            follower(settings)

    def _show_and_hide(self) -> None:
        for key, window in self.arrangement.windows.items():
            place = self.arrangement.place(key)
            away = self._silent or self._hidden or self._situation in place.hidden_in
            window.set_transparent(not place.shown or (away and not self._editing))

    def _listen(self) -> None:
        if self._heard:
            self._heard = False
        else:
            self._silence.stop()
            self._silent = True
            self._show_and_hide()
