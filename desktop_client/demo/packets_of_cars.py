"""The packets that hold one record per car: motion, laps, telemetry, status, damage and active aerodynamics.

Each function writes the race of this instant into the first records of a packet's `cars`; the game's other
slots stay empty. Where the formats differ, the packet's own fields or its header say what to write.
"""

from __future__ import annotations

import numpy as np

from desktop_client.demo.cockpit import IDLE_RPM, MAX_RPM, TOP_SPEED_BY_GEAR
from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.marshals import flags_by_car
from desktop_client.demo.race import Phase, Race
from desktop_client.demo.racing_line import GRAVITY, POWER
from desktop_client.demo.stints import FUEL_PER_LAP_KG
from desktop_client.demo.traffic import DRS_ZONES_M
from desktop_client.telemetry.frame import Floats, Ints
from desktop_client.telemetry.games.f1_wire import Packet

CARS = len(ENTRIES)
UNIT = 32767  # of the direction vectors
MINUTE_MS = 60_000
GAP_OVERFLOW_MS = 65_535
VISUAL_TYRES = np.array([16, 17, 18], dtype=np.uint8)  # soft, medium, hard
ACTUAL_TYRES = np.array([16, 17, 18], dtype=np.uint8)
ACTIVE, FINISHED, RETIRED = 2, 3, 7  # result status
FLYING_LAP, IN_LAP, ON_TRACK = 1, 2, 4  # driver status
TARMAC, GRASS = 0, 7
REV_LIGHTS = 15
FUEL_CAPACITY_KG = 110.0
CAR_MASS_KG = 800.0
HARVEST_LIMIT_J = 7.5e6
COLD_PRESSURE_PSI = np.array([21.5, 21.5, 23.0, 23.0])  # rear left, rear right, front left, front right


def write_motion(race: Race, packet: Packet) -> None:
    """The game's axes: x as ours, y up, and z the other way round from our y."""
    cars = packet["cars"][:CARS]
    driving = race.driving
    x, y, z = race.circuit.place(driving.distance, driving.offset)
    cars["x"], cars["y"], cars["z"] = x, z, -y
    climb = race.circuit.at(race.slope, driving.distance)
    heading = driving.heading
    ahead, left = np.cos(heading), np.sin(heading)
    cars["velocity_x"] = driving.speed * ahead
    cars["velocity_y"] = driving.speed * climb
    cars["velocity_z"] = -driving.speed * left
    cars["forward_x"], cars["forward_y"], cars["forward_z"] = UNIT * ahead, UNIT * climb, -UNIT * left
    cars["right_x"], cars["right_z"] = UNIT * left, UNIT * ahead
    lateral = driving.under.curvature * driving.speed**2 / GRAVITY
    longitudinal = driving.acceleration / GRAVITY
    scale = 1000.0 if _is_2026(packet) else 1.0
    cars["g_lateral"], cars["g_longitudinal"] = lateral * scale, longitudinal * scale
    cars["yaw"] = np.arctan2(ahead, -left)
    cars["pitch"] = climb - 0.0025 * longitudinal
    cars["roll"] = 0.006 * lateral


def write_laps(race: Race, packet: Packet) -> None:
    cars = packet["cars"][:CARS]
    timing, stints, driving = race.timing, race.stints, race.driving
    cars["last_lap_ms"] = to_milliseconds(timing.last_lap)
    on_grid = race.phase is Phase.GRID
    cars["current_lap_ms"] = 0 if on_grid else to_milliseconds(race.now - timing.lap_started)
    for number, column in ((1, timing.sector_times[:, 0]), (2, timing.sector_times[:, 1])):
        write_minutes(cars, f"sector{number}", to_milliseconds(column))
    to_leader, to_front = race.gaps()
    write_minutes(cars, "delta_ahead", to_milliseconds(to_front))
    write_minutes(cars, "delta_leader", to_milliseconds(to_leader))
    cars["lap_distance"] = driving.distance - (timing.lap - 1) * race.circuit.length_m
    cars["total_distance"] = driving.distance
    cars["position"], cars["lap"], cars["sector"] = timing.position, timing.lap, timing.sector
    cars["pit_status"], cars["pit_stops"] = stints.status, stints.stops
    cars["lap_invalid"] = ~timing.valid
    cars["grid_position"] = race.grid_position
    cars["driver_status"] = np.where(stints.called, IN_LAP, np.where(on_grid, ON_TRACK, FLYING_LAP))
    cars["result_status"] = result_status(race)
    cars["warnings"] = cars["corner_cutting_warnings"] = race.incidents.warnings
    cars["penalties_s"] = race.incidents.penalty_s
    cars["pit_lane_timer_active"] = stints.in_lane
    cars["pit_lane_time_ms"] = np.minimum(to_milliseconds(stints.lane_time_s), GAP_OVERFLOW_MS)
    cars["pit_stop_time_ms"] = to_milliseconds(stints.standing_s)
    if "speed_trap_fastest" in (cars.dtype.names or ()):
        cars["speed_trap_fastest"] = race.top_speed * 3.6
        cars["speed_trap_fastest_lap"] = race.top_speed_lap


