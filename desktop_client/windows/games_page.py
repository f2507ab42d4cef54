"""Which games are listened to, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import msgspec
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from desktop_client.games_file import CannotKeep, keep_games
from desktop_client.settings import FIRST_GAME, ClientSettings
from desktop_client.telemetry.catalogue import GAMES, Game
from desktop_client.telemetry.source import GameSettings, UdpInlet
from desktop_client.windows.controls import Toggle
from desktop_client.windows.form import AutomaticEntry, Form
from desktop_client.windows.page import Page, text

INTRO: Final = "RaceOverlay hears all of them at once, and shows the one that speaks."
LABELS: Final = {"port": "Port", "host": "Computer or console", "password": "Password"}
HOST: Final = "192.0.2.1"  # of nobody: an adapter is asked what it would do with one


@dataclass(frozen=True, slots=True)
class Needs:
    """The fields that mean something to a game, the port it usually has, and whether it never runs on this computer."""

    fields: tuple[str, ...]
    port: int | None
    is_elsewhere: bool = False


def needs(game: Game) -> Needs:
    """Found by asking the adapter: a game that is read from memory needs nothing."""
    usual, told = (
        [inlet for inlet in game.make(settings).inlets if isinstance(inlet, UdpInlet)]
        for settings in (GameSettings(), GameSettings(host=HOST))
    )
    if not told:
        return Needs((), None)
    spoken = [game.make(GameSettings(host=HOST, password=word)).due(0.0) for word in ("", "word")]
    password = ("password",) if spoken[0] != spoken[1] else ()
    peer = told[0].peer
    is_elsewhere = peer is not None and usual[0].peer is None
    return Needs(("port", "host", *password), peer[1] if peer else told[0].port, is_elsewhere)


class GamesPage(Page):
    """Writes client.toml; `hear` listens to the games as they are now."""

    def __init__(self, settings: ClientSettings, hear: Callable[[ClientSettings], None]) -> None:
        super().__init__("Games", INTRO)
        self._settings, self._hear = settings, hear
        self.problem = text("problem")
        self.problem.hide()
        self.add(self.problem)
        self.cards = {key: GameCard(game, _told(settings, key)) for key, game in GAMES.items()}
        for key, card in self.cards.items():
            card.changed = lambda chosen, key=key: self._keep(key, chosen)
            self.add(card)

    def _keep(self, key: str, chosen: GameSettings) -> None:
        games = {**{each: _told(self._settings, each) for each in GAMES}, key: chosen}
        first = games[FIRST_GAME].port or ClientSettings(self._settings.state).telemetry_port
        self._settings = msgspec.structs.replace(self._settings, games=games, telemetry_port=first)
        self._hear(self._settings)
        try:
            keep_games(self._settings.state, games)
        except CannotKeep as problem:
            self.problem.setText(str(problem))
        else:
            self.problem.clear()
        self.problem.setVisible(bool(self.problem.text()))


class GameCard(QFrame):
    """One game: whether it is heard, what to switch on in it, and where it is."""

    def __init__(self, game: Game, settings: GameSettings) -> None:
        super().__init__()
        self.setObjectName("card")
        self.changed: Callable[[GameSettings], None] = lambda _: None
        self.settings = settings
        self.enabled = Toggle(game.title, on=settings.enabled)
        title = QLabel(game.title)
        title.setStyleSheet("font-weight: 600;")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.enabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(text("note", game.how_to))
        needed = needs(game)
        self.form = Form(settings, LABELS, only=needed.fields)
        self._dress(needed)
        column.addWidget(self.form)
        self.form.setVisible(settings.enabled and bool(needed.fields))
        self.enabled.changed.connect(self._enable)
        self.enabled.changed.connect(lambda on: self.form.setVisible(on and bool(needed.fields)))
        self.form.changed.connect(self._take)

    def _dress(self, needed: Needs) -> None:
        for name, entry in self.form.entries.items():
            if isinstance(entry, AutomaticEntry) and needed.port is not None:
                entry.explain(f"{needed.port}, as usual", needed.port)
            if isinstance(entry.control, QLineEdit):
                entry.control.setFixedWidth(240)
                where = "Its address" if needed.is_elsewhere else "This one"
                entry.control.setPlaceholderText(where if name == "host" else "")
            if name == "password":
                entry.control.setEchoMode(QLineEdit.EchoMode.Password)

    def _enable(self, on: bool) -> None:
        self._take(msgspec.structs.replace(self.settings, enabled=on))
        self.form.show_value(self.settings)

    def _take(self, settings: msgspec.Struct) -> None:
        self.settings = cast(GameSettings, settings)
        self.changed(self.settings)


def _told(settings: ClientSettings, key: str) -> GameSettings:
    """What is said about a game. The port of the first one may stand outside of its table."""
    told = settings.games.get(key, GameSettings())
    if key == FIRST_GAME and settings.telemetry_port != ClientSettings(settings.state).telemetry_port:
        return msgspec.structs.replace(told, port=settings.telemetry_port)
    return told
