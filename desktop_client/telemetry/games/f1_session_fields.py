"""The fields of the F1 session packet, in wire order, per packet format (2023 to 2026)."""

from __future__ import annotations

import numpy as np

from desktop_client.telemetry.games.f1_fields import Field, each

MARSHAL_ZONES = 21


def session(packet_format: int) -> list[Field]:
    """Temperatures in degrees Celsius, times in seconds, speed limit in km/h."""
    zone = np.dtype([("start", "<f4"), ("flag", "i1")])  # start: share of the lap, 0..1
    forecast = np.dtype(
        [
            *each("u1", "session_type minutes_ahead weather"),
            *each("i1", "track_temperature track_temperature_change air_temperature air_temperature_change"),
            ("rain_percent", "u1"),
        ]
    )
    return [
        ("weather", "u1"),
        *each("i1", "track_temperature air_temperature"),
        ("total_laps", "u1"),
        ("track_length", "<u2"),
        ("session_type", "u1"),
        ("track_id", "i1"),
        ("formula", "u1"),
        *each("<u2", "time_left duration"),
        *each("u1", "pit_speed_limit paused spectating spectated_car sli_pro_support marshal_zone_count"),
        ("marshal_zones", zone, (MARSHAL_ZONES,)),
        *each("u1", "safety_car network_game forecast_count"),
        ("forecast", forecast, (64 if packet_format >= 2024 else 56,)),
        *each("u1", "forecast_accuracy ai_difficulty"),
        *each("<u4", "season_link weekend_link session_link"),
        *each("u1", "pit_window_ideal_lap pit_window_latest_lap pit_rejoin_position"),
        *each("u1", "steering_assist braking_assist gearbox_assist pit_assist pit_release_assist ers_assist"),
        *each("u1", "drs_assist racing_line racing_line_type game_mode rule_set"),
        ("time_of_day", "<u4"),  # minutes since midnight
        *each("u1", "session_length speed_units temperature_units second_speed_units"),
        *each("u1", "second_temperature_units safety_cars virtual_safety_cars red_flags"),
        *(_rules_of_the_session() if packet_format >= 2024 else []),
        *(_active_aero_zones() if packet_format >= 2026 else []),
    ]


def _rules_of_the_session() -> list[Field]:
    return [
        *each("u1", "equal_performance recovery_mode flashback_limit surface_rule low_fuel_mode race_starts"),
        *each("u1", "tyre_temperature_rule pit_lane_tyre_sim damage_rule damage_rate collisions"),
        *each("u1", "collisions_off_first_lap unsafe_release_off griefing_off corner_cutting parc_ferme"),
        *each("u1", "pit_stop_experience safety_car_rule safety_car_experience formation_lap"),
        *each("u1", "formation_lap_experience red_flag_rule affects_licence_solo affects_licence_online"),
        ("weekend_session_count", "u1"),
        ("weekend_sessions", "u1", (12,)),
        *each("<f4", "sector2_start sector3_start"),  # metres from the line
    ]


def _active_aero_zones() -> list[Field]:
    zone = np.dtype([("start", "<f4"), ("end", "<f4")])
    return [
        *each("u1", "active_aero_status full_aero_zone_count"),
        ("full_aero_zones", zone, (8,)),
        ("partial_aero_zone_count", "u1"),
        ("partial_aero_zones", zone, (8,)),
        ("drs_zone_count", "u1"),
        ("drs_zones", zone, (4,)),
        ("start_reaction_time", "<f4"),
        *each(
            "u1",
            "anti_lock_assist traction_assist racing_line_visible racing_line_colour_blind rewind_prompt",
        ),
    ]
