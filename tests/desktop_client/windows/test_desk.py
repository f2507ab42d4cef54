"""Who opens what: the tray's menu, the layout's bar and the settings, on a real overlay."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from loopback_gateway import EMAIL, PASSWORD
from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QPushButton, QSystemTrayIcon

from desktop_client.account import Account
from desktop_client.cloud import CloudState
from desktop_client.overlay.editor import Editor
from desktop_client.overlay.overlay import Overlay
from desktop_client.session import Stage
from desktop_client.settings import ClientSettings
from desktop_client.status import Snapshot
from desktop_client.windows.desk import Desk


@pytest.fixture
def overlay(qapp, tmp_path):
    made = Overlay(tmp_path, area=QRect(0, 0, 1920, 1080))
    yield made
    made.close()


@pytest.fixture
def desk(overlay, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    cloud: Any = SimpleNamespace(state=CloudState(is_configured=False), account=None, plans=None)
    made = Desk(cloud, Snapshot, lambda: None, Editor(overlay), ClientSettings(tmp_path), lambda _: None)
    yield made
    made.close()


@pytest.fixture
def tray(desk):
    return desk._tray


def test_no_window_is_made_before_it_is_asked_for(desk):
    assert (desk._bar, desk._settings, desk._sign_in) == (None, None, None)


def test_editing_begins_and_ends_from_the_tray(tray, overlay, desk):
    tray.edit.trigger()
    assert overlay.is_editing
    assert desk._bar.isVisible()
    tray.menu.aboutToShow.emit()
    assert tray.edit.text() == "End editing"
    tray.edit.trigger()
    assert not overlay.is_editing
    assert not desk._bar.isVisible()


def test_the_overlay_is_hidden_and_comes_back_from_the_tray(tray, overlay):
    tray.hide_all.trigger()
    assert overlay.is_hidden
    tray.menu.aboutToShow.emit()
    assert tray.hide_all.text() == "Show overlay"
    tray.hide_all.trigger()
    assert not overlay.is_hidden


def test_the_tray_offers_every_profile_with_the_worn_one_marked(tray, overlay):
    tray.menu.aboutToShow.emit()
    offered = {action.text(): action for action in tray.profiles.actions()}
    assert set(offered) == set(overlay.settings.profiles)
    assert [name for name, action in offered.items() if action.isChecked()] == ["Race"]
    offered["Calm"].trigger()
    assert overlay.settings.active == "Calm"


def test_the_settings_open_from_the_tray_and_at_the_chosen_widget_from_the_bar(tray, desk):
    tray.settings.trigger()
    window = desk._settings
    assert window.isVisible()
    window.close()
    desk.toggle_editing()
    desk._editor.select(["tyres"])
    desk._bar.settings.click()
    assert desk._settings is window
    assert window.isVisible()
    assert window.stack.currentWidget() is window.pages["tyres"]


def test_where_there_is_no_tray_the_status_page_leads_to_everything(desk, overlay, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    desk.open()
    offered = {button.text(): button for button in desk._status.findChildren(QPushButton)}
    assert set(offered) == {"Edit layout", "Settings", "Quit"}
    offered["Edit layout"].click()
    assert overlay.is_editing
    offered["Settings"].click()
    assert desk._settings.isVisible()


def test_a_profile_that_cannot_be_saved_does_not_end_the_program(tray, overlay, desk, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop_client.overlay.settings.save", full)
    tray.menu.aboutToShow.emit()
    next(action for action in tray.profiles.actions() if action.text() == "Calm").trigger()
    assert overlay.settings.active == "Calm"


def test_closing_the_desk_closes_every_window(desk, overlay):
    desk.toggle_editing()
    desk.open_settings("general")
    desk.close()
    assert not desk._bar.isVisible()
    assert not desk._settings.isVisible()
    assert not overlay.is_editing


def test_the_plan_in_the_tray_opens_its_page(desk, tray):
    tray.plan_asked.emit()
    assert desk._settings.isVisible()
    assert desk._settings.stack.currentWidget() is desk._settings.pages["plan"]


@pytest.fixture
def connected(overlay, tmp_path, monkeypatch, driver: Account):
    """A desk whose client has a gateway."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    cloud: Any = SimpleNamespace(state=CloudState(is_configured=True), account=driver, plans=None)
    made = Desk(cloud, Snapshot, lambda: None, Editor(overlay), ClientSettings(tmp_path), lambda _: None)
    yield made
    made.close()


def test_the_account_page_leads_to_the_sign_in_and_shows_the_account_then(
    connected: Desk, driver: Account, run: Callable[[Callable[[], object]], None]
) -> None:
    connected.open_settings("account")
    assert connected._settings is not None
    page: Any = connected._settings.pages["account"]
    page.sign_in.click()
    window = connected._sign_in
    assert window is not None
    window.email.setText(EMAIL)
    window.password.setText(PASSWORD)
    window.page.button.click()
    run(lambda: driver.state.stage is Stage.SIGNED_IN and len(page.sign_ins.rows) == 1)
    run(lambda: connected._sign_in is None)
    assert page.who.text() == EMAIL


def test_signing_out_in_the_tray_empties_the_account_page(
    connected: Desk, driver: Account, run: Callable[[Callable[[], object]], None], do: Callable[[Any], object]
) -> None:
    do(driver.sign_in(EMAIL, PASSWORD))
    connected.open_settings("account")
    assert connected._settings is not None
    page: Any = connected._settings.pages["account"]
    run(lambda: len(page.sign_ins.rows) == 1)
    connected._tray.sign_out.trigger()
    run(lambda: driver.state.stage is Stage.SIGNED_OUT)
    assert page.sign_ins.rows == []


def test_closing_the_desk_ends_what_the_account_page_was_asking(
    connected: Desk,
    driver: Account,
    server: Any,
    run: Callable[[Callable[[], object]], None],
    do: Callable[[Any], object],
) -> None:
    do(driver.sign_in(EMAIL, PASSWORD))
    server.trouble["GET /auth/sessions"] += [server.hangs]
    connected.open_settings("account")
    run(lambda: server.asked["GET /auth/sessions"])
    assert connected._settings is not None
    page: Any = connected._settings.pages["account"]
    assert page.sign_ins.is_busy
    connected.close()
    run(lambda: not page.sign_ins.is_busy)


def test_without_a_gateway_nobody_is_asked_to_sign_in(desk: Desk) -> None:
    desk.open_sign_in()
    assert desk._sign_in is None