def write_telemetry(race: Race, packet: Packet) -> None:
    cars = packet["cars"][:CARS]
    cockpit = race.cockpit
    cars["speed"] = np.rint(race.driving.speed * 3.6)
    cars["throttle"], cars["brake"], cars["steer"] = cockpit.throttle, cockpit.brake, cockpit.steer
    cars["clutch"] = np.rint(cockpit.clutch * 100)
    cars["gear"], cars["rpm"] = cockpit.gear, np.rint(cockpit.rpm)
    lights = cockpit.lights
    cars["rev_lights_percent"] = np.rint(lights * 100)
    cars["rev_lights_bits"] = 2 ** np.rint(lights * REV_LIGHTS).astype(np.int32) - 1
    if not _is_2026(packet):
        cars["drs"] = race.traffic.drs_open
    cars["brake_temperature"] = np.rint(cockpit.brake_c)
    cars["tyre_surface_temperature"] = np.rint(cockpit.tyre_surface_c)
    cars["tyre_inner_temperature"] = np.rint(cockpit.tyre_inner_c)
    cars["engine_temperature"] = 110
    cars["surface"] = np.where(race.off_track, GRASS, TARMAC)[:, np.newaxis]
    cars["tyre_pressure"] = COLD_PRESSURE_PSI + 0.02 * (cockpit.tyre_inner_c - 80.0)


def write_status(race: Race, packet: Packet) -> None:
    cars = packet["cars"][:CARS]
    cockpit, stints, driving = race.cockpit, race.stints, race.driving
    cars["traction_control"] = cars["anti_lock_brakes"] = np.arange(len(cars)) != PLAYER
    cars["fuel_mix"], cars["front_brake_bias"] = 1, 57
    cars["pit_limiter"] = stints.in_lane
    cars["fuel_in_tank"], cars["fuel_capacity"] = stints.fuel_kg, FUEL_CAPACITY_KG
    to_go = np.maximum(race.laps - np.maximum(driving.distance, 0.0) / race.circuit.length_m, 0.0)
    cars["fuel_remaining_laps"] = stints.fuel_kg / FUEL_PER_LAP_KG - to_go
    cars["max_rpm"], cars["idle_rpm"], cars["max_gears"] = MAX_RPM, IDLE_RPM, len(TOP_SPEED_BY_GEAR) + 1
    cars["actual_tyre"], cars["visual_tyre"] = ACTUAL_TYRES[stints.compound], VISUAL_TYRES[stints.compound]
    cars["tyre_age_laps"] = stints.age_laps
    cars["fia_flag"] = flags_by_car(race)
    engine = cockpit.throttle * np.minimum(driving.speed / 30.0, 1.0)
    cars["engine_power_ice"] = engine * (POWER * CAR_MASS_KG - 120e3)
    cars["engine_power_mguk"] = np.where(cockpit.deploying, 120e3, 0.0)
    cars["ers_store"], cars["ers_deploy_mode"] = cockpit.energy_j, 1 + cockpit.deploying
    cars["ers_harvested_mguk"], cars["ers_deployed"] = cockpit.harvested_j, cockpit.deployed_j
    if _is_2026(packet):
        cars["ers_harvest_limit"] = HARVEST_LIMIT_J
    else:
        cars["drs_allowed"] = race.traffic.drs_allowed
        cars["drs_activation_distance"] = np.where(race.traffic.drs_allowed, _to_drs_zone(race), 0)


def write_damage(race: Race, packet: Packet) -> None:
    cars = packet["cars"][:CARS]
    share = np.array([1.08, 1.02, 0.97, 0.90])
    wear = np.minimum(race.stints.wear[:, np.newaxis] * 100.0 * share, 100.0)
    cars["tyre_wear"] = wear
    cars["tyre_damage"] = wear
    incidents = race.incidents
    for part in ("front_left_wing", "front_right_wing", "rear_wing", "floor"):
        cars[part] = np.rint(getattr(incidents, part) * 100)
    cars["engine"] = np.where(incidents.breaking_down, 100, 0)
    cars["engine_blown"] = incidents.breaking_down
    race_share = np.maximum(race.driving.distance, 0.0) / (race.laps * race.circuit.length_m)
    for part in ("gearbox", "ice_wear", "mguk_wear", "tc_wear"):
        cars[part] = 3.0 * race_share


def result_status(race: Race) -> Ints:
    return np.where(race.incidents.retired, RETIRED, np.where(race.timing.finished, FINISHED, ACTIVE))


def write_active_aero(race: Race, packet: Packet) -> None:
    """Since 2026: the wings lie flat on the straights for everyone, and the chase for one second is boosted."""
    cars = packet["cars"][:CARS]
    straight = race.driving.under.straight & (race.cockpit.throttle > 0.9)
    cars["active_aero_mode"] = straight
    cars["active_aero_available"] = race.driving.under.straight
    cars["overtake_available"] = race.traffic.drs_allowed
    cars["overtake_active"] = race.traffic.drs_open
    cars["regulations_2026"] = 1


def write_minutes(records: Packet, name: str, milliseconds: Floats) -> None:
    """A time that the format splits at the minute; where it has no minutes part, it ends at its largest value."""
    names: tuple[str, ...] = records.dtype.names or ()
    if f"{name}_minutes" in names:
        records[f"{name}_minutes"] = milliseconds // MINUTE_MS
        records[f"{name}_ms"] = milliseconds % MINUTE_MS
    else:
        records[f"{name}_ms"] = np.minimum(milliseconds, GAP_OVERFLOW_MS)


def to_milliseconds(seconds: Floats) -> Floats:
    return np.rint(np.asarray(seconds) * 1000)


def _is_2026(packet: Packet) -> bool:
    """Whether this is the season that did away with the rear wing that opens."""
    return int(packet["header"]["packet_format"]) >= 2026


def _to_drs_zone(race: Race) -> Floats:
    """Metres to the next zone's beginning."""
    here = race.driving.lap_distance
    openings = np.array([[opens] for _, opens, _ in DRS_ZONES_M])
    return np.mod(openings - here, race.circuit.length_m).min(axis=0)
