"""The pages of shared memory of Assetto Corsa and Assetto Corsa Competizione, in memory order.

Names and order after Kunos' published documents (Assetto Corsa's shared memory reference; Competizione's 1.8.12), as
assetto_corsa_gym, Race Element and others carry them on. Where those disagree about the length of Competizione's
`track_configuration` (15 or 33 characters), the field is one that the game leaves empty; 33 makes up the page of 820
bytes that others measured. Characters have two bytes, whatever the platform: they are numbers here, never wide chars.

World axes are right-handed with y up: seen from above, (x, -z) is a right-handed plan. Tracks exported from the game
as (z, x), which is that plan turned by a quarter, run the way that they run in the world. `heading` is 0 along z and
grows to the right. A car's own x points to its left, y up and z forwards.
"""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.games.packing import Field, each, packed

MOST_CARS: Final = 60
WHEELS: Final = (4,)
THREE: Final = (3,)


def _text(name: str, length: int) -> Field:
    return (name, "<u2", (length,))


def _each(type_: str, shape: tuple[int, ...], names: str) -> list[Field]:
    """Neighbouring arrays of one type and shape."""
    return [(name, type_, shape) for name in names.split()]


_PHYSICS: Final[list[Field]] = [
    ("step", "<i4"),  # grows with every step of the physics
    *each("<f4", "gas brake fuel"),  # 0..1, 0..1, litres
    ("gear", "<i4"),  # 0 reverse, 1 neutral, 2 first
    ("rpm", "<i4"),
    *each("<f4", "steer speed_kmh"),  # -1 left .. 1 right
    *_each("<f4", THREE, "velocity acceleration_g"),
    *_each("<f4", WHEELS, "wheel_slip wheel_load pressure_psi wheel_angular_speed"),
    ("tyre_wear", "<f4", WHEELS),  # AC: percent of a new tyre that is left
    *_each("<f4", WHEELS, "tyre_dirt core_c camber suspension_travel"),
    *each("<f4", "drs tc heading pitch roll centre_of_gravity_height"),
    ("damage", "<f4", (5,)),  # front, rear, left, right, centre
    *each("<i4", "tyres_out pit_limiter"),
    *each("<f4", "abs kers_charge kers_input"),
    ("auto_shifter", "<i4"),
    ("ride_height", "<f4", (2,)),
    *each("<f4", "turbo_boost ballast air_density air_c road_c"),
    ("local_angular_velocity", "<f4", THREE),
    *each("<f4", "force_feedback performance_meter"),
    *each("<i4", "engine_brake ers_recovery ers_power ers_heat_charging ers_charging"),
    ("kers_used_kj", "<f4"),
    *each("<i4", "drs_available drs_open"),
    ("brake_c", "<f4", WHEELS),
    ("clutch", "<f4"),  # 1 let go .. 0 pressed, the other way round than a pedal
    *_each("<f4", WHEELS, "tread_inner_c tread_middle_c tread_outer_c"),
    ("driven_by_ai", "<i4"),
    *_each("<f4", (4, 3), "contact_point contact_normal contact_heading"),
    ("brake_bias", "<f4"),
    ("local_velocity", "<f4", THREE),
]
AC_PHYSICS: Final = packed(_PHYSICS)
ACC_PHYSICS: Final = packed(
    [
        *_PHYSICS,
        *each("<i4", "push_to_pass_activations push_to_pass_status"),
        ("current_max_rpm", "<i4"),  # a float by the document; what the game writes is an integer
        *_each("<f4", WHEELS, "self_aligning_torque force_x force_y slip_ratio slip_angle"),
        *each("<i4", "tc_in_action abs_in_action"),
        ("suspension_damage", "<f4", WHEELS),  # 0 whole .. 1 broken
        ("tyre_c", "<f4", WHEELS),
        ("water_c", "<f4"),
        ("brake_pressure", "<f4", WHEELS),
        *each("<i4", "front_brake_compound rear_brake_compound"),
        *_each("<f4", WHEELS, "pad_mm disc_mm"),
        *each("<i4", "ignition starter engine_running"),
        *each("<f4", "kerb_vibration slip_vibration g_vibration abs_vibration"),
    ]
)

