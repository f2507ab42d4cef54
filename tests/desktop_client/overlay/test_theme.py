"""Colours that can be read over anything."""

import pytest
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
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


@pytest.mark.parametrize("behind", [WHITE_SKY, NIGHT, KERB])
def test_values_have_7_to_1_and_captions_4_5_to_1_over_any_game(behind):
    panel = over(theme.SURFACE, behind)
    for colour in (theme.TEXT, theme.TEXT_SOFT):
        assert contrast(colour, panel) >= 7
    for colour in (theme.TEXT_DIM, theme.YOU, theme.GAINED, theme.LOST, theme.WARNING, theme.SESSION_BEST):
        assert contrast(colour, panel) >= 4.5
    assert contrast(theme.TEXT, over(theme.BAND, panel)) >= 7


@pytest.mark.parametrize("colour", [*theme.TEAMS, *theme.LIVERIES.values(), theme.YOU, theme.TEXT_DIM])
def test_figures_can_be_read_on_every_colour_they_stand_on(colour):
    assert contrast(theme.ON_COLOUR, colour) >= 4.5


def test_no_two_teams_share_a_colour():
    assert len({colour.name() for colour in theme.TEAMS}) == len(theme.TEAMS)
    assert len({colour.name() for colour in theme.LIVERIES.values()}) == len(theme.LIVERIES)


def test_a_known_team_has_its_own_colour_and_every_other_one_by_its_number():
    assert theme.team_colour(Team("Ferrari", 7)) == theme.LIVERIES["Ferrari"]
    assert theme.team_colour(Team("Quarry", 1)) == theme.TEAMS[1]
    assert theme.team_colour(Team("Quarry", 60)) in theme.TEAMS
