"""The fields of the F1 packets that carry a list of cars, in wire order, per packet format (2023 to 2026).

Everything is little endian and packed. Wheel arrays run rear left, rear right, front left, front right.
Angles are radians, distances metres and speeds km/h unless a comment says otherwise. What changed between two
formats is a condition right where the field stands: one list shows the whole history of a packet.
"""

from __future__ import annotations

import numpy as np

Field = tuple[str, str] | tuple[str, str, tuple[int, ...]] | tuple[str, np.dtype, tuple[int, ...]]

TYRE_SETS = 20
TYRE_STINTS = 8
HISTORY_LAPS = 100
POSITION_LAPS = 50
WHEELS = (4,)


def cars_in(packet_format: int) -> int:
    """How many car slots a packet of this format carries."""
    return 24 if packet_format >= 2026 else 22


def each(type_: str, names: str) -> list[Field]:
    """Neighbouring fields of one type."""
    return [(name, type_) for name in names.split()]


HEADER: list[Field] = [
    ("packet_format", "<u2"),
    *each("u1", "game_year game_major_version game_minor_version packet_version packet_id"),
    ("session_uid", "<u8"),
    ("session_time", "<f4"),  # seconds; goes back after a flashback, as frame_identifier does
    ("frame_identifier", "<u4"),
    ("overall_frame_identifier", "<u4"),  # never goes back within a session
    *each("u1", "player_car_index secondary_player_car_index"),  # 255: no second player
]


def motion_of_a_car(packet_format: int) -> list[Field]:
    """y points up and (x, -z) is the plan seen from above; velocities m/s; directions times 32767."""
    g_force = "<i2" if packet_format >= 2026 else "<f4"  # from 2026 on in thousandths of g
    return [
        *each("<f4", "x y z velocity_x velocity_y velocity_z"),
        *each("<i2", "forward_x forward_y forward_z right_x right_y right_z"),
        *each(g_force, "g_lateral g_longitudinal g_vertical"),
        *each("<f4", "yaw pitch roll"),
    ]


def lap_of_a_car(packet_format: int) -> list[Field]:
    """Times in milliseconds; where a minutes part follows, the milliseconds are what is below a minute."""
    gap: list[Field] = [("delta_ahead_ms", "<u2"), ("delta_leader_ms", "<u2")]
    if packet_format >= 2024:
        gap = [
            ("delta_ahead_ms", "<u2"),
            ("delta_ahead_minutes", "u1"),
            ("delta_leader_ms", "<u2"),
            ("delta_leader_minutes", "u1"),
        ]
    speed_trap: list[Field] = [("speed_trap_fastest", "<f4"), ("speed_trap_fastest_lap", "u1")]
    return [
        *each("<u4", "last_lap_ms current_lap_ms"),
        ("sector1_ms", "<u2"),
        ("sector1_minutes", "u1"),
        ("sector2_ms", "<u2"),
        ("sector2_minutes", "u1"),
        *gap,
        *each("<f4", "lap_distance total_distance"),  # metres; negative before the first line
        ("safety_car_delta", "<f4"),  # seconds
        *each("u1", "position lap pit_status pit_stops sector lap_invalid penalties_s"),
        *each("u1", "warnings corner_cutting_warnings unserved_drive_throughs unserved_stop_goes"),
        *each("u1", "grid_position driver_status result_status pit_lane_timer_active"),
        *each("<u2", "pit_lane_time_ms pit_stop_time_ms"),
        ("pit_stop_should_serve_penalty", "u1"),
        *(speed_trap if packet_format >= 2024 else []),
    ]


def participant(packet_format: int) -> list[Field]:
    """Names are UTF-8, ended by a zero byte, and may be cut in the middle of a character."""
    ident = "<u2" if packet_format >= 2026 else "u1"
    return [
        ("ai_controlled", "u1"),
        *each(ident, "driver_id network_id team_id"),
        *each("u1", "my_team race_number nationality"),
        ("name", "S48" if packet_format <= 2024 else "S32"),
        *each("u1", "your_telemetry show_online_names"),
        *([("tech_level", "<u2")] if packet_format >= 2024 else []),
        ("platform", "u1"),
        *([("colour_count", "u1"), ("colours", "u1", (4, 3))] if packet_format >= 2025 else []),
    ]


def telemetry_of_a_car(packet_format: int) -> list[Field]:
    """Pedals 0..1 (clutch 0..100), steer -1 left .. 1 right, pressures psi, temperatures degrees Celsius."""
    return [
        ("speed", "<u2"),
        *each("<f4", "throttle steer brake"),
        ("clutch", "u1"),
        ("gear", "i1"),
        ("rpm", "<u2"),
        *each("u1", "drs rev_lights_percent"),
        ("rev_lights_bits", "<u2"),
        ("brake_temperature", "<u2", WHEELS),
        ("tyre_surface_temperature", "u1", WHEELS),
        ("tyre_inner_temperature", "u1", WHEELS),
        ("engine_temperature", "u1" if packet_format >= 2026 else "<u2"),
        ("tyre_pressure", "<f4", WHEELS),
        ("surface", "u1", WHEELS),
    ]


