"""From the settings' triggers to what happens: bound at once, and what cannot be bound is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from PyQt6.QtCore import QObject, QTimer

from desktop_client.hotkeys.controllers import Controllers
from desktop_client.hotkeys.keyboard import Keyboard, Press
from desktop_client.hotkeys.triggers import Button, Chord, parse
from desktop_client.overlay.hotkeys import Hotkeys, Wish

LOOK_HZ: Final = 25  # at the controllers: a finger is longer on a button than one period

SAYS: Final = {
    Wish.HIDE: "hiding the overlay",
    Wish.EDIT: "editing the layout",
    Wish.NEXT_PROFILE: "the next profile",
    Wish.MAP_VIEW: "the map's view",
}


class HotkeyService(QObject):
    """Lives in the Qt thread, where `actions` are called."""

    def __init__(
        self,
        actions: Mapping[Wish, Callable[[], object]],
        make_keyboard: Callable[[Press], Keyboard],
        controllers: Controllers,
    ) -> None:
        super().__init__()
        self._actions = actions
        self._keyboard = make_keyboard(self._press)
        self._controllers = controllers
        self._hotkeys: Hotkeys | None = None
        self._wishes: dict[Chord | Button, list[Wish]] = {}
        self._refused: dict[Chord, str] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LOOK_HZ)
        self._timer.timeout.connect(self.look)

    def bind(self, hotkeys: Hotkeys) -> None:
        """Hear these and no others from now on. The same ones again cost nothing."""
        if hotkeys == self._hotkeys:
            return
        self._hotkeys = hotkeys
        self._wishes = wishes(hotkeys)
        self._refused = self._keyboard.bind(trigger for trigger in self._wishes if isinstance(trigger, Chord))
        if self._bound_controllers:
            self._controllers.pressed(self._bound_controllers)  # learns what is held now
            self._timer.start()
        else:
            self._timer.stop()

    @property
    def is_looking(self) -> bool:
        """Whether controllers are looked at."""
        return self._timer.isActive()

    def problems(self) -> tuple[str, ...]:
        """A sentence for everything that is bound and cannot be heard."""
        keys = [f"{chord} for {self._said(chord)}: {why}." for chord, why in self._refused.items()]
        absent = self._controllers.missing(self._bound_controllers)
        buttons = [
            f"{button.words} for {self._said(button)}: this controller is not plugged in."
            for button in self._wishes
            if isinstance(button, Button) and button.controller in absent
        ]
        return (*keys, *buttons)

    def look(self) -> None:
        """Look at the controllers."""
        for button in self._controllers.pressed(self._bound_controllers):
            self._press(button)

    def stop(self) -> None:
        """Give everything back to the system."""
        self._timer.stop()
        self._keyboard.close()
        self._controllers.close()

    @property
    def _bound_controllers(self) -> set[int]:
        return {button.controller for button in self._wishes if isinstance(button, Button)}

    def _press(self, trigger: Chord | Button) -> None:
        for wish in self._wishes.get(trigger, ()):
            self._actions[wish]()

    def _said(self, trigger: Chord | Button) -> str:
        return " and ".join(SAYS[wish] for wish in self._wishes[trigger])


def wishes(hotkeys: Hotkeys) -> dict[Chord | Button, list[Wish]]:
    """What each trigger asks for; one trigger may ask for several things."""
    asked: dict[Chord | Button, list[Wish]] = {}
    for wish, trigger in msgspec.structs.asdict(hotkeys).items():
        understood = parse(trigger)
        if understood is not None:
            asked.setdefault(understood, []).append(Wish(wish))
    return asked
