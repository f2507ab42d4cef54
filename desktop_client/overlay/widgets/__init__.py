"""The instruments. A file's name is its widget's key in the settings and in this table."""

from __future__ import annotations

from desktop_client.overlay.layout import Placement, at_design_pixels
from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.widgets.damage import Damage, DamageSettings
from desktop_client.overlay.widgets.dash import Dash, DashSettings
from desktop_client.overlay.widgets.delta import Delta, DeltaSettings
from desktop_client.overlay.widgets.energy import Energy, EnergySettings
from desktop_client.overlay.widgets.flags import Flags, FlagsSettings
from desktop_client.overlay.widgets.fuel import Fuel, FuelSettings
from desktop_client.overlay.widgets.head_to_head import HeadToHead, HeadToHeadSettings
from desktop_client.overlay.widgets.inputs import Inputs, InputsSettings
from desktop_client.overlay.widgets.lap_log import LapLog, LapLogSettings
from desktop_client.overlay.widgets.pit import Pit, PitSettings
from desktop_client.overlay.widgets.radar import Radar, RadarSettings
from desktop_client.overlay.widgets.relative import Relative, RelativeSettings
from desktop_client.overlay.widgets.session import Session, SessionSettings
from desktop_client.overlay.widgets.standings import Standings, StandingsSettings
from desktop_client.overlay.widgets.track_map import TrackMap, TrackMapSettings
from desktop_client.overlay.widgets.tyres import Tyres, TyresSettings

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

DEFAULT_LAYOUT: dict[str, Placement] = {
    "damage": at_design_pixels(Damage(DamageSettings()).natural_size, left=336, bottom=260),
    "dash": at_design_pixels(Dash(DashSettings()).natural_size, left=612),
    "delta": at_design_pixels(Delta(DeltaSettings()).natural_size, top=104),
    "energy": at_design_pixels(Energy(EnergySettings()).natural_size, left=368),
    "flags": at_design_pixels(Flags(FlagsSettings()).natural_size, top=24),
    "fuel": at_design_pixels(Fuel(FuelSettings()).natural_size, right=24, bottom=336),
    "head_to_head": at_design_pixels(HeadToHead(HeadToHeadSettings()).natural_size, left=24, bottom=472),
    "inputs": at_design_pixels(Inputs(InputsSettings()).natural_size, left=1004),
    "lap_log": at_design_pixels(LapLog(LapLogSettings()).natural_size, right=336, top=208),
    "pit": at_design_pixels(Pit(PitSettings()).natural_size, right=24, top=196),
    "radar": at_design_pixels(Radar(RadarSettings()).natural_size, bottom=192),
    "relative": at_design_pixels(Relative(RelativeSettings()).natural_size, left=24),
    "session": at_design_pixels(Session(SessionSettings()).natural_size, right=24, top=24),
    "standings": at_design_pixels(Standings(StandingsSettings()).natural_size, left=24, top=24),
    "track_map": at_design_pixels(TrackMap(TrackMapSettings()).natural_size, right=24),
    "tyres": at_design_pixels(Tyres(TyresSettings()).natural_size, left=24, bottom=260),
}