def status_of_a_car(packet_format: int) -> list[Field]:
    """Fuel in kg, `fuel_remaining_laps` what is left over at the flag; energies in J, powers in W."""
    return [
        *each("u1", "traction_control anti_lock_brakes fuel_mix front_brake_bias pit_limiter"),
        *each("<f4", "fuel_in_tank fuel_capacity fuel_remaining_laps"),
        *each("<u2", "max_rpm idle_rpm"),
        *each("u1", "max_gears drs_allowed"),
        ("drs_activation_distance", "<u2"),
        *each("u1", "actual_tyre visual_tyre tyre_age_laps"),
        ("fia_flag", "i1"),
        *each("<f4", "engine_power_ice engine_power_mguk ers_store"),
        ("ers_deploy_mode", "u1"),
        *each("<f4", "ers_harvested_mguk ers_harvested_mguh"),
        *([("ers_harvest_limit", "<f4")] if packet_format >= 2026 else []),
        ("ers_deployed", "<f4"),
        ("network_paused", "u1"),
    ]


def damage_of_a_car(packet_format: int) -> list[Field]:
    """Wear and damage in percent, faults 0 or 1."""
    return [
        ("tyre_wear", "<f4", WHEELS),
        ("tyre_damage", "u1", WHEELS),
        ("brake_damage", "u1", WHEELS),
        *([("tyre_blisters", "u1", WHEELS)] if packet_format >= 2025 else []),
        *each("u1", "front_left_wing front_right_wing rear_wing floor diffuser sidepod drs_fault ers_fault"),
        *each("u1", "gearbox engine mguh_wear es_wear ce_wear ice_wear mguk_wear tc_wear"),
        *each("u1", "engine_blown engine_seized"),
    ]


def classification_of_a_car(packet_format: int) -> list[Field]:
    """Race time in seconds without penalties."""
    return [
        *each("u1", "position laps grid_position points pit_stops result_status"),
        *([("result_reason", "u1")] if packet_format >= 2025 else []),
        ("best_lap_ms", "<u4"),
        ("race_time", "<f8"),
        *each("u1", "penalties_s penalties stint_count"),
        ("stints_actual", "u1", (TYRE_STINTS,)),
        ("stints_visual", "u1", (TYRE_STINTS,)),
        ("stints_end_lap", "u1", (TYRE_STINTS,)),
    ]


def setup_of_a_car(packet_format: int) -> list[Field]:
    return [
        *each("u1", "front_wing rear_wing on_throttle off_throttle"),
        *each("<f4", "front_camber rear_camber front_toe rear_toe"),
        *each("u1", "front_suspension rear_suspension front_anti_roll_bar rear_anti_roll_bar"),
        *each("u1", "front_ride_height rear_ride_height brake_pressure brake_bias"),
        *([("engine_braking", "u1")] if packet_format >= 2024 else []),
        ("tyre_pressure", "<f4", WHEELS),
        ("ballast", "u1"),
        ("fuel_load", "<f4"),
    ]


def player_in_lobby(packet_format: int) -> list[Field]:
    return [
        ("ai_controlled", "u1"),
        ("team_id", "<u2" if packet_format >= 2026 else "u1"),
        *each("u1", "nationality platform"),
        ("name", "S48" if packet_format <= 2024 else "S32"),
        ("race_number", "u1"),
        *(each("u1", "your_telemetry show_online_names") if packet_format >= 2024 else []),
        *([("tech_level", "<u2")] if packet_format >= 2024 else []),
        ("ready_status", "u1"),
    ]


def time_trial_lap(packet_format: int) -> list[Field]:
    return [
        ("car_index", "u1"),
        ("team_id", "<u2" if packet_format >= 2026 else "u1"),
        *each("<u4", "lap_ms sector1_ms sector2_ms sector3_ms"),
        *each("u1", "traction_control gearbox_assist anti_lock_brakes equal_performance custom_setup valid"),
    ]


LAP_HISTORY: list[Field] = [
    ("lap_ms", "<u4"),
    ("sector1_ms", "<u2"),
    ("sector1_minutes", "u1"),
    ("sector2_ms", "<u2"),
    ("sector2_minutes", "u1"),
    ("sector3_ms", "<u2"),
    ("sector3_minutes", "u1"),
    ("valid_bits", "u1"),  # bit 0 the lap, bits 1 to 3 its sectors
]

TYRE_SET: list[Field] = [
    *each("u1", "actual_tyre visual_tyre wear available recommended_session life_span usable_life"),
    ("lap_delta_ms", "<i2"),
    ("fitted", "u1"),
]

ACTIVE_AERO_OF_A_CAR: list[Field] = [
    *each("u1", "active_aero_mode active_aero_available"),
    ("active_aero_activation_distance", "<u2"),
    *each("u1", "overtake_available overtake_active"),
    ("overtake_activation_distance", "<u2"),
    *each("u1", "regulations_2026 wrong_way"),
]


def motion_detail(packet_format: int) -> list[Field]:
    """The player's car only."""
    wheels = "suspension_position suspension_velocity suspension_acceleration wheel_speed"
    wheels += " wheel_slip_ratio wheel_slip_angle wheel_lateral_force wheel_longitudinal_force"
    attitude = "front_aero_height rear_aero_height front_roll_angle rear_roll_angle chassis_yaw"
    return [
        *((name, "<f4", WHEELS) for name in wheels.split()),
        ("centre_of_gravity_height", "<f4"),
        *((name, "<f4", (3,)) for name in ("local_velocity", "angular_velocity", "angular_acceleration")),
        ("front_wheels_angle", "<f4"),
        ("wheel_vertical_force", "<f4", WHEELS),
        *(each("<f4", attitude) if packet_format >= 2024 else []),
        *([("chassis_pitch", "<f4")] if packet_format >= 2025 else []),
        *([("wheel_camber", "<f4", WHEELS)] if packet_format >= 2025 else []),
        *([("wheel_camber_gain", "<f4", WHEELS)] if packet_format >= 2025 else []),
    ]
