"""Editing the layout: the mouse reaches the widgets, and every gesture is one step that can be taken back."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable

import msgspec
from PyQt6.QtCore import QObject, QPoint, QRect, Qt, pyqtSignal

from desktop_client.overlay import snapping, theme
from desktop_client.overlay.history import History
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.snapping import Align, Grip, grip_at

log = logging.getLogger(__name__)

SCALE_PER_NOTCH = 1.05


class Editor(QObject):
    """Begins with `begin` and ends with `end`. Works on the profile that is worn when it begins."""

    changed = pyqtSignal()  # the selection, the layout, or what can be undone
    failed = pyqtSignal(str)  # a sentence: the layout holds, but is not kept

    def __init__(self, overlay: Overlay) -> None:
        super().__init__()
        self.overlay = overlay
        self.selection: list[str] = []  # the first is the one that the others are aligned to
        self.history: History[Profile] = History(overlay.settings.profile)
        self._held: tuple[Grip, QPoint, dict[str, QRect]] | None = None
        self._profile = overlay.settings.active
        overlay.follow(self._follow)

    def begin(self) -> None:
        self.selection = []
        self._profile = self.overlay.settings.active
        self.history = History(self.overlay.settings.profile)
        self._attend()

    def end(self) -> None:
        self.select(())
        self.overlay.set_editing(False)

    def select(self, keys: Iterable[str]) -> None:
        self.selection = [key for key in keys if key in self.overlay.windows]
        for key, window in self.overlay.windows.items():
            window.set_selected(key in self.selection)
        self.changed.emit()

    def nudge(self, dx: int, dy: int) -> None:
        """Move the selection by pixels, as the arrow keys do."""
        by = QPoint(dx, dy)
        self._place({key: self._free(key, self._rect(key).translated(by)) for key in self.selection})
        self._keep()

    def align(self, how: Align) -> None:
        """Bring the selection on one line with the widget that was selected first."""
        rects = snapping.aligned([self._rect(key) for key in self.selection], how)
        self._place(dict(zip(self.selection, rects, strict=True)))
        self._keep()

    def scale(self, key: str, notches: float) -> None:
        """Make a widget bigger or smaller around its middle."""
        rect = self._rect(key)
        factor = SCALE_PER_NOTCH**notches
        size = QRect(0, 0, max(24, round(rect.width() * factor)), max(24, round(rect.height() * factor)))
        size.moveCenter(rect.center())
        self._place({key: self._free(key, size)})
        self._keep()

    def show(self, key: str, shown: bool) -> None:
        """Put a widget on the screen, or take it away."""
        profile = self.overlay.settings.profile
        place = msgspec.structs.replace(profile.place(key), shown=shown)
        self._go_to(msgspec.structs.replace(profile, layout={**profile.layout, key: place}))
        self.select([key] if shown else [])

    def remove(self) -> None:
        """Take the selection away, as one step."""
        profile = self.overlay.settings.profile
        away = {key: msgspec.structs.replace(profile.place(key), shown=False) for key in self.selection}
        self.selection = []
        self._go_to(msgspec.structs.replace(profile, layout={**profile.layout, **away}))

    def put(self, key: str, placement: Placement) -> None:
        """Change when a widget is there, or anything else of its placement."""
        profile = self.overlay.settings.profile
        self._go_to(msgspec.structs.replace(profile, layout={**profile.layout, key: placement}))

    def reset(self) -> None:
        """Forget every place of this profile."""
        self._go_to(msgspec.structs.replace(self.overlay.settings.profile, layout={}))

    def undo(self) -> None:
        self._wear(self.history.undo())

    def redo(self) -> None:
        self._wear(self.history.redo())

    def _listen(self) -> None:
        for key, window in self.overlay.arrangement.windows.items():
            for signal, slot in (
                (window.pressed, self._press),
                (window.dragged, self._drag),
                (window.released, self._release),
                (window.turned, self.scale),
            ):
                with contextlib.suppress(TypeError):  # not connected yet
                    signal.disconnect()
                signal.connect(lambda *what, key=key, slot=slot: slot(key, *what))

    def _press(self, key: str, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        window = self.overlay.windows[key]
        if modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
            self.select([*(k for k in self.selection if k != key), *([key] if key not in self.selection else [])])
        elif key not in self.selection:
            self.select([key])
        grip = grip_at(at - window.pos(), window.size())
        self._held = (grip, at, {k: self._rect(k) for k in self.selection} or {key: self._rect(key)})

    def _drag(self, key: str, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if self._held is None:
            return
        grip, began, rects = self._held
        by, screen = at - began, self._screen(key)
        rect = rects.get(key, self._rect(key))
        if grip is not Grip.NONE:
            self._place({key: snapping.resized(rect, grip, by, screen)})
            return
        others = [self._rect(k) for k in self.overlay.windows if k not in rects]
        free = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        to = self._free(key, rect.translated(by)) if free else snapping.moved(rect, by, others, screen, theme.GRID)
        shift = to.topLeft() - rect.topLeft()
        self._place({k: self._free(k, held.translated(shift)) for k, held in rects.items()})

    def _release(self, key: str) -> None:
        self._held = None
        self._keep()

    def _place(self, rects: dict[str, QRect]) -> None:
        for key, rect in rects.items():
            self.overlay.windows[key].setGeometry(rect)

    def _keep(self) -> None:
        """Write the windows' places down as one step."""
        profile = self.overlay.settings.profile
        moved = {key: self.overlay.arrangement.placement(key) for key in self.overlay.windows if self._has_moved(key)}
        if moved:
            self._go_to(msgspec.structs.replace(profile, layout={**profile.layout, **moved}))

    def _has_moved(self, key: str) -> bool:
        return self._rect(key) != self.overlay.arrangement.rectangle(key)

    def _go_to(self, profile: Profile) -> None:
        self.history.go_to(profile)
        self._wear(profile)

    def _wear(self, profile: Profile) -> None:
        try:
            self.overlay.change_profile(profile)
        except OSError as error:  # it holds until the end; an exception that leaves a slot ends the whole process
            log.warning("the layout cannot be kept: %s", error)
            self.failed.emit(f"The layout cannot be saved: {error.strerror or error}.")
        self._attend()

    def _follow(self, settings: OverlaySettings) -> None:
        """Take what was changed elsewhere, as in the settings window, for a step; another profile begins anew."""
        if not self.overlay.is_editing:
            return
        if settings.active != self._profile:
            self.begin()
        elif settings.profile != self.history.present:
            self.history.go_to(settings.profile)
            self._attend()

    def _attend(self) -> None:
        self.overlay.set_editing(True)  # a widget that came back takes the mouse, too
        self._listen()
        self.select(self.selection)

    def _rect(self, key: str) -> QRect:
        return self.overlay.windows[key].geometry()

    def _screen(self, key: str) -> QRect:
        return self.overlay.arrangement.screen_of(self.overlay.windows[key])

    def _free(self, key: str, rect: QRect) -> QRect:
        """The rectangle, whole on its screen."""
        screen = self._screen(key)
        rect = QRect(rect)
        rect.setSize(rect.size().boundedTo(screen.size()))
        rect.moveLeft(max(screen.x(), min(rect.x(), screen.x() + screen.width() - rect.width())))
        rect.moveTop(max(screen.y(), min(rect.y(), screen.y() + screen.height() - rect.height())))
        return rect
