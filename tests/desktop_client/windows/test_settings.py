"""The settings window: every page, on a real overlay that keeps what is chosen."""

import msgspec
import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QGuiApplication

from desktop_client.autostart import LinuxAutostart
from desktop_client.cloud import Cloud
from desktop_client.hotkeys.triggers import Button
from desktop_client.overlay import settings as saved
from desktop_client.overlay.exchange import packed
from desktop_client.overlay.hotkeys import Wish
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.presets import LAYOUTS
from desktop_client.overlay.profiles import Profile, Wanted
from desktop_client.overlay.streaming import StreamSettings
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.race.situation import Situation
from desktop_client.settings import ClientSettings
from desktop_client.stream.seen import StreamSeen
from desktop_client.telemetry.frame import SessionKind
from desktop_client.windows.ledger import Ledger
from desktop_client.windows.settings import PAGES, SettingsWindow

LEFT = Qt.MouseButton.LeftButton


class Wheel:
    """A controller whose buttons are pressed when a test says so."""

    def __init__(self) -> None:
        self.down: list[Button] = []
        self.is_open = True

    def pressed(self, wanted=None):
        pressed, self.down = self.down, []
        return pressed

    def missing(self, wanted):
        return []

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def overlay(qapp, tmp_path):
    made = Overlay(tmp_path, area=QRect(0, 0, 1920, 1080))
    yield made
    made.close()


@pytest.fixture
def wheel():
    return Wheel()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def streams():
    return []


