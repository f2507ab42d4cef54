"""The instruments. A file's name is its widget's key in the settings and in this table."""

from __future__ import annotations

from desktop_client.overlay.layout import Placement, at_design_pixels
from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.widgets.dash import Dash, DashSettings
from desktop_client.overlay.widgets.inputs import Inputs, InputsSettings
from desktop_client.overlay.widgets.radar import Radar, RadarSettings
from desktop_client.overlay.widgets.relative import Relative, RelativeSettings
from desktop_client.overlay.widgets.track_map import TrackMap, TrackMapSettings

WIDGETS: dict[str, type[AnyWidget]] = {
    "dash": Dash,
    "inputs": Inputs,
    "radar": Radar,
    "relative": Relative,
    "track_map": TrackMap,
}

DEFAULT_LAYOUT: dict[str, Placement] = {
    "dash": at_design_pixels(Dash(DashSettings()).natural_size, left=612),
    "inputs": at_design_pixels(Inputs(InputsSettings()).natural_size, left=1004),
    "radar": at_design_pixels(Radar(RadarSettings()).natural_size, bottom=192),
    "relative": at_design_pixels(Relative(RelativeSettings()).natural_size, left=24),
    "track_map": at_design_pixels(TrackMap(TrackMapSettings()).natural_size, right=24),
}
