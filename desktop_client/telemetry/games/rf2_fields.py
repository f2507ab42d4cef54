"""The structures of rFactor 2's engine, in memory order, as rFactor 2's plugin and Le Mans Ultimate publish them.

Names and order after Studio 397's published plugin header, as The Iron Wolf's rF2SharedMemoryMapPlugin and TinyPedal's
pyRfactor2SharedMemory and pyLMUSharedMemory carry it on; where the plugin's own copy of it leaves out `delta_best`,
the game and the other two do not. Le Mans Ultimate says more than rFactor 2, in bytes that rFactor 2 leaves unused:
one layout serves both, and those fields are zero in rFactor 2.

World axes are left-handed with y up: seen from above, (x, z) is a right-handed plan. A car's own x points to its left,
y up and z **backwards**; the rows of `orientation` turn the car's axes into the world's.
"""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.games.packing import Field, each, packed

MOST_VEHICLES_OF_RF2: Final = 128
MOST_VEHICLES_OF_LMU: Final = 104
THREE: Final = (3,)

_MOTION: Final[list[Field]] = [
    *((name, "<f8", THREE) for name in ("position", "local_velocity", "local_acceleration")),
    ("orientation", "<f8", (3, 3)),
    *((name, "<f8", THREE) for name in ("local_rotation", "local_rotation_acceleration")),
]

WHEEL: Final = packed(
    [
        *each("<f8", "suspension_deflection ride_height suspension_force"),
        ("brake_temperature", "<f8"),  # kelvin, whatever the header's comment says: a cold disc reads 293
        *each("<f8", "brake_pressure rotation lateral_patch_velocity longitudinal_patch_velocity"),
        *each("<f8", "lateral_ground_velocity longitudinal_ground_velocity camber lateral_force longitudinal_force"),
        *each("<f8", "load grip_fraction"),
        ("pressure", "<f8"),  # kPa
        ("temperature", "<f8", THREE),  # kelvin; left, centre, right of the tyre; 0 until it has run
        ("wear", "<f8"),  # what is left of it: 1 new .. 0 gone
        ("terrain", "S16"),
        *each("u1", "surface flat detached static_radius_cm"),  # surface: 2 grass, 3 dirt, 4 gravel
        *each("<f8", "vertical_deflection y_location toe"),
        ("carcass_temperature", "<f8"),  # kelvin
        ("inner_layer_temperature", "<f8", THREE),  # kelvin
        ("optimal_temperature", "<f4"),  # this and what follows: Le Mans Ultimate
        *each("u1", "compound_index compound_type"),  # type: 0 soft, 1 medium, 2 hard, 3 wet
        ("_unused", "u1", (18,)),
    ]
)

TELEMETRY_OF_A_VEHICLE: Final = packed(
    [
        ("id", "<i4"),
        *each("<f8", "delta_time elapsed_time"),
        ("lap_number", "<i4"),
        ("lap_start_time", "<f8"),
        *each("S64", "vehicle_name track_name"),
        *_MOTION,
        ("gear", "<i4"),
        *each("<f8", "rpm water_temperature oil_temperature clutch_rpm"),
        *each("<f8", "unfiltered_throttle unfiltered_brake unfiltered_steering unfiltered_clutch"),
        *each("<f8", "filtered_throttle filtered_brake filtered_steering filtered_clutch"),
        *each("<f8", "steering_torque front_third_deflection rear_third_deflection"),
        *each("<f8", "front_wing_height front_ride_height rear_ride_height drag front_downforce rear_downforce"),
        *each("<f8", "fuel max_rpm"),  # litres
        *each("u1", "scheduled_stops overheating detached headlights"),
        ("dents", "u1", (8,)),  # 0 none .. 2 bad; from the nose counter-clockwise: 0 front, 2 left, 4 rear, 6 right
        *each("<f8", "last_impact_time last_impact_magnitude"),
        ("last_impact_position", "<f8", THREE),
        ("engine_torque", "<f8"),
        ("sector", "<i4"),
        *each("u1", "speed_limiter max_gears front_compound_index rear_compound_index"),
        ("fuel_capacity", "<f8"),
        *each("u1", "front_flap rear_flap rear_flap_legal ignition"),  # legal: 2 may be opened
        *each("S18", "front_compound rear_compound"),
        *each("u1", "speed_limiter_available anti_stall"),
        ("_unused", "u1", (2,)),
        ("visual_steering_range", "<f4"),
        *each("<f8", "rear_brake_bias turbo_pressure"),
        ("graphics_offset", "<f4", THREE),
        ("physical_steering_range", "<f4"),
        *each("<f8", "delta_best battery_charge motor_torque motor_rpm motor_temperature motor_water_temperature"),
        ("motor_state", "u1"),  # 0 there is none
        *each("u1", "lap_invalidated abs_active tc_active speed_limiter_active wipers"),  # from here on: LMU
        *each("u1", "tc tc_max tc_slip tc_slip_max tc_cut tc_cut_max abs abs_max motor_map motor_map_max"),
        *each("u1", "migration migration_max front_anti_sway front_anti_sway_max rear_anti_sway rear_anti_sway_max"),
        *each("u1", "lift_and_coast track_limits_steps"),
        *each("<f4", "regeneration state_of_charge virtual_energy"),
        *each("<f4", "gap_car_ahead gap_car_behind gap_place_ahead gap_place_behind"),
        ("model", "S30"),
        *each("u1", "class_id championship_id"),
        ("_unused_2", "u1", (20,)),
        ("wheels", WHEEL, (4,)),  # front left, front right, rear left, rear right
    ]
)

