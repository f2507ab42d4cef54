"""A day's race as frames: sixty cars that join and leave, three classes, stops, nights, new sessions, jumps in time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from desktop_client.telemetry.frame import (
    Capability,
    Cars,
    CarStatus,
    Energy,
    Flag,
    Forecast,
    Frame,
    Fuel,
    FuelUnit,
    Part,
    PitStatus,
    Player,
    Session,
    SessionKind,
    Sky,
    Weather,
    Wheel,
    Zone,
)

LENGTH_M = 13_626.0
LAP_S = {"Hypercar": 206.0, "LMP2": 217.0, "LMGT3": 238.0}
MOST_CARS = 60
SESSION_S = 4 * 3600.0
JUMP_EVERY_S = 1700.0  # somebody scrubs through a replay
STINT_S = 3000.0
NAMES = ("Marek Novák", "王小明", "Αλέξανδρος Παπάς", "Дмитрий Волков", "Maximiliana Wolfeschlegelstein", "نور حداد")


def frames(hours: float, step_s: float) -> Iterator[Frame]:
    """Frames every `step_s` seconds of so many hours; `at` is the race's own time, which jumps back now and then."""
    for tick in range(round(hours * 3600 / step_s)):
        at = tick * step_s
        jump = -40.0 if at % JUMP_EVERY_S < 20.0 and at > JUMP_EVERY_S else 0.0
        yield _frame(at, at + jump)


def _frame(at: float, time_s: float) -> Frame:
    number = int(at // SESSION_S)
    since = time_s - number * SESSION_S
    # Who is there: everybody in turn leaves for ten minutes.
    there = [slot for slot in range(MOST_CARS) if (slot * 97 + int(at // 600)) % 11]
    slot = np.array(there, dtype=np.int32)
    count = len(slot)
    classes = tuple(tuple(LAP_S)[index % 3] for index in there)
    lap_s = np.array([LAP_S[name] for name in classes]) * (1 + 0.0007 * (slot % 17))
    driven = np.maximum(-500.0, (since - slot * 1.4) * LENGTH_M / lap_s)
    lap = np.maximum(0, np.floor(driven / LENGTH_M)).astype(np.int32)
    distance = driven - lap * LENGTH_M
    angle = -2 * np.pi * distance / LENGTH_M
    radius = 1400 + 420 * np.cos(2 * angle + 0.6) + 210 * np.sin(3 * angle)
    order = np.argsort(-driven, kind="stable")
    position = np.empty(count, dtype=np.int32)
    position[order] = np.arange(1, count + 1)
    in_pit = (since + slot * 211.0) % STINT_S < 45.0
    stint = np.floor((since + slot * 211.0) / STINT_S).astype(np.int32)
    last = np.where(lap > 0, lap_s + np.sin(lap * 1.7 + slot), np.nan)
    thirds = np.repeat((last / 3)[:, np.newaxis], 3, axis=1)
    cars = Cars.of(
        slot,
        name=tuple(f"{NAMES[index % len(NAMES)]} {index}" for index in there),
        number=(slot * 7 + 1) % 999,
        team=tuple(f"Team {index // 2}" for index in there),
        car=tuple(f"Car {index % 14}" for index in there),
        class_name=classes,
        position=position,
        status=np.where(slot % 29 == 28, CarStatus.RETIRED, CarStatus.RUNNING).astype(np.int32),
        lap=lap + 1,
        lap_distance_m=distance,
        total_distance_m=driven,
        x=radius * np.cos(angle) * 1.3,
        y=radius * np.sin(angle),
        z=np.zeros(count),
        heading_rad=np.mod(angle - np.pi / 2, 2 * np.pi),
        speed_mps=LENGTH_M / lap_s,
        lap_time_s=np.mod(np.maximum(0.0, since - slot * 1.4), lap_s),
        last_lap_s=last,
        best_lap_s=np.where(lap > 0, lap_s - 1, np.nan),
        last_sector_s=thirds,
        best_sector_s=thirds - 0.3,
        gap_leader_s=(driven.max(initial=0.0) - driven) / LENGTH_M * lap_s,
        sector=np.clip(distance / LENGTH_M * 3, 0, 2).astype(np.int32),
        pit=np.where(in_pit, PitStatus.PIT_LANE, PitStatus.NONE).astype(np.int32),
        pit_stops=stint,
        tyre_age_laps=np.mod(lap, 12).astype(np.int32),
        tyre=tuple("SMH"[index % 3] for index in there),
    )
    own = there.index(6) if 6 in there else None
    return Frame(
        at=at,
        session_time_s=since,
        session=_session(number, since),
        cars=cars,
        player=_player(since) if own is not None else None,
        player_row=own,
        capabilities=frozenset(Capability),
    )


def _session(number: int, since: float) -> Session:
    rain = max(0.0, float(np.sin(since / 2600)))
    yellow = since % 900 < 40
    return Session(
        game="endurance",
        uid=str(number),
        kind=SessionKind.RACE,
        track_id=str(number % 2),
        track_length_m=LENGTH_M,
        sector_starts_m=(LENGTH_M / 3, 2 * LENGTH_M / 3),
        time_left_s=max(0.0, SESSION_S - since),
        air_temperature_c=22 + 6 * float(np.sin(since / 9000)),
        track_temperature_c=30 + 11 * float(np.sin(since / 8000)),
        weather=Weather(
            sky=Sky.RAIN if rain > 0.5 else Sky.LIGHT_CLOUD,
            rain=rain,
            wetness=rain / 2,
            forecast=tuple(Forecast(600.0 * step, Sky.OVERCAST, rain_chance=rain) for step in range(1, 7)),
        ),
        flags=frozenset({Flag.YELLOW}) if yellow else frozenset(),
        zones=(Zone(0.3, 0.4, Flag.YELLOW),) if yellow else (),
        pit_limit_mps=60 / 3.6,
    )


def _player(since: float) -> Player:
    wave = float(np.sin(since * 0.7))
    share = (since % STINT_S) / STINT_S
    tyre = Wheel(
        surface_c=92 + 8 * wave, inner_c=95, pressure_kpa=178 + wave, wear=share * 0.6, brake_c=430 + 90 * wave
    )
    player = Player(
        speed_mps=62 + 20 * wave,
        throttle=max(0.0, wave),
        brake=max(0.0, -wave),
        clutch=0.0,
        steer=wave / 2,
        gear=4 + round(2 * wave),
        rpm=7000 + 1200 * wave,
        max_rpm=8600.0,
        fuel=Fuel(100 * (1 - share) + 2, FuelUnit.LITRE, capacity=110.0),
        energy=Energy(store=0.5 + 0.4 * wave, virtual=1 - share),
        wheels=(tyre, tyre, tyre, tyre),
        damage={Part.FRONT_WING_LEFT: 0.3 if share > 0.5 else 0.0},
    )
    return dataclasses.replace(player, tyre_compound="M", tyre_age_laps=int(share * 12))
