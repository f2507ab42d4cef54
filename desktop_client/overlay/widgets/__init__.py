"""The instruments. A file's name is its widget's key in the settings and in this table."""

from __future__ import annotations

from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.widgets.damage import Damage
from desktop_client.overlay.widgets.dash import Dash
from desktop_client.overlay.widgets.delta import Delta
from desktop_client.overlay.widgets.energy import Energy
from desktop_client.overlay.widgets.flags import Flags
from desktop_client.overlay.widgets.fuel import Fuel
from desktop_client.overlay.widgets.head_to_head import HeadToHead
from desktop_client.overlay.widgets.inputs import Inputs
from desktop_client.overlay.widgets.lap_log import LapLog
from desktop_client.overlay.widgets.pit import Pit
from desktop_client.overlay.widgets.radar import Radar
from desktop_client.overlay.widgets.relative import Relative
from desktop_client.overlay.widgets.session import Session
from desktop_client.overlay.widgets.standings import Standings
from desktop_client.overlay.widgets.track_map import TrackMap
from desktop_client.overlay.widgets.tyres import Tyres

WIDGETS: dict[str, type[AnyWidget]] = {
    "damage": Damage,
    "dash": Dash,
    "delta": Delta,
    "energy": Energy,
    "flags": Flags,
    "fuel": Fuel,
    "head_to_head": HeadToHead,
    "inputs": Inputs,
    "lap_log": LapLog,
    "pit": Pit,
    "radar": Radar,
    "relative": Relative,
    "session": Session,
    "standings": Standings,
    "track_map": TrackMap,
    "tyres": Tyres,
}
