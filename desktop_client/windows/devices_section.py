"""Which computers use my plan? Each can be named, and taken off so that another one can have its seat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from PyQt6.QtWidgets import QVBoxLayout

from contracts.license import ActivatedDevice, DeviceList
from desktop_client.account import Account
from desktop_client.gateway import GatewayRefused
from desktop_client.plans import Plans
from desktop_client.windows.device_row import DeviceRow
from desktop_client.windows.moments import day
from desktop_client.windows.page import text
from desktop_client.windows.section import Section

NONE_YET = DeviceList((), 0)


class DevicesSection(Section):
    """`clock` says what time it is, with its zone."""

    def __init__(
        self, account: Account, plans: Plans, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(account, "Computers")
        self._plans, self._clock = plans, clock
        self._is_asked_again = False
        self.rows: list[DeviceRow] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.seats = text("note")
        self.column.addWidget(self.seats)
        self.column.addLayout(self._rows)

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self._show(NONE_YET, None)
        self.say("")

    def load(self) -> None:
        """Ask which they are; while something else is asked, as soon as that is over."""
        self._is_asked_again = self.is_busy
        self.run(self._load)

    async def _load(self) -> None:
        self._show(await self._plans.devices(), await self._plans.this_device())

    def _show(self, devices: DeviceList, this: str | None) -> None:
        for shown in self.rows:
            self._rows.removeWidget(shown)
            shown.deleteLater()
        now = self._clock()
        latest_first = sorted(devices.devices, key=lambda each: (each.id == this, each.last_seen_at), reverse=True)
        self.rows = [DeviceRow(each, now, is_this=each.id == this) for each in latest_first]
        for shown in self.rows:
            shown.renamed.connect(lambda name, shown=shown: self._rename(shown.device, name))
            shown.removed.connect(lambda shown=shown: self._remove(shown.device))
            self._rows.addWidget(shown)
        self.seats.setText(_seats(devices))
        self.seats.setVisible(bool(self.seats.text()))

    def _rename(self, device: ActivatedDevice, name: str) -> None:
        self.run(lambda: self._then_load(self._plans.rename(device.id, name)))

    def _remove(self, device: ActivatedDevice) -> None:
        self.run(lambda: self._then_load(self._plans.remove(device.id)), f"{device.name} is taken off.")

    async def _then_load(self, work: Awaitable[None]) -> None:
        try:
            await work
        except GatewayRefused as refusal:
            if refusal.status != 404:  # it is off already: what was wanted is so
                raise
        await self._load()

    def _settle(self) -> None:
        super()._settle()
        if self._is_asked_again:
            self._is_asked_again = False
            self.run(self._load)


def _seats(devices: DeviceList) -> str:
    """How many are in use, and how many may still be taken off."""
    if not devices.max_devices:
        return ""
    used = f"{len(devices.devices)} of {devices.max_devices} in use."
    left, when = devices.transfers_left, devices.next_transfer_at
    if left is None:
        return used
    if left == 0:
        until = f" before {day(when)}" if when is not None else " for now"
        return f"{used} No more can be taken off for another{until}."
    return f"{used} {left} more can be taken off for others at the moment."
