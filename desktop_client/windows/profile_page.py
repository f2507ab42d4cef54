"""The profiles: which there are, when each is worn, and how one is given to somebody else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton

from desktop_client.files import write_atomically
from desktop_client.overlay import shelf
from desktop_client.overlay.exchange import LARGEST, LONGEST_NAME, SUFFIX, CannotImport, packed, tidy_name, unpacked
from desktop_client.overlay.presets import LAYOUTS, PresetName
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.windows.controls import Dropdown, Line, Toggle
from desktop_client.windows.fields import Option
from desktop_client.windows.form import FormGrid
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.page import Page, text
from desktop_client.windows.words import SESSIONS

SWITCH_NOTE: Final = "The profile that is made for the game, the class and the session is worn without being asked."
WORN_NOTE: Final = "Where several profiles fit, the one that asks for most is worn."
FILES: Final = f"Profiles (*{SUFFIX})"
READABLE: Final = 0o644
WIDTH: Final = 320


class ProfilePage(Page):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__("Profiles", "A profile is a layout with all its settings. The one shown at the left is worn.")
        self._ledger = ledger
        self.switch = Toggle("Change by itself")
        top = FormGrid()
        top.add("Change by itself", self.switch, SWITCH_NOTE)
        self.new, self.copy, self.import_ = QPushButton("New …"), QPushButton("Copy"), QPushButton("Import …")
        self.export, self.delete = QPushButton("Export …"), QPushButton("Delete")
        self.delete.setObjectName("danger")
        self.presets = QMenu(self.new)
        for preset in LAYOUTS:
            self.presets.addAction(f"From {preset}", functools.partial(self.begin, preset))
        self.new.setMenu(self.presets)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.new, self.copy, self.import_, self.export, self.delete):
            row.addWidget(button)
        row.addStretch()
        self.name = Line("Name", longest=LONGEST_NAME)
        self.game = Dropdown("Game", [Option(None, "Any game"), *(Option(k, game.title) for k, game in GAMES.items())])
        self.car_class = Line("Class", "Any class", longest=LONGEST_NAME)
        self.session = Dropdown("Session", [Option(kind, words) for kind, words in SESSIONS.items()])
        for control in (self.name, self.game, self.car_class, self.session):
            control.setFixedWidth(WIDTH)
        worn = FormGrid()
        worn.add("Name", self.name)
        worn.add("Made for the game", self.game)
        worn.add("Made for the class", self.car_class)
        worn.add("Made for the session", self.session, WORN_NOTE)
        self.problem = text("problem")
        self.problem.hide()
        self.add(row)
        self.add(self.problem)
        self.add(worn)
        self.add_heading("All profiles")
        self.add(top)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands in the ledger."""
        profile = self._ledger.profile
        self.name.set_value(self._ledger.name)
        self.game.set_value(profile.wanted.game)
        self.car_class.set_value(profile.wanted.car_class or "")
        self.session.set_value(profile.wanted.session)
        self.switch.set_value(self._ledger.settings.switch_profiles)
        is_last = len(self._ledger.settings.profiles) == 1
        self.delete.setEnabled(not is_last)
        self.delete.setToolTip("The last profile cannot be deleted." if is_last else "")

    def begin(self, preset: PresetName) -> None:
        """A new profile as it comes with the product."""
        self._wear(shelf.added(self._ledger.settings, preset, Profile(preset=preset)))

    def export_to(self, file: Path) -> None:
        """Write the profile into a file of its own."""
        try:
            write_atomically(file, packed(self._ledger.name, self._ledger.profile), READABLE)
        except OSError as error:
            self._say(f"{file.name} cannot be written: {error.strerror or error}.")

    def import_from(self, file: Path) -> None:
        """Add the profile in a file, and wear it."""
        try:
            with file.open("rb") as opened:
                name, profile = unpacked(opened.read(LARGEST + 1))
        except OSError as error:
            self._say(f"{file.name} cannot be read: {error.strerror or error}.")
        except CannotImport as refused:
            self._say(str(refused))
        else:
            self._wear(shelf.added(self._ledger.settings, name, profile))

    def _connect(self) -> None:
        ledger = self._ledger
        self.copy.clicked.connect(lambda: self._wear(shelf.copied(ledger.settings, ledger.name)))
        self.delete.clicked.connect(lambda: self._wear(shelf.deleted(ledger.settings, ledger.name)))
        self.export.clicked.connect(self._ask_where_to)
        self.import_.clicked.connect(self._ask_what)
        self.name.changed.connect(self._rename)
        self.game.changed.connect(lambda game: self._want(game=game))
        self.car_class.changed.connect(lambda words: self._want(car_class=words or None))
        self.session.changed.connect(lambda kind: self._want(session=kind))
        self.switch.changed.connect(self._switch)
        ledger.changed.connect(self.refresh)

    def _wear(self, settings: OverlaySettings) -> None:
        self._say("")
        self._ledger.name = settings.active
        self._ledger.keep(settings)

    def _rename(self, to: str) -> None:
        was = self._ledger.name
        try:
            settings = shelf.renamed(self._ledger.settings, was, to)
        except shelf.BadName as refused:
            self._say(str(refused))
            self.name.set_value(was)
            return
        self._say("")
        self._ledger.name = tidy_name(to)
        self._ledger.keep(settings)

    def _want(self, **changes: object) -> None:
        wanted = msgspec.structs.replace(self._ledger.profile.wanted, **changes)
        self._ledger.keep_profile(msgspec.structs.replace(self._ledger.profile, wanted=wanted))

    def _switch(self, on: bool) -> None:
        self._ledger.keep(msgspec.structs.replace(self._ledger.settings, switch_profiles=on))

    def _ask_where_to(self) -> None:
        suggested = "".join(c if c.isalnum() or c in " -_" else "_" for c in self._ledger.name) + SUFFIX
        _ask(self, QFileDialog.AcceptMode.AcceptSave, "Export the profile", suggested, self.export_to)

    def _ask_what(self) -> None:
        _ask(self, QFileDialog.AcceptMode.AcceptOpen, "Import a profile", "", self.import_from)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))


def _ask(page: ProfilePage, mode: QFileDialog.AcceptMode, title: str, file: str, then: Callable[[Path], None]) -> None:
    """Ask for a file without stopping the world: the telemetry goes on while the dialog is open."""
    dialog = QFileDialog(page.window(), title, "", FILES)
    dialog.setAcceptMode(mode)
    dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
    if file:
        dialog.selectFile(file)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
