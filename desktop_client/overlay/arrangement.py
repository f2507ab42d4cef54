"""The windows of a profile: made when they are first wanted, placed where the layout says, and never taken away."""

from __future__ import annotations

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QGuiApplication

from desktop_client.overlay.compositor import is_composited
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH, Placement, placement_of, rectangle
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.window import WidgetWindow


class Arrangement:
    """A window that a profile does not show stays, transparent: a recorder or a headset loses one that goes."""

    def __init__(self, profile: Profile, *, area: QRect | None, capturable: bool) -> None:
        """`area` is used instead of the real screens, for pictures."""
        self.profile = profile
        self.windows: dict[str, WidgetWindow] = {}
        self._area = area
        self._capturable = capturable
        self._composited = is_composited()
        self._opened = False
        self.wear(profile)

    def place(self, key: str) -> Placement:
        return self.profile.place(key)

    def shown(self) -> dict[str, WidgetWindow]:
        """The windows that the profile shows."""
        return {key: window for key, window in self.windows.items() if self.place(key).shown}

    def open(self) -> None:
        """Show every window, without taking the focus from the game."""
        self._opened = True
        for window in self.windows.values():
            window.show()

    def wear(self, profile: Profile) -> None:
        """Change to this profile: its widgets, its settings, its places, its colours."""
        palette = THEMES[profile.theme]
        self.profile = profile
        for key, widget in WIDGETS.items():
            chosen = getattr(profile.widgets, key)
            window = self.windows.get(key)
            if window is None and self.place(key).shown:
                window = WidgetWindow(
                    widget(chosen), composited=self._composited, capturable=self._capturable, palette=palette
                )
                self.windows[key] = window
                if self._opened:
                    window.show()
            elif window is not None and window.widget.settings != chosen:
                window.equip(widget(chosen))
            if window is not None:
                window.wear(palette)
        self.arrange()

    def arrange(self) -> None:
        """Put every window where the layout says; to be called again when screens come or go."""
        for key, window in self.windows.items():
            window.setGeometry(self.rectangle(key))

    def rectangle(self, key: str) -> QRect:
        """Where the layout says that a window stands."""
        place = self.place(key)
        return rectangle(place, self.windows[key].widget.natural_size, self.screen(place.screen))

    def screen(self, name: str | None) -> QRect:
        """The rectangle of a screen; of the main one when that screen is not there any more."""
        if self._area is not None:
            return self._area
        named = [screen for screen in QGuiApplication.screens() if screen.name() == name]
        screen = named[0] if named else QGuiApplication.primaryScreen()
        return QRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT) if screen is None else screen.geometry()

    def screen_of(self, window: WidgetWindow) -> QRect:
        """The rectangle of the screen that a window is on."""
        return self.screen(self._screen_name(window))

    def placement(self, key: str) -> Placement:
        """The placement of a window as it stands now."""
        window = self.windows[key]
        name = self._screen_name(window)
        natural = window.widget.natural_size
        return placement_of(window.geometry(), natural, self.screen(name), name, was=self.place(key))

    def close(self) -> None:
        for window in self.windows.values():
            window.close()
            window.deleteLater()
        self.windows.clear()

    def _screen_name(self, window: WidgetWindow) -> str | None:
        if self._area is not None:
            return None
        at = QGuiApplication.screenAt(window.geometry().center()) or window.screen()
        return None if at is None else at.name()