_GRAPHICS: Final[list[Field]] = [
    *each("<i4", "step status session"),
    *(_text(name, 15) for name in ("current_time", "last_time", "best_time", "split")),
    *each("<i4", "completed_laps position current_ms last_ms best_ms"),
    *each("<f4", "time_left_ms distance"),
    *each("<i4", "in_pit_box sector last_sector_ms laps"),  # laps: AC those of the race, ACC the completed ones
    _text("compound", 33),
    *each("<f4", "replay_speed lap_share"),
]
AC_GRAPHICS: Final = packed(
    [
        *_GRAPHICS,
        ("coordinates", "<f4", THREE),
        ("penalty_s", "<f4"),
        *each("<i4", "flag ideal_line in_pit_lane"),
        ("surface_grip", "<f4"),
        ("mandatory_pit_done", "<i4"),
        *each("<f4", "wind_mps wind_direction"),
    ]
)
ACC_GRAPHICS: Final = packed(
    [
        *_GRAPHICS,
        ("car_count", "<i4"),
        ("coordinates", "<f4", (MOST_CARS, 3)),
        ("car_ids", "<i4", (MOST_CARS,)),
        ("player_id", "<i4"),
        ("penalty_s", "<f4"),
        *each("<i4", "flag penalty ideal_line in_pit_lane"),
        ("surface_grip", "<f4"),
        ("mandatory_pit_done", "<i4"),
        *each("<f4", "wind_mps wind_direction"),
        *each("<i4", "in_setup_menu main_display secondary_display tc tc_cut engine_map abs"),
        ("fuel_per_lap", "<f4"),
        *each("<i4", "rain_lights flashing_lights lights_stage"),
        ("exhaust_c", "<f4"),
        *each("<i4", "wipers stint_total_left_ms stint_left_ms rain_tyres session_index"),
        ("used_fuel", "<f4"),
        _text("delta_time", 15),
        ("delta_ms", "<i4"),
        _text("estimated_time", 15),
        *each("<i4", "estimated_ms delta_is_positive split_ms lap_is_valid"),
        ("fuel_laps", "<f4"),
        _text("track_status", 33),
        ("mandatory_pits_left", "<i4"),
        ("time_of_day", "<f4"),
        *each("<i4", "blinker_left blinker_right"),
        *each("<i4", "yellow yellow_sector1 yellow_sector2 yellow_sector3 white green chequered red"),
        ("pit_tyre_set", "<i4"),
        *each("<f4", "pit_fuel pit_pressure_fl pit_pressure_fr pit_pressure_rl pit_pressure_rr"),
        *each("<i4", "grip rain rain_in_10_min rain_in_30_min tyre_set strategy_tyre_set gap_ahead_ms gap_behind_ms"),
    ]
)

_STATIC: Final[list[Field]] = [
    *(_text(name, 15) for name in ("memory_version", "game_version")),
    *each("<i4", "session_count car_count"),
    *(_text(name, 33) for name in ("car", "track", "first_name", "surname", "nickname")),
    ("sector_count", "<i4"),
    *each("<f4", "max_torque max_power"),
    ("max_rpm", "<i4"),
    ("max_fuel", "<f4"),
    *_each("<f4", WHEELS, "max_suspension_travel tyre_radius"),
    *each("<f4", "max_turbo_boost deprecated_1 deprecated_2"),
    ("penalties_enabled", "<i4"),
    *each("<f4", "fuel_rate tyre_rate damage_rate"),
    ("tyre_blankets", "<i4"),
    ("stability", "<f4"),
    *each("<i4", "auto_clutch auto_blip has_drs has_ers has_kers"),
    ("kers_max_j", "<f4"),
    *each("<i4", "engine_brake_settings ers_power_controllers"),
    ("track_length", "<f4"),  # AC only
    _text("track_configuration", 33),
    ("ers_max_j", "<f4"),
    *each("<i4", "is_timed_race has_extra_lap"),
    _text("skin", 33),
    *each("<i4", "reversed_grid_positions pit_window_start pit_window_end"),
]
AC_STATIC: Final = packed(_STATIC)
ACC_STATIC: Final = packed([*_STATIC, ("is_online", "<i4"), _text("dry_tyres", 33), _text("wet_tyres", 33)])
