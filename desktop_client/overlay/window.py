"""Every window flag of the product, and the one window that a widget gets."""

from __future__ import annotations

import logging
from collections.abc import Hashable, MutableMapping

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QRegion, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import Lettering
from desktop_client.overlay.palette import DARK, Palette
from desktop_client.overlay.stamps import Stamps
from desktop_client.overlay.widget import Absent, AnyWidget, Cell, Notice
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Frame

log = logging.getLogger(__name__)

FLAGS = (
    Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.NoDropShadowWindowHint
    | Qt.WindowType.Tool  # no task bar entry
)
NOWHERE = QRegion(-2, -2, 1, 1)  # outside of every window; an empty region would be no mask at all
CAPTURABLE_FLAGS = (FLAGS & ~Qt.WindowType.Tool) | Qt.WindowType.Window  # recorders list no tool windows


def choose_platform(environ: MutableMapping[str, str]) -> None:
    """Ask Qt for X11 on a Wayland desktop: Wayland lets no window choose its place or stay on top.

    To be called before QApplication is made; a platform that the driver chose stays.
    """
    if environ.get("WAYLAND_DISPLAY") and environ.get("DISPLAY"):
        environ.setdefault("QT_QPA_PLATFORM", "xcb")


class WidgetWindow(QWidget):
    """A frameless, translucent window over the game that no click and no key ever reaches.

    It is never hidden while somebody drives, because recorders and VR lose a hidden window: it goes transparent.
    Without a compositor its panel is opaque, with square corners.
    """

    # While editing: where the mouse is on the screen, and the keys that are held with it.
    pressed = pyqtSignal(QPoint, Qt.KeyboardModifier)
    dragged = pyqtSignal(QPoint, Qt.KeyboardModifier)
    released = pyqtSignal()
    turned = pyqtSignal(float)  # notches of the wheel

    def __init__(
        self, widget: AnyWidget, *, composited: bool = True, capturable: bool = False, palette: Palette = DARK
    ) -> None:
        super().__init__(None, CAPTURABLE_FLAGS if capturable else FLAGS)
        self.widget = widget
        self.composited = composited
        self.editing = False
        self.is_transparent = False
        self.paints = 0
        self._view: object = Notice("")
        self._cells: tuple[Cell, ...] = ()
        self._places: tuple[QRect, ...] = ()  # where the cells are in the window, in its own pixels
        self._cut_for: Room | None = None
        self._colours = palette
        self._lettering = Lettering()
        self._stamps = Stamps()
        self._still: tuple[Hashable, QPixmap] | None = None
        self._room: tuple[QSize, Room] | None = None
        self._selected = False
        self.setWindowTitle(f"RaceOverlay {widget.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, composited)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeNotification)  # above full-screen windows
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)  # also while the game is in front
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def look(self, frame: Frame | None, race: Race) -> bool:
        """Compute the view, and ask for a repaint if it would look different; says whether it did."""
        try:
            view = self.widget.look(frame, race)
        except Exception:  # one instrument's fault must not take the others away from the driver
            log.exception("The view of %s failed", self.widget.title)
            view = Notice("This instrument failed: see the log")
        if self.editing and not _is_drawn(view):
            view = self.widget.demo()
        if view == self._view:
            return False
        self._show(view)
        return True

    def show_demo(self) -> None:
        """Show the widget's own example, as a preview does."""
        self._show(self.widget.demo())

    def equip(self, widget: AnyWidget) -> None:
        """Change to the same instrument with other settings."""
        self.widget = widget
        self._view, self._cells, self._places, self._still, self._room = Notice(""), (), (), None, None
        self.update()

    def wear(self, palette: Palette) -> None:
        """Change the colours."""
        if palette is self._colours:
            return
        self._colours = palette
        self._stamps = Stamps()
        self._still = None
        self.update()

    def _show(self, view: object) -> None:
        """Take a new view, and ask for a repaint of what looks different in it."""
        before, self._view = self._view, view
        if not _is_drawn(before) or not _is_drawn(view) or self.widget.still(before) != self.widget.still(view):
            self._cut()
            self._clip()
            self.update()
            return
        old, old_places = self._cells, self._places
        self._cut()
        if len(old) != len(self._cells):
            self.update()
            return
        for was, now, place, new_place in zip(old, self._cells, old_places, self._places, strict=True):
            if was.key != now.key or place is not new_place:
                self.update(place)
                if place is not new_place:
                    self.update(new_place)

    def _clip(self) -> None:
        """Without a compositor a window that paints nothing is a white box: then its shape is what nobody sees."""
        if self.composited:
            return
        if isinstance(self._view, Absent) and not self.editing:
            self.setMask(NOWHERE)
        else:
            self.clearMask()

    def _cut(self) -> None:
        """Cut the view into its cells, for the window's present size."""
        before, places, room = self._cells, self._places, self.room
        self._cells = tuple(self.widget.cells(room, self._view)) if _is_drawn(self._view) else ()
        if room is not self._cut_for:
            before = ()
        self._cut_for = room
        self._places = tuple(
            places[index] if index < len(before) and before[index].rect == cell.rect else self._on_screen(cell.rect)
            for index, cell in enumerate(self._cells)
        )

    def _on_screen(self, rect: QRectF) -> QRect:
        scale = self.room.scale
        return QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale).toAlignedRect()

    @property
    def room(self) -> Room:
        """The window's inside in design pixels; measured once per size."""
        size = self.size()
        if self._room is None or self._room[0] != size:
            self._room = (size, Room.of(QSizeF(size), self.widget.natural_size))
        return self._room[1]

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        self._cut()

    def set_transparent(self, transparent: bool) -> None:
        """Show nothing without hiding; a desktop without compositor cannot do that, and really hides."""
        if transparent == self.is_transparent:
            return
        self.is_transparent = transparent
        if self.composited:
            self.setWindowOpacity(0.0 if transparent else 1.0)
        else:
            self.setVisible(not transparent)

    def set_editing(self, editing: bool) -> None:
        """While editing the window takes the mouse, and shows an example where it has nothing to show."""
        self.editing = editing
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not editing)
        handle = self.windowHandle()
        if handle is not None:  # changing the widget's own flags would hide and remake the window
            handle.setFlag(Qt.WindowType.WindowTransparentForInput, not editing)
        self._clip()
        self.update()

    def set_selected(self, selected: bool) -> None:
        self._selected = selected
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        self.paints += 1
        with QPainter(self) as painter:
            self.paint_on(painter, None if a0 is None else a0.region())

    def paint_on(self, painter: QPainter, region: QRegion | None = None) -> None:
        """Paint the panel and the view with the origin at the window's corner, or only what `region` touches of it."""
        try:
            if isinstance(self._view, Absent) and not self.editing:
                return
            painter.drawPixmap(0, 0, self._still_layer())
            canvas = self._canvas(painter)
            if isinstance(self._view, Notice):
                canvas.notice(self.widget.title, self._view.sentence)
            for cell, place in zip(self._cells, self._places, strict=True):
                if region is None or region.intersects(place):
                    cell.draw(canvas)
            if self.editing:
                painter.setPen(QPen(self._colours.you, 3 if self._selected else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(1.5, 1.5, canvas.width - 3, canvas.height - 3))
        except Exception:  # an exception that leaves a paint event ends the whole process
            log.exception("Painting %s failed", self.widget.title)

    def _still_layer(self) -> QPixmap:
        drawn = _is_drawn(self._view)
        ratio = self.devicePixelRatioF()
        key = (self.size(), ratio, self.composited, drawn, self.widget.still(self._view) if drawn else None)
        if self._still is None or self._still[0] != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                canvas = self._canvas(painter)
                if self.widget.has_panel or not drawn or not self.composited:
                    canvas.panel(opaque=not self.composited)
                if drawn:
                    self.widget.paint_still(canvas, self._view)
            self._still = (key, pixmap)
        return self._still[1]

    def _canvas(self, painter: QPainter) -> Canvas:
        return Canvas(painter, self._lettering, self._stamps, self.room, self._colours)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if self.editing and a0 is not None:
            self.pressed.emit(a0.globalPosition().toPoint(), a0.modifiers())

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if self.editing and a0 is not None:
            self.dragged.emit(a0.globalPosition().toPoint(), a0.modifiers())

    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        if self.editing:
            self.released.emit()

    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        if self.editing and a0 is not None and a0.angleDelta().y():
            self.turned.emit(a0.angleDelta().y() / 120)


def _is_drawn(view: object) -> bool:
    """Whether a view is the widget's own, rather than a sentence or nothing."""
    return not isinstance(view, Notice | Absent)
