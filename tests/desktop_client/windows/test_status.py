from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from contracts.auth import User
from contracts.identity import Role
from desktop_client.cloud import CloudState
from desktop_client.licence import LicenceState, Source
from desktop_client.map_state import MapStage, MapState
from desktop_client.race.recorded_lap import Refusal
from desktop_client.session import SessionState, Stage
from desktop_client.station import GameSeen, Place
from desktop_client.status import CAPTURE, Light, Row, Snapshot, rows
from desktop_client.stream.seen import StreamSeen
from desktop_client.windows.status import StatusPage
from desktop_client.windows.tray import Tray

USER = User(UUID(int=1), "driver@raceoverlay.test", Role.DRIVER, True)
SIGNED_IN = SessionState(Stage.SIGNED_IN, USER)
PRO = LicenceState("pro", (), "valid", source=Source.GATEWAY)


def said(snapshot: Snapshot) -> dict[str, tuple[Light, str]]:
    return {row.name: (row.light, row.sentence) for row in rows(snapshot)}


F1 = GameSeen("F1 25", "Switch UDP Telemetry on.", (Place("UDP port", "20777", True),))
GT7 = GameSeen("Gran Turismo 7", "Nothing to switch on.", (Place("UDP port", "33740", True),))
RF2 = GameSeen("rFactor 2", "Install the plugin.", tuple(Place("shared memory", f"${n}", False) for n in "abcd"))
SPEAKING = replace(F1, packets_per_second=250, frames=10, format="F1 2026", speaks=True)


def test_while_nothing_is_heard_every_game_says_where_it_is_waited_for_and_what_to_switch_on() -> None:
    page = said(Snapshot((F1, GT7, RF2)))
    assert page["Telemetry"][0] is Light.BAD
    assert page["F1 25"] == (Light.IDLE, "Waiting on UDP port 20777.\nSwitch UDP Telemetry on.")
    waiting = "Waiting for shared memory $a, $b and 2 more.\nInstall the plugin."
    assert page["rFactor 2"] == (Light.IDLE, waiting)


def test_a_port_that_another_program_has_is_the_trouble_of_its_game_alone() -> None:
    taken = replace(F1, places=(), problem="UDP port 20777 is already in use by another program.")
    page = said(Snapshot((GT7, taken)))
    assert page["F1 25"] == (
        Light.BAD,
        "UDP port 20777 is already in use by another program.\nSwitch UDP Telemetry on.",
    )
    assert page["Gran Turismo 7"][0] is Light.IDLE
    assert list(page)[1] == "F1 25", "what is wrong stands before what merely waits"


def test_without_any_game_the_page_says_why() -> None:
    assert said(Snapshot()) == {"Telemetry": (Light.BAD, "Every game is switched off in the settings.")}


def test_packets_that_are_not_understood_are_counted_by_reason() -> None:
    confused = replace(F1, packets_per_second=60, refused={"wrong_size": 2}, last_error="wrong_size: 7 bytes")
    page = said(Snapshot((GT7, confused)))
    assert page["F1 25"][0] is Light.BAD
    assert "not understood: 2 wrong size. Last: 7 bytes." in page["F1 25"][1]
    assert "Race" not in page


def test_the_game_that_speaks_is_told_of_first_and_in_full_and_the_others_in_a_line() -> None:
    page = said(Snapshot((replace(SPEAKING, refused={"late": 1}, last_error="late: 4"), GT7, RF2)))
    assert list(page)[:6] == ["Game", "Packets", "Format", "Not understood", "Race", "Gran Turismo 7"]
    assert page["Game"] == (Light.GOOD, "F1 25, UDP port 20777.")
    assert page["Packets"][1] == "250 a second."
    assert page["Gran Turismo 7"] == (Light.IDLE, "Waiting on UDP port 33740.")


def test_a_game_that_falls_silent_keeps_its_place_and_says_so() -> None:
    page = said(Snapshot((replace(SPEAKING, packets_per_second=0), GT7), paused=True))
    assert page["Packets"] == (Light.IDLE, "None at the moment: the game is paused or closed.")
    assert page["Race"] == (Light.IDLE, "Paused.")


def test_another_game_in_its_menus_is_told_of() -> None:
    page = said(Snapshot((SPEAKING, replace(GT7, packets_per_second=60))))
    assert page["Gran Turismo 7"] == (Light.IDLE, "60 packets a second, but no race in them.")


def test_what_is_recorded_is_said() -> None:
    assert said(Snapshot((SPEAKING,), recording="7 packets in a.rotape."))["Recording"][1] == "7 packets in a.rotape."


def test_a_hotkey_that_cannot_be_heard_is_said() -> None:
    now = Snapshot(hotkeys=("Ctrl+Alt+H for hiding the overlay: another program has it.", "And another."))
    row = next(row for row in rows(now) if row.name == "Hotkeys")
    assert row.light is Light.BAD
    assert row.sentence.splitlines() == list(now.hotkeys)
    assert "Hotkeys" not in [row.name for row in rows(Snapshot())]


@pytest.mark.parametrize(
    ("stream", "light", "sentence"),
    [
        (StreamSeen("http://127.0.0.1:8765/overlay?token=t"), Light.IDLE, "On.\nhttp://127.0.0.1:8765/overlay?token=t"),
        (StreamSeen("http://127.0.0.1:8765/overlay", 1), Light.GOOD, "Shown.\nhttp://127.0.0.1:8765/overlay"),
        (
            StreamSeen("http://127.0.0.1:8765/overlay", 2),
            Light.GOOD,
            "Shown in 2 places.\nhttp://127.0.0.1:8765/overlay",
        ),
        (StreamSeen(problem="Port 8765 cannot be used."), Light.BAD, "Port 8765 cannot be used."),
    ],
)
def test_the_browser_source_is_told_of_while_it_is_on(stream: StreamSeen, light: Light, sentence: str) -> None:
    assert Row("Browser source", light, sentence) in rows(Snapshot(stream=stream))
    assert "Browser source" not in [row.name for row in rows(Snapshot())]


