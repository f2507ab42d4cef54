from __future__ import annotations

from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from contracts.auth import User
from contracts.identity import Role
from desktop_client.cloud import CloudState
from desktop_client.licence import LicenceState
from desktop_client.maps import MapStage, MapState
from desktop_client.race.recorded_lap import Refusal
from desktop_client.session import SessionState, Stage
from desktop_client.status import CAPTURE, Light, Snapshot, rows
from desktop_client.windows.status import StatusPage
from desktop_client.windows.tray import Tray

USER = User(UUID(int=1), "driver@raceoverlay.test", Role.DRIVER, True)
SIGNED_IN = SessionState(Stage.SIGNED_IN, USER)


def said(snapshot: Snapshot) -> dict[str, tuple[Light, str]]:
    return {row.name: (row.light, row.sentence) for row in rows(snapshot)}


def test_a_port_that_another_program_has_is_the_whole_answer() -> None:
    page = said(Snapshot("f1", None, "UDP port 20777 is already in use by another program."))
    assert page == {"Telemetry port": (Light.BAD, "UDP port 20777 is already in use by another program.")}


def test_silence_asks_for_the_games_own_setting() -> None:
    light, sentence = said(Snapshot("f1", 20777))["Packets"]
    assert light is Light.BAD
    assert "switched on in the game" in sentence


def test_packets_that_are_not_understood_are_counted_by_reason() -> None:
    page = said(
        Snapshot("f1", 20777, packets_per_second=60, refused={"wrong_size": 2}, last_error="wrong_size: 7 bytes")
    )
    assert page["Not understood"] == (Light.BAD, "2 wrong size. Last: 7 bytes.")
    assert "Race" not in page


def test_when_all_is_well_every_light_says_so() -> None:
    cloud = CloudState(
        is_configured=True,
        session=SIGNED_IN,
        licence=LicenceState("free", (), "valid"),
        map=MapState(MapStage.KNOWN, "f1", "26", 3),
        is_live=True,
    )
    page = said(Snapshot("f1", 20777, packets_per_second=250, frames=10, format="F1 2026", cloud=cloud))
    assert {light for light, _ in page.values()} == {Light.GOOD}
    assert page["Cloud"][1] == "Signed in as driver@raceoverlay.test."


def test_working_without_a_cloud_is_nothing_bad() -> None:
    page = said(Snapshot("f1", 20777, packets_per_second=1, frames=1, cloud=CloudState(is_configured=False)))
    assert page["Cloud"] == (Light.IDLE, "Off: no gateway is set up.")
    assert all(light is not Light.BAD for light, _ in page.values())


@pytest.mark.parametrize("reason", Refusal)
def test_every_reason_against_a_lap_is_a_sentence(reason: Refusal) -> None:
    state = MapState(MapStage.UNKNOWN, "f1", "26")
    cloud = CloudState(is_configured=True, session=SIGNED_IN, map=state, capture=reason)
    sentence = said(Snapshot("f1", 20777, cloud=cloud))["Track map"][1]
    assert sentence == f"Nobody has a map of it yet. Waiting for a clean lap: {CAPTURE[reason]}."


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("map_stage", MapStage)
def test_there_is_a_sentence_for_every_state(stage: Stage, map_stage: MapStage) -> None:
    for problem in (None, "It rains."):
        cloud = CloudState(
            is_configured=True, session=SessionState(stage, None, problem), map=MapState(map_stage, problem=problem)
        )
        for row in rows(Snapshot("f1", 20777, cloud=cloud)):
            assert row.sentence.endswith((".", "?", "…"))


def test_the_page_follows_while_it_is_open_and_rests_while_it_is_not(qtbot: QtBot) -> None:
    asked = [0]

    def snapshot() -> Snapshot:
        asked[0] += 1
        return Snapshot("f1", 20777, packets_per_second=asked[0])

    page = StatusPage(snapshot)
    qtbot.addWidget(page)
    assert asked[0] == 0
    page.show()
    qtbot.waitUntil(lambda: asked[0] >= 2)
    assert page._lines[1][2].text().startswith(f"{asked[0]} a second")
    page.hide()
    assert not page._timer.isActive()


def test_a_long_sentence_is_shown_whole(qtbot: QtBot) -> None:
    page = StatusPage(lambda: Snapshot("f1", None, "This sentence is rather long. " * 8))
    qtbot.addWidget(page)
    page.show()
    sentence = page._lines[0][2]
    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    assert page.height() > sentence.height() + 40


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (CloudState(is_configured=False), {"Status", "Quit"}),
        (CloudState(is_configured=True), {"Status", "Sign in …", "Quit"}),
        (CloudState(is_configured=True, session=SIGNED_IN), {"Status", "Sign out", "Quit"}),
    ],
)
def test_the_tray_offers_what_makes_sense(qtbot: QtBot, state: CloudState, offered: set[str]) -> None:
    tray = Tray()
    tray.show_state(state)
    actions = [action for action in tray.menu.actions() if action.isVisible() and action.isEnabled()]
    assert {action.text() for action in actions if action.text()} == offered


def test_the_tray_says_who_is_signed_in_and_hands_on_what_is_asked(qtbot: QtBot) -> None:
    tray = Tray()
    tray.show_state(CloudState(is_configured=True, session=SessionState(Stage.OFFLINE, USER)))
    assert tray.who.text() == "driver@raceoverlay.test (offline)"
    for action, asked in (
        (tray.status, tray.status_asked),
        (tray.sign_in, tray.sign_in_asked),
        (tray.sign_out, tray.sign_out_asked),
        (tray.quit, tray.quit_asked),
    ):
        with qtbot.waitSignal(asked, timeout=1000):
            action.trigger()
    assert not tray.icon().isNull()
