"""The page of track maps, beside the part of the client that keeps and sends laps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from running_client import a_lap

from desktop_client.cloud import Cloud, CloudState
from desktop_client.map_state import MapStage
from desktop_client.race.wanted_lap import Use
from desktop_client.settings import ClientSettings, load
from desktop_client.windows.tracks_page import TracksPage

Do = Callable[..., object]
Run = Callable[[Callable[[], object]], None]


@pytest.fixture
def cloud(loop: object, tmp_path: Path) -> Cloud:
    return Cloud(ClientSettings(tmp_path))


@pytest.fixture
def page(qtbot: QtBot, cloud: Cloud, tmp_path: Path) -> Iterator[TracksPage]:
    made = TracksPage(cloud.maps, tmp_path, lambda: cloud.state)
    qtbot.addWidget(made)
    made.resize(760, 700)
    made.show()
    yield made
    made.stop()


def test_sharing_is_switched_off_at_once_and_stays_off(page: TracksPage, cloud: Cloud, tmp_path: Path) -> None:
    assert page.share.value
    page.share.click()
    assert not cloud.maps.state.shares
    assert not cloud.maps.lap_is_wanted
    assert not load({"RACEOVERLAY_CLIENT_STATE": str(tmp_path)}).upload_maps
    page.share.click()
    assert load({"RACEOVERLAY_CLIENT_STATE": str(tmp_path)}).upload_maps
    assert not page.problem.isVisible()


def test_a_settings_file_that_cannot_be_written_is_said_and_the_choice_holds(
    page: TracksPage, cloud: Cloud, tmp_path: Path
) -> None:
    (tmp_path / "client.toml").write_text("broken = \n")
    page.share.click()
    assert "change `upload_maps` in it by hand" in page.problem.text()
    assert not cloud.maps.state.shares


def test_laps_that_wait_can_be_deleted(page: TracksPage, cloud: Cloud, do: Do, run: Run, tmp_path: Path) -> None:
    assert not page.delete.isVisible()
    page.share.click()
    do(cloud.maps.take(a_lap()))
    page.look()
    assert page.waiting.text() == "1 lap kept on this computer: sharing laps is switched off."
    page.delete.click()
    run(lambda: not page.delete.isVisible())
    assert list((tmp_path / "laps").iterdir()) == []


def test_the_page_says_how_it_stands_with_the_track_and_the_last_lap(page: TracksPage, cloud: Cloud) -> None:
    known = replace(
        cloud.state.map,
        stage=MapStage.KNOWN,
        title="Brands Hatch Indy",
        version=3,
        status="provisional",
        use=Use.CONFIRM,
        verdict="Your lap made the first map of this track.",
    )
    cloud.state = CloudState(is_configured=True, map=known, is_recording=True, learned_percent=45)
    page.look()
    assert page.track.text() == (
        "Brands Hatch Indy, version 3, provisional: no second driver has confirmed it yet."
        " This lap is being learned: 45 %."
    )
    assert page.verdict.text() == "Your lap made the first map of this track."


def test_the_page_is_asked_for_nothing_while_it_is_out_of_sight(page: TracksPage) -> None:
    assert page._timer.isActive()
    page.hide()
    assert not page._timer.isActive()
