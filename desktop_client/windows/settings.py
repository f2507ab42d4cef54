"""The settings window: at the left what there is, at the right the page of what is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_client.autostart import Autostart
from desktop_client.cloud import Cloud
from desktop_client.hotkeys.controllers import Controllers, NoControllers
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.settings import ClientSettings
from desktop_client.stream.seen import StreamSeen
from desktop_client.windows import look
from desktop_client.windows.account_page import AccountPage
from desktop_client.windows.controls import Dropdown, Toggle
from desktop_client.windows.fields import Option
from desktop_client.windows.games_page import GamesPage
from desktop_client.windows.general_page import GeneralPage
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.page import text
from desktop_client.windows.plan_page import PlanPage
from desktop_client.windows.profile_page import ProfilePage
from desktop_client.windows.stream_page import StreamPage
from desktop_client.windows.tracks_page import TracksPage
from desktop_client.windows.widget_page import WidgetPage

SIZE: Final = QSize(1010, 780)
SMALLEST: Final = QSize(990, 480)
TITLE_BAR: Final = QSize(0, 40)
NAV_WIDTH: Final = 236
PAGES: Final = {
    "general": "General",
    "profiles": "Profiles",
    "games": "Games",
    "tracks": "Track maps",
    "stream": "Streaming",
    "account": "Account",
    "plan": "Plan",
}
FIRST: Final = "general"


class SettingsWindow(QWidget):
    """Pages are made when they are first looked at."""

    def __init__(
        self,
        ledger: Ledger,
        client: ClientSettings,
        autostart: Autostart,
        hear: Callable[[ClientSettings], None],
        stream: Callable[[], StreamSeen | None],
        cloud: Cloud,
        open_controllers: Callable[[], Controllers] = NoControllers,
        open_sign_in: Callable[[], None] = lambda: None,
    ) -> None:
        """`hear` listens to the games as the driver wants them now; `stream` is how the browser source stands."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)  # or widgets would lie on it
        self.ledger = ledger
        self._makers: dict[str, Callable[[], QWidget]] = {
            "general": lambda: GeneralPage(self.ledger, autostart, open_controllers),
            "profiles": lambda: ProfilePage(self.ledger),
            "games": lambda: GamesPage(client, hear),
            "stream": lambda: StreamPage(self.ledger, stream),
            "tracks": lambda: TracksPage(cloud.maps, client.state, lambda: cloud.state),
            "account": lambda: AccountPage(cloud.account, open_sign_in),
            "plan": lambda: PlanPage(cloud.account, cloud.plans, open_sign_in),
        }
        self._makers |= {key: lambda key=key: WidgetPage(self.ledger, key) for key in WIDGETS}
        self.pages: dict[str, QWidget] = {}
        self.links: dict[str, QPushButton] = {}
        self.shown: dict[str, Toggle] = {}
        self.setWindowTitle("RaceOverlay settings")
        self.setWindowIcon(look.icon())
        self.setStyleSheet(look.style_sheet())
        self.setMinimumSize(SMALLEST)
        screen = self.screen()
        self.resize(SIZE if screen is None else SIZE.boundedTo(screen.availableSize() - TITLE_BAR))
        self.stack = QStackedWidget()
        self.problem = text("problem")
        self.problem.setContentsMargins(28, 8, 28, 8)
        self.problem.hide()
        line = QFrame()
        line.setObjectName("upright")
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.stack)
        right.addWidget(self.problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._navigation())
        row.addWidget(line)
        row.addLayout(right, 1)
        self.ledger.changed.connect(self._refresh)
        self.ledger.failed.connect(self._say)
        self._refresh()
        self.look_at(FIRST)

    def look_at(self, key: str) -> None:
        """Show a page: a key of `PAGES`, or of a widget."""
        if key not in self.pages:
            self.pages[key] = self._makers[key]()
            self.stack.addWidget(self.pages[key])
        self.stack.setCurrentWidget(self.pages[key])
        self.links[key].setChecked(True)

    def stop(self) -> None:
        """The program ends, and no answer is waited for."""
        for page in self.pages.values():
            if isinstance(page, AccountPage | PlanPage | TracksPage):
                page.stop()

    def _navigation(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 20, 12, 16)
        column.setSpacing(2)
        self.profile = Dropdown("Profile")
        self.profile.setSizeAdjustPolicy(Dropdown.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.profile.changed.connect(self.ledger.look_at)
        column.addWidget(text("heading", "Profile"))
        column.addSpacing(4)
        column.addWidget(self.profile)
        column.addSpacing(14)
        group = QButtonGroup(self)
        for key, words in PAGES.items():
            column.addWidget(self._link(key, words, group))
        column.addSpacing(14)
        column.addWidget(text("heading", "Widgets"))
        column.addSpacing(4)
        for key, widget in WIDGETS.items():
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(self._link(key, widget.title, group), 1)
            toggle = Toggle(f"{widget.title}: shown")
            toggle.changed.connect(lambda on, key=key: self._show_widget(key, on))
            self.shown[key] = toggle
            row.addWidget(toggle)
            column.addLayout(row)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(NAV_WIDTH)
        return scroll

    def _link(self, key: str, words: str, group: QButtonGroup) -> QPushButton:
        link = QPushButton(words)
        link.setObjectName("nav")
        link.setCheckable(True)
        link.setAutoDefault(False)
        link.clicked.connect(lambda: self.look_at(key))
        group.addButton(link)
        self.links[key] = link
        return link

    def _show_widget(self, key: str, on: bool) -> None:
        self.look_at(key)
        place = self.ledger.profile.place(key)
        self.ledger.keep_place(key, msgspec.structs.replace(place, shown=on))

    def _refresh(self) -> None:
        self.profile.offer(Option(name, name) for name in self.ledger.settings.profiles)
        self.profile.set_value(self.ledger.name)
        for key, toggle in self.shown.items():
            toggle.set_value(self.ledger.profile.place(key).shown)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
