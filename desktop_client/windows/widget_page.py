"""The settings of one widget, beside a picture of what they make of it."""

from __future__ import annotations

from typing import Final

import msgspec

from desktop_client.overlay.layout import BIGGEST, SMALLEST
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.windows.controls import Checks, Stepper, Toggle
from desktop_client.windows.fields import Option
from desktop_client.windows.form import Form, FormGrid
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.page import Page, text
from desktop_client.windows.preview import Preview
from desktop_client.windows.words import SITUATIONS, WORDS

STEP_PERCENT: Final = 5


class WidgetPage(Page):
    """Follows the ledger's profile. It is made when it is first looked at."""

    def __init__(self, ledger: Ledger, key: str) -> None:
        super().__init__(WIDGETS[key].title)
        self.key = key
        self._ledger = ledger
        self.shown = Toggle("Shown")
        self.head.addWidget(text("caption", "Shown"))
        self.head.addWidget(self.shown)
        self.preview = Preview()
        self.pin(self.preview)
        self.form = Form(self._chosen, WORDS.get(key))
        self.add(self.form)
        self.add_heading("Place")
        self.scale = Stepper("Size", SMALLEST * 100, BIGGEST * 100, 0, STEP_PERCENT, "%")
        self.hidden_in = Checks("Hidden", [Option(situation, words) for situation, words in SITUATIONS.items()])
        place = FormGrid()
        place.add("Size", self.scale)
        place.add("Hidden", self.hidden_in)
        self.add(place)
        self.form.changed.connect(lambda chosen: ledger.keep_widget(key, chosen))
        self.shown.changed.connect(lambda on: self._put(shown=on))
        self.scale.changed.connect(lambda percent: self._put(scale=percent / 100))
        self.hidden_in.changed.connect(lambda chosen: self._put(hidden_in=frozenset(chosen)))
        ledger.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands in the ledger."""
        place = self._ledger.profile.place(self.key)
        if self.form.value != self._chosen:
            self.form.show_value(self._chosen)
        self.shown.set_value(place.shown)
        self.scale.set_value(round(place.scale * 100))
        self.hidden_in.set_value(place.hidden_in)
        self.preview.show_widget(WIDGETS[self.key](self._chosen), THEMES[self._ledger.profile.theme], place.scale)

    @property
    def _chosen(self) -> msgspec.Struct:
        return getattr(self._ledger.profile.widgets, self.key)

    def _put(self, **changes: object) -> None:
        place = self._ledger.profile.place(self.key)
        self._ledger.keep_place(self.key, msgspec.structs.replace(place, **changes))