@pytest.fixture
def window(qtbot, overlay, tmp_path, wheel, heard, streams):
    client = ClientSettings(tmp_path)
    starts = LinuxAutostart(["raceoverlay"], {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    made = SettingsWindow(
        Ledger(overlay),
        client,
        starts,
        heard.append,
        lambda: streams[-1] if streams else None,
        Cloud(client),
        lambda: wheel,
    )
    qtbot.addWidget(made)
    made.show()
    return made


def page(window, key):
    window.look_at(key)
    return window.pages[key]


def kept(tmp_path):
    return saved.load(tmp_path)


def test_only_the_page_that_is_looked_at_is_made(window):
    assert set(window.pages) == {"general"}
    page(window, "dash")
    assert set(window.pages) == {"general", "dash"}


@pytest.mark.parametrize("key", [*PAGES, *WIDGETS])
def test_no_page_is_broader_than_the_window(window, key):
    window.resize(window.minimumSize())
    shown = page(window, key)
    assert shown.inside.minimumSizeHint().width() <= shown.width()
    assert not window.grab().isNull()


def test_a_field_of_a_widget_changes_the_overlay_the_preview_and_the_file(window, overlay, tmp_path):
    standings = page(window, "standings")
    before = standings.preview.grab().toImage()
    standings.form.entries["tyre"].control.click()
    assert not overlay.windows["standings"].widget.settings.tyre
    assert not kept(tmp_path).profile.widgets.standings.tyre
    assert standings.preview.grab().toImage() != before


def test_the_preview_wears_the_colours_of_the_profile(window):
    dash = page(window, "dash")
    before = dash.preview.grab().toImage()
    page(window, "general").theme.group.button(1).click()
    assert window.ledger.profile.theme == "light"
    assert dash.preview.grab().toImage() != before


@pytest.mark.parametrize("key", WIDGETS)
def test_every_preview_fits_into_its_picture(window, key):
    shown = page(window, key)
    shown.scale.spin.setValue(400)
    shown.preview.grab()
    assert shown.preview.drawn_size.height() <= shown.preview.height()
    assert shown.preview.drawn_size.width() <= shown.preview.width()


def test_a_widget_is_shown_and_hidden_in_the_list_and_on_its_page(window, overlay):
    assert "energy" not in overlay.windows
    window.shown["energy"].click()
    assert "energy" in overlay.windows
    assert page(window, "energy").shown.value
    page(window, "energy").shown.click()
    assert "energy" not in overlay.windows
    assert not window.shown["energy"].value


def test_a_widget_has_a_size_and_places_where_it_is_not_seen(window, tmp_path):
    relative = page(window, "relative")
    relative.scale.spin.setValue(150)
    relative.hidden_in.buttons[1].click()
    place = kept(tmp_path).profile.place("relative")
    assert place.scale == 1.5
    assert place.hidden_in == {Situation.PIT, Situation.GARAGE}
    assert (place.x, place.y) == (LAYOUTS["Race"]["relative"].x, LAYOUTS["Race"]["relative"].y)


def test_the_clock_runs_at_the_chosen_rate_at_once(window, overlay, tmp_path):
    page(window, "general").rate.group.button(3).click()
    assert overlay.clock.period_s == 1 / 60
    assert kept(tmp_path).clock_hz == 60


def test_it_starts_with_the_computer(window, tmp_path):
    general = page(window, "general")
    general.starts.click()
    assert len(list((tmp_path / "config" / "autostart").iterdir())) == 1
    general.starts.click()
    assert not list((tmp_path / "config" / "autostart").iterdir())


def test_a_computer_that_does_not_let_it_start_says_so(window, tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    general = page(window, "general")
    general.starts.click()
    assert not general.starts.value
    assert "does not let it be changed" in general.problem.text()


def test_a_hotkey_is_chosen_by_pressing_it(window, qtbot, tmp_path):
    field = page(window, "general").triggers[Wish.HIDE]
    capturing = []
    window.ledger.capturing.connect(capturing.append)
    qtbot.mouseClick(field.button, LEFT)
    assert capturing == [True]
    assert field.button.text() == "Press keys or a button …"
    qtbot.keyPress(field.button, Qt.Key.Key_Control)
    assert field.button.text() == "Ctrl+"
    qtbot.keyPress(field.button, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
    assert field.button.text() == "Ctrl+F8"
    assert kept(tmp_path).hotkeys.hide == "Ctrl+F8"
    assert capturing == [True, False]


def test_a_hotkey_is_chosen_by_a_button_of_the_wheel(window, qtbot, wheel, tmp_path):
    field = page(window, "general").triggers[Wish.MAP_VIEW]
    qtbot.mouseClick(field.button, LEFT)
    wheel.down = [Button(0, 5)]
    qtbot.waitUntil(lambda: not field.is_waiting)
    assert kept(tmp_path).hotkeys.map_view == "joy:0:5"
    assert field.button.text() == "Controller 1, button 6"
    assert not wheel.is_open


def test_escape_leaves_a_hotkey_and_clear_takes_it_away(window, qtbot, tmp_path):
    field = page(window, "general").triggers[Wish.EDIT]
    qtbot.mouseClick(field.button, LEFT)
    qtbot.keyPress(field.button, Qt.Key.Key_Escape)
    assert not field.is_waiting
    assert field.button.text() == "Ctrl+Alt+E"
    qtbot.mouseClick(field.clear, LEFT)
    assert kept(tmp_path).hotkeys.edit == ""
    assert field.button.text() == "None"


def test_one_chord_asks_for_one_thing(window, qtbot, tmp_path):
    general = page(window, "general")
    general.triggers[Wish.HIDE].take("Ctrl+Alt+E")
    assert (kept(tmp_path).hotkeys.hide, kept(tmp_path).hotkeys.edit) == ("Ctrl+Alt+E", "")
    assert general.problem.text() == "It was taken from: Edit the layout."


def test_another_profile_is_worn_when_it_is_looked_at(window, overlay):
    window.profile.setCurrentIndex(window.profile.findText("Calm"))
    window.profile.activated.emit(window.profile.currentIndex())
    assert overlay.settings.active == "Calm"
    assert not window.shown["standings"].value


def test_a_profile_that_is_worn_by_itself_meanwhile_does_not_get_what_was_meant_for_the_one_in_sight(window, overlay):
    standings = page(window, "standings")
    overlay.change(msgspec.structs.replace(overlay.settings, active="Calm"))
    standings.form.entries["tyre"].control.click()
    assert not overlay.settings.profiles["Race"].widgets.standings.tyre
    assert overlay.settings.profiles["Calm"].widgets.standings.tyre
    assert window.profile.value == "Race"


def test_profiles_are_made_copied_renamed_and_deleted(window, overlay):
    profiles = page(window, "profiles")
    next(action for action in profiles.presets.actions() if action.text() == "From Endurance").trigger()
    assert overlay.settings.active == "Endurance 2"
    profiles.name.setText("Le Mans")
    profiles.name.editingFinished.emit()
    assert overlay.settings.active == "Le Mans"
    profiles.copy.click()
    assert overlay.settings.active == "Le Mans copy"
    assert overlay.settings.profile == overlay.settings.profiles["Le Mans"]
    profiles.delete.click()
    assert "Le Mans copy" not in overlay.settings.profiles


def test_a_name_that_is_taken_is_said(window, overlay):
    profiles = page(window, "profiles")
    profiles.name.setText("Calm")
    profiles.name.editingFinished.emit()
    assert profiles.problem.text() == "There is a profile named Calm already."
    assert profiles.name.text() == "Race"
    assert overlay.settings.active == "Race"


def test_a_profile_that_is_not_worn_can_be_renamed_too(window, overlay):
    overlay.change(msgspec.structs.replace(overlay.settings, active="Calm"))
    profiles = page(window, "profiles")
    profiles.name.setText("Sprint")
    profiles.name.editingFinished.emit()
    assert (window.ledger.name, overlay.settings.active) == ("Sprint", "Calm")
    assert next(iter(overlay.settings.profiles)) == "Sprint"


def test_a_profile_is_made_for_a_game_a_class_and_a_session(window, tmp_path):
    profiles = page(window, "profiles")
    for control, value in ((profiles.game, "f1"), (profiles.session, SessionKind.QUALIFYING)):
        control.set_value(value)
        control.activated.emit(control.currentIndex())
    profiles.car_class.setText("GT3")
    profiles.car_class.editingFinished.emit()
    assert kept(tmp_path).profile.wanted == Wanted("f1", "GT3", SessionKind.QUALIFYING)
    profiles.session.setCurrentIndex(0)
    profiles.session.activated.emit(0)
    assert kept(tmp_path).profile.wanted == Wanted("f1", "GT3", None)


def test_a_profile_goes_out_as_a_file_and_comes_back_under_another_name(window, overlay, tmp_path):
    profiles = page(window, "profiles")
    profiles.export_to(tmp_path / "race.json")
    profiles.import_from(tmp_path / "race.json")
    assert overlay.settings.active == "Race 2"
    assert overlay.settings.profile == overlay.settings.profiles["Race"]


def test_a_file_that_holds_no_profile_is_one_sentence(window, overlay, tmp_path):
    profiles = page(window, "profiles")
    (tmp_path / "broken.json").write_bytes(packed("x", Profile()).replace(b'"dark"', b'"pink"'))
    profiles.import_from(tmp_path / "broken.json")
    assert "`theme`" in profiles.problem.text()
    profiles.import_from(tmp_path / "nowhere.json")
    assert profiles.problem.text() == "nowhere.json cannot be read: No such file or directory."
    assert overlay.settings.active == "Race"


def test_the_last_profile_cannot_be_deleted(window, overlay):
    profiles = page(window, "profiles")
    for _ in range(len(overlay.settings.profiles) - 1):
        profiles.delete.click()
    assert not profiles.delete.isEnabled()
    assert len(overlay.settings.profiles) == 1


def test_settings_that_cannot_be_saved_hold_and_are_said(window, overlay, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved, "save", full)
    page(window, "general").rate.group.button(0).click()
    assert window.problem.text() == "The settings cannot be saved: No space left on device."
    assert overlay.clock.period_s == 1 / 15


def test_a_game_is_switched_off_and_gets_a_port_of_its_own(window, tmp_path, heard):
    games = page(window, "games")
    games.cards["forza"].enabled.click()
    card = games.cards["ams2"]
    card.form.entries["port"].automatic.click()
    card.form.entries["port"].control.more.click()
    assert not heard[-1].games["forza"].enabled
    assert heard[-1].games["ams2"].port == 5607
    text = (tmp_path / "client.toml").read_text()
    assert "[games.forza]\nenabled = false\n" in text
    assert "[games.ams2]\nport = 5607\n" in text
    assert "f1" not in text


def test_a_game_asks_only_for_what_it_needs(window):
    games = page(window, "games")
    asked = {key: set(card.form.entries) for key, card in games.cards.items()}
    assert asked["lmu"] == set()
    assert asked["f1"] == {"port", "host"}
    assert asked["acc"] == {"port", "host", "password"}
    hints = {key: games.cards[key].form.entries["host"].control.placeholderText() for key in ("f1", "gt7")}
    assert hints == {"f1": "This one", "gt7": "Its address"}


def test_a_settings_file_of_another_style_is_left_and_said(window, tmp_path, heard):
    (tmp_path / "client.toml").write_text("games.f1.enabled = false\n")
    games = page(window, "games")
    games.cards["f1"].enabled.click()
    assert "change its games by hand" in games.problem.text()
    assert not heard[-1].games["f1"].enabled, "it holds for now"


def test_the_stream_is_switched_on_with_a_port_and_a_profile_of_its_own(window, tmp_path):
    stream = page(window, "stream")
    stream.enabled.click()
    stream.port.spin.setValue(9100)
    stream.profile.setCurrentIndex(stream.profile.findText("Calm"))
    stream.profile.activated.emit(stream.profile.currentIndex())
    assert kept(tmp_path).stream == StreamSettings(enabled=True, port=9100, profile="Calm")
    stream.profile.setCurrentIndex(0)
    stream.profile.activated.emit(0)
    assert kept(tmp_path).stream.profile is None


def test_the_address_of_the_stream_is_there_to_be_copied_as_soon_as_it_is_known(window, qtbot, streams):
    stream = page(window, "stream")
    assert not stream.copy.isEnabled()
    streams.append(StreamSeen("http://127.0.0.1:8765/overlay?token=abc"))
    qtbot.waitUntil(stream.copy.isEnabled)
    stream.copy.click()
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:8765/overlay?token=abc"
    streams.append(StreamSeen(problem="TCP port 8765 is taken."))
    qtbot.waitUntil(stream.problem.isVisible)
    assert stream.address.text() == ""
    assert not stream.copy.isEnabled()
