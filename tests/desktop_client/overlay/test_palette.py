"""Colours that can be read over anything."""

import pytest
from PyQt6.QtGui import QColor

from desktop_client.overlay.palette import DARK, LIVERIES, THEMES
from desktop_client.race.teams import Team

WHITE_SKY, NIGHT, KERB = QColor(255, 255, 255), QColor(0, 0, 0), QColor(200, 40, 40)


def over(top: QColor, below: QColor) -> QColor:
    share = top.alphaF()
    mixed = (round(a * share + b * (1 - share)) for a, b in zip(top.getRgb()[:3], below.getRgb()[:3], strict=True))
    return QColor(*mixed)


def luminance(colour: QColor) -> float:
    parts = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: QColor, other: QColor) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES.keys())
@pytest.mark.parametrize("behind", [WHITE_SKY, NIGHT, KERB])
def test_values_have_7_to_1_and_captions_4_5_to_1_over_any_game(palette, behind):
    panel = over(palette.surface, behind)
    for colour in (palette.text, palette.text_soft):
        assert contrast(colour, panel) >= 7
    meanings = (palette.text_dim, palette.you, palette.gained, palette.lost, palette.warning, palette.session_best)
    for colour in (*meanings, palette.cold, palette.ideal, palette.hot, palette.rain):
        assert contrast(colour, panel) >= 4.5
    assert contrast(palette.text, over(palette.band, panel)) >= 7


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES.keys())
def test_figures_can_be_read_on_every_colour_they_stand_on(palette):
    for colour in (*palette.teams, *palette.classes, *LIVERIES.values()):
        assert contrast(palette.on_colour, colour) >= 4.5
    for colour in (palette.you, palette.gained, palette.lost, palette.warning, palette.session_best):
        assert contrast(palette.on_meaning, colour) >= 4.5


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES.keys())
def test_no_two_teams_and_no_two_classes_share_a_colour(palette):
    for colours in (palette.teams, palette.classes, tuple(LIVERIES.values())):
        assert len({colour.name() for colour in colours}) == len(colours)


def test_a_known_team_has_its_own_colour_and_every_other_one_by_its_number():
    assert DARK.team(Team("Ferrari", 7)) == LIVERIES["Ferrari"]
    assert DARK.team(Team("Quarry", 1)) == DARK.teams[1]
    assert DARK.team(Team("Quarry", 60)) in DARK.teams
