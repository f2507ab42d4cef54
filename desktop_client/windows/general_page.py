"""What is chosen once: how often the overlay is painted, its colours, when it starts, and the hotkeys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, get_args

import msgspec

from desktop_client.autostart import Autostart
from desktop_client.hotkeys.controllers import Controllers, NoControllers
from desktop_client.overlay.clock import RATES_HZ
from desktop_client.overlay.hotkeys import Wish
from desktop_client.overlay.palette import ThemeName
from desktop_client.windows.controls import Segments, Toggle
from desktop_client.windows.fields import Option, option_words
from desktop_client.windows.form import FormGrid
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.page import Page, text
from desktop_client.windows.trigger_field import TriggerField
from desktop_client.windows.words import WISHES

log = logging.getLogger(__name__)

RATE_NOTE: Final = "How often the overlay is painted at most. 30 times a second is smooth, and spares the game."
RECORDER_NOTE: Final = "Ordinary windows, which a recorder can list. From the next start of RaceOverlay on."
HOTKEYS_NOTE: Final = "Click one, then press keys or a button of your wheel. Esc leaves it as it is."


class GeneralPage(Page):
    def __init__(
        self, ledger: Ledger, autostart: Autostart, open_controllers: Callable[[], Controllers] = NoControllers
    ) -> None:
        super().__init__("General")
        self._ledger, self._autostart = ledger, autostart
        self.rate = Segments("Painting", [Option(hz, f"{hz} Hz") for hz in RATES_HZ])
        self.theme = Segments("Colours", [Option(name, option_words("theme", name)) for name in get_args(ThemeName)])
        self.capturable = Toggle("Windows for recorders")
        self.starts = Toggle("Start with the computer")
        grid = FormGrid()
        grid.add("Painting", self.rate, RATE_NOTE)
        grid.add("Colours of this profile", self.theme)
        grid.add("Windows for recorders", self.capturable, RECORDER_NOTE)
        grid.add("Start with the computer", self.starts)
        self.add(grid)
        self.add_heading("Hotkeys")
        self.add(text("note", HOTKEYS_NOTE))
        self.triggers = {wish: TriggerField(words, open_controllers) for wish, words in WISHES.items()}
        keys = FormGrid()
        for wish, field in self.triggers.items():
            keys.add(WISHES[wish], field)
            field.changed.connect(lambda trigger, wish=wish: self._bind(wish, trigger))
            field.waits.connect(ledger.capturing)
        self.add(keys)
        self.problem = text("problem")
        self.problem.hide()
        self.add(self.problem)
        self.rate.changed.connect(lambda hz: self._keep(clock_hz=hz))
        self.capturable.changed.connect(lambda on: self._keep(capturable=on))
        self.theme.changed.connect(self._wear)
        self.starts.changed.connect(self._start_with_computer)
        ledger.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands in the ledger and on this computer."""
        settings = self._ledger.settings
        self.rate.set_value(settings.clock_hz)
        self.theme.set_value(self._ledger.profile.theme)
        self.capturable.set_value(settings.capturable)
        self.starts.set_value(self._autostart.is_on())
        for wish, field in self.triggers.items():
            field.set_value(getattr(settings.hotkeys, wish))

    def _bind(self, wish: Wish, trigger: str) -> None:
        hotkeys = self._ledger.settings.hotkeys
        twins = [other for other in Wish if other is not wish and trigger and getattr(hotkeys, other) == trigger]
        self._keep(hotkeys=msgspec.structs.replace(hotkeys, **{wish: trigger, **dict.fromkeys(twins, "")}))
        words = ", ".join(WISHES[other] for other in twins)
        self._say(f"It was taken from: {words}." if twins else "", is_problem=False)

    def _wear(self, theme: ThemeName) -> None:
        self._ledger.keep_profile(msgspec.structs.replace(self._ledger.profile, theme=theme))

    def _start_with_computer(self, on: bool) -> None:
        try:
            self._autostart.turn(on)
        except OSError as error:
            log.warning("the start with the computer cannot be changed: %s", error)
            self._say(f"This computer does not let it be changed: {error.strerror or error}.")
        self.starts.set_value(self._autostart.is_on())

    def _keep(self, **changes: object) -> None:
        self._ledger.keep(msgspec.structs.replace(self._ledger.settings, **changes))

    def _say(self, sentence: str, *, is_problem: bool = True) -> None:
        self.problem.setObjectName("problem" if is_problem else "note")
        self.problem.setStyleSheet(self.problem.styleSheet())  # the name chooses the colour
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
