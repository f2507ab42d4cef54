"""How the ordinary windows look: the overlay's own surface, type and colours, as Qt style sheets know them."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontDatabase, QIcon, QPainter, QPainterPath, QPen, QPixmap

from desktop_client.overlay import theme
from desktop_client.overlay.palette import DARK

FIELD = QColor(22, 28, 36)
FIELD_EDGE = QColor(58, 68, 80)
HOVER = QColor(32, 40, 50)
CHOSEN = QColor(26, 50, 70)  # under what is chosen, which a line or a tick says too
FADED = QColor(98, 108, 118)
FIXED = QFontDatabase.SystemFont.FixedFont
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128)


def style_sheet() -> str:
    """For the top of a window; everything in it follows."""
    return f"""
    QWidget {{ background: {_css(DARK.surface_opaque)}; color: {_css(DARK.text)};
               font-family: "{theme.family()}"; font-size: 14px; }}
    QLabel {{ background: transparent; }}
    QLabel#title {{ font-size: 22px; font-weight: 600; }}
    QLabel#caption, QLabel#note {{ color: {_css(DARK.text_dim)}; font-size: 13px; }}
    QLabel#problem {{ color: {_css(DARK.lost)}; font-size: 13px; }}
    QLineEdit {{ background: {_css(FIELD)}; border: 1px solid {_css(FIELD_EDGE)}; border-radius: 6px;
                 padding: 9px 12px; font-size: 15px; selection-background-color: {_css(DARK.you)};
                 selection-color: {_css(DARK.on_colour)}; }}
    QLineEdit#field {{ padding: 0 11px; min-height: 32px; font-size: 14px; }}
    QLineEdit:focus {{ border: 1px solid {_css(DARK.you)}; }}
    QLineEdit:disabled {{ color: {_css(DARK.text_dim)}; }}
    QPushButton#main {{ background: {_css(DARK.you)}; color: {_css(DARK.on_colour)}; border: 2px solid transparent;
                        border-radius: 6px; padding: 9px 16px; font-size: 15px; font-weight: 600; }}
    QPushButton#main:hover {{ background: {_css(DARK.you.lighter(112))}; }}
    QPushButton#main:focus {{ border: 2px solid {_css(DARK.text)}; }}
    QPushButton#main:disabled {{ background: {_css(FIELD_EDGE)}; color: {_css(DARK.text_dim)}; }}
    QPushButton#link {{ background: transparent; color: {_css(DARK.you)}; border: none; padding: 4px 2px; }}
    QPushButton#link:hover, QPushButton#link:focus {{ text-decoration: underline; }}
    QPushButton#link:disabled {{ color: {_css(DARK.text_dim)}; }}
    QPushButton {{ background: {_css(FIELD)}; border: 1px solid {_css(FIELD_EDGE)}; border-radius: 6px;
                   padding: 7px 14px; }}
    QPushButton:hover {{ background: {_css(HOVER)}; }}
    QPushButton:focus {{ border: 1px solid {_css(DARK.text_soft)}; }}
    QPushButton:disabled {{ color: {_css(FADED)}; background: {_css(DARK.surface_opaque)}; }}
    QPushButton::menu-indicator {{ image: none; width: 0; }}
    QPushButton#segment {{ border-radius: 0; border-left-width: 0; padding: 7px 13px; }}
    QPushButton#segment[place="first"] {{ border-left-width: 1px; border-top-left-radius: 6px;
                                          border-bottom-left-radius: 6px; }}
    QPushButton#segment[place="last"] {{ border-top-right-radius: 6px; border-bottom-right-radius: 6px; }}
    QPushButton#segment:checked, QPushButton#tick:checked {{ background: {_css(CHOSEN)}; color: {_css(DARK.you)}; }}
    QPushButton#segment:checked {{ border-bottom: 2px solid {_css(DARK.you)}; padding-bottom: 6px; }}
    QPushButton#tick {{ padding: 7px 12px; }}
    QPushButton#step {{ padding: 0; min-width: 32px; max-width: 32px; min-height: 32px; max-height: 32px;
                        font-size: 16px; }}
    QPushButton#trigger {{ text-align: left; padding: 7px 12px; }}
    QPushButton#trigger:checked {{ border: 1px solid {_css(DARK.you)}; color: {_css(DARK.you)}; }}
    QPushButton#danger {{ color: {_css(DARK.lost)}; }}
    QPushButton#danger:disabled {{ color: {_css(FADED)}; }}
    QPushButton#nav {{ background: transparent; border: none; border-radius: 6px; padding: 0 10px;
                       min-height: 29px; text-align: left; color: {_css(DARK.text_soft)}; }}
    QPushButton#nav:hover {{ background: {_css(FIELD)}; }}
    QPushButton#nav:focus {{ border: 1px solid {_css(FIELD_EDGE)}; }}
    QPushButton#nav:checked {{ background: {_css(CHOSEN)}; color: {_css(DARK.text)}; }}
    QLabel#code {{ font-family: "{QFontDatabase.systemFont(FIXED).family()}"; font-size: 15px; }}
    QLabel#planname {{ font-size: 17px; font-weight: 600; }}
    QLabel#price {{ font-size: 26px; font-weight: 600; }}
    QLabel#heading {{ color: {_css(DARK.text_dim)}; font-size: 12px; font-weight: 600; }}
    QFrame#line {{ background: {_css(FIELD)}; border: none; max-height: 1px; min-height: 1px; }}
    QFrame#upright {{ background: {_css(FIELD)}; border: none; max-width: 1px; min-width: 1px; }}
    QFrame#bar {{ border: 1px solid {_css(FIELD_EDGE)}; }}
    QFrame#bar QPushButton#main {{ font-size: 14px; padding: 6px 18px; }}
    QFrame#card, QFrame#own {{ border: 1px solid {_css(FIELD)}; border-radius: 8px; }}
    QFrame#own {{ border: 1px solid {_css(DARK.you)}; }}
    QDoubleSpinBox {{ background: {_css(FIELD)}; border: 1px solid {_css(FIELD_EDGE)}; border-radius: 6px;
                      padding: 0 6px; min-height: 32px; selection-background-color: {_css(DARK.you)};
                      selection-color: {_css(DARK.on_colour)}; }}
    QDoubleSpinBox:focus, QComboBox:focus {{ border: 1px solid {_css(DARK.you)}; }}
    QComboBox {{ background: {_css(FIELD)}; border: 1px solid {_css(FIELD_EDGE)}; border-radius: 6px;
                 padding: 0 34px 0 12px; min-height: 32px; }}
    QComboBox::drop-down {{ border: none; width: 30px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QAbstractItemView {{ border: 1px solid {_css(FIELD_EDGE)}; background: {_css(FIELD)};
                                   selection-background-color: {_css(CHOSEN)}; outline: none; padding: 4px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {_css(FIELD_EDGE)}; border-radius: 3px; min-height: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QToolTip {{ background: {_css(FIELD)}; color: {_css(DARK.text)}; border: 1px solid {_css(FIELD_EDGE)};
                padding: 4px 8px; }}
    QMenu {{ border: 1px solid {_css(FIELD_EDGE)}; padding: 4px; }}
    QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {_css(FIELD_EDGE)}; }}
    QMenu::separator {{ height: 1px; background: {_css(FIELD_EDGE)}; margin: 4px 8px; }}
    QMenu::item:disabled {{ color: {_css(DARK.text_dim)}; }}
    """


def icon() -> QIcon:
    """The product's sign: a corner taken on the racing line."""
    made = QIcon()
    for size in ICON_SIZES:
        made.addPixmap(mark(size))
    return made


def mark(size: int) -> QPixmap:
    """The sign as a square picture of `size` pixels."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 64, size / 64)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DARK.surface_opaque)
    painter.drawRoundedRect(QRectF(1, 1, 62, 62), 14, 14)
    road = QPainterPath(QPointF(16, 54))
    road.cubicTo(QPointF(16, 22), QPointF(22, 16), QPointF(50, 16))
    _stroke(painter, road, DARK.text_soft, 13)
    line = QPainterPath(QPointF(19, 54))
    line.cubicTo(QPointF(15, 26), QPointF(26, 19), QPointF(50, 19))
    _stroke(painter, line, DARK.you, 5)
    painter.end()
    return picture


def _stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)


def _css(colour: QColor) -> str:
    return colour.name()