SCORING_OF_A_VEHICLE: Final = packed(
    [
        ("id", "<i4"),
        ("driver", "S32"),
        ("vehicle_name", "S64"),
        ("laps", "<i2"),  # completed
        *each("i1", "sector finish_status"),  # sector: 1, 2 and, for the third, 0; finish: 1 finished, 2 dnf, 3 dq
        *each("<f8", "lap_distance path_lateral track_edge"),
        *each("<f8", "best_sector1 best_sector2 best_lap"),  # each sector 2 includes its sector 1; -1 none
        *each("<f8", "last_sector1 last_sector2 last_lap current_sector1 current_sector2"),
        *each("<i2", "pit_stops penalties"),  # penalties: still to be served
        ("is_player", "u1"),
        ("control", "i1"),  # 0 the driver at this computer, 1 AI, 2 remote, 3 replay
        *each("u1", "in_pits place"),
        ("class_name", "S32"),
        ("behind_next", "<f8"),
        ("laps_behind_next", "<i4"),
        ("behind_leader", "<f8"),
        ("laps_behind_leader", "<i4"),
        ("lap_start_time", "<f8"),
        *_MOTION,
        *each("u1", "headlights pit_state server_scored individual_phase"),  # pit: 1 requested .. 3 stopped
        ("qualification", "<i4"),
        *each("<f8", "time_into_lap estimated_lap_time"),
        ("pit_group", "S24"),
        *each("u1", "flag under_yellow count_lap in_garage"),  # flag: 6 blue; count_lap: 2 lap and time count
        ("upgrades", "u1", (16,)),
        *each("<f4", "pit_lap_distance best_lap_sector1 best_lap_sector2"),
        ("steam_id", "<u8"),  # this and what follows: Le Mans Ultimate
        ("vehicle_file", "S32"),
        ("attack_mode", "<i2"),
        *each("u1", "fuel_fraction drs_state"),
        ("_unused", "u1", (4,)),
    ]
)

SCORING_INFO: Final = packed(
    [
        ("track", "S64"),
        ("session", "<i4"),  # 0 test day, 1-4 practice, 5-8 qualifying, 9 warm-up, 10-13 race
        *each("<f8", "now end"),
        ("max_laps", "<i4"),
        ("track_length", "<f8"),
        ("_results_stream", "u1", (8,)),
        ("vehicle_count", "<i4"),
        ("phase", "u1"),
        ("yellow_state", "i1"),
        ("sector_flags", "i1", THREE),  # 1 yellow
        *each("u1", "start_light red_lights in_realtime"),
        ("player", "S32"),
        ("player_file", "S64"),
        *each("<f8", "dark_cloud raining air_temperature track_temperature"),
        ("wind", "<f8", THREE),
        *each("<f8", "min_wetness max_wetness"),
        *each("u1", "game_mode password_protected"),
        ("server_port", "<u2"),
        ("server_address", "<u4"),
        ("max_players", "<i4"),
        ("server", "S32"),
        ("start_time", "<f4"),
        ("wetness", "<f8"),
        *each("<f4", "time_left time_of_day"),  # this and what follows: Le Mans Ultimate
        *each("u1", "fixed_setup grip_level cloud_coverage track_limits_per_penalty track_limits_per_point"),
        ("_unused", "u1", (187,)),
        ("_vehicles", "u1", (8,)),
    ]
)