def test_when_all_is_well_every_light_says_so() -> None:
    cloud = CloudState(
        is_configured=True,
        session=SIGNED_IN,
        licence=LicenceState("free", (), "valid"),
        map=MapState(MapStage.KNOWN, "f1", "26", 3),
        is_live=True,
    )
    page = said(Snapshot((SPEAKING,), cloud=cloud))
    assert {light for light, _ in page.values()} == {Light.GOOD}
    assert page["Cloud"][1] == "Signed in as driver@raceoverlay.test."


def test_working_without_a_cloud_is_nothing_bad() -> None:
    page = said(Snapshot((SPEAKING,), cloud=CloudState(is_configured=False)))
    assert page["Cloud"] == (Light.IDLE, "Off: no gateway is set up.")
    assert all(light is not Light.BAD for light, _ in page.values())


@pytest.mark.parametrize("reason", Refusal)
def test_every_reason_against_a_lap_is_a_sentence(reason: Refusal) -> None:
    state = MapState(MapStage.UNKNOWN, "f1", "26")
    cloud = CloudState(is_configured=True, session=SIGNED_IN, map=state, capture=reason)
    sentence = said(Snapshot(cloud=cloud))["Track map"][1]
    assert sentence == f"Nobody has a map of it yet. Waiting for a clean lap: {CAPTURE[reason]}."


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("map_stage", MapStage)
def test_there_is_a_sentence_for_every_state(stage: Stage, map_stage: MapStage) -> None:
    for problem in (None, "It rains."):
        cloud = CloudState(
            is_configured=True, session=SessionState(stage, None, problem), map=MapState(map_stage, problem=problem)
        )
        for row in rows(Snapshot(cloud=cloud)):
            assert row.sentence.endswith((".", "?", "…"))


def test_the_page_follows_while_it_is_open_and_rests_while_it_is_not(qtbot: QtBot) -> None:
    asked = [0]

    def snapshot() -> Snapshot:
        asked[0] += 1
        return Snapshot((replace(SPEAKING, packets_per_second=asked[0]),))

    page = StatusPage(snapshot)
    qtbot.addWidget(page)
    assert asked[0] == 0
    page.show()
    qtbot.waitUntil(lambda: asked[0] >= 2)
    assert page._lines[1][2].text().startswith(f"{asked[0]} a second")
    page.hide()
    assert not page._timer.isActive()


def test_a_page_that_is_longer_than_the_screen_is_scrolled(qtbot: QtBot) -> None:
    games = tuple(replace(F1, title=f"Game {number}", how_to="Switch it on. " * 20) for number in range(20))
    page = StatusPage(lambda: Snapshot(games))
    qtbot.addWidget(page)
    page.show()
    assert page.height() < page.screen().availableGeometry().height()
    assert page._scroll.verticalScrollBar().maximum() > 0


def test_a_long_sentence_is_shown_whole(qtbot: QtBot) -> None:
    page = StatusPage(lambda: Snapshot((replace(F1, problem="This sentence is rather long. " * 8),)))
    qtbot.addWidget(page)
    page.show()
    sentence = page._lines[1][2]
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    assert page.height() > sentence.height() + 40


@pytest.mark.parametrize(
    ("licence", "light", "sentence"),
    [
        (PRO, Light.GOOD, "Pro."),
        (replace(PRO, notice="It holds for one more day."), Light.IDLE, "Pro. It holds for one more day."),
        (LicenceState(code="revoked", problem="Your licence was withdrawn."), Light.BAD, "Your licence was withdrawn."),
    ],
)
def test_the_plan_is_one_line_and_what_is_in_its_way_is_said(
    licence: LicenceState, light: Light, sentence: str
) -> None:
    told = said(Snapshot(cloud=CloudState(is_configured=True, session=SIGNED_IN, licence=licence)))
    assert told["Plan"] == (light, sentence)


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (CloudState(is_configured=False), set()),
        (CloudState(is_configured=True), {"Sign in …"}),
        (CloudState(is_configured=True, session=SIGNED_IN), {"Sign out"}),
        (CloudState(is_configured=True, session=SIGNED_IN, licence=PRO), {"Sign out", "Plan: Pro"}),
        (CloudState(is_configured=True, licence=PRO), {"Sign in …"}),
    ],
)
def test_the_tray_offers_what_makes_sense(qtbot: QtBot, state: CloudState, offered: set[str]) -> None:
    tray = Tray()
    tray.show_state(state)
    actions = [action for action in tray.menu.actions() if action.isVisible() and action.isEnabled()]
    always = {"Edit layout", "Settings", "Hide overlay", "Profile", "Status", "Quit"}
    assert {action.text() for action in actions if action.text()} == always | offered


def test_the_tray_says_who_is_signed_in_and_hands_on_what_is_asked(qtbot: QtBot) -> None:
    tray = Tray()
    tray.show_state(CloudState(is_configured=True, session=SessionState(Stage.OFFLINE, USER), licence=PRO))
    assert tray.who.text() == "driver@raceoverlay.test (offline)"
    for action, asked in (
        (tray.status, tray.status_asked),
        (tray.plan, tray.plan_asked),
        (tray.sign_in, tray.sign_in_asked),
        (tray.sign_out, tray.sign_out_asked),
        (tray.quit, tray.quit_asked),
    ):
        with qtbot.waitSignal(asked, timeout=1000):
            action.trigger()
    assert not tray.icon().isNull()
