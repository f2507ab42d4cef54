"""What the pages of the settings window look at and write to: the overlay's settings, and the profile in question."""

from __future__ import annotations

import logging

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal

from desktop_client.overlay.layout import Placement
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.settings import OverlaySettings

log = logging.getLogger(__name__)


class Ledger(QObject):
    """Every change takes effect and is kept at once.

    `name` is the profile that the window shows. It stays when another one is worn by itself meanwhile, or what the
    driver is about to change would be another profile's.
    """

    changed = pyqtSignal()
    capturing = pyqtSignal(bool)  # whether a hotkey is being chosen, and pressing one must do nothing else
    failed = pyqtSignal(str)  # a sentence: the change holds, but is not kept

    def __init__(self, overlay: Overlay) -> None:
        super().__init__()
        self._overlay = overlay
        self.name = self.settings.active
        overlay.follow(lambda _: self._refresh())

    @property
    def settings(self) -> OverlaySettings:
        return self._overlay.settings

    @property
    def profile(self) -> Profile:
        return self.settings.profiles[self.name]

    def look_at(self, name: str) -> None:
        """Show this profile, and wear it."""
        self.name = name
        if name == self.settings.active:
            self.changed.emit()
        else:
            self.keep(msgspec.structs.replace(self.settings, active=name))

    def keep(self, settings: OverlaySettings) -> None:
        """Use other settings, whatever is changed in them."""
        try:
            self._overlay.change(settings)
        except OSError as error:
            log.warning("the settings cannot be kept: %s", error)
            self.failed.emit(f"The settings cannot be saved: {error.strerror or error}.")

    def keep_profile(self, profile: Profile) -> None:
        """Change the profile in question."""
        self.keep(
            msgspec.structs.replace(self.settings, profiles={**self.settings.profiles, self.name: profile}),
        )

    def keep_widget(self, key: str, chosen: msgspec.Struct) -> None:
        """Change the settings of one widget."""
        widgets = msgspec.structs.replace(self.profile.widgets, **{key: chosen})
        self.keep_profile(msgspec.structs.replace(self.profile, widgets=widgets))

    def keep_place(self, key: str, place: Placement) -> None:
        """Change where, how big and when a widget is there."""
        layout = {**self.profile.layout, key: place}
        self.keep_profile(msgspec.structs.replace(self.profile, layout=layout))

    def _refresh(self) -> None:
        if self.name not in self.settings.profiles:
            self.name = self.settings.active
        self.changed.emit()
