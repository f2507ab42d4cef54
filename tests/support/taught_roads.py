"""A road that is learned from laps, as offsets alone: where its borders are is known, and no shape is needed for it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from laps import circuit

from services.tracks.domain.canonical import Loop
from services.tracks.domain.envelope import Envelope, envelope
from services.tracks.domain.evidence import Evidence, slot_of
from services.tracks.domain.lap import Floats, Places
from services.tracks.domain.versioning import Proposal, Trial, proposal, score, settled

HALF_ROAD_M = 6.0


def ring(scale: float = 0.25) -> Loop:
    """A closed line with bends both ways, 800 m unless scaled."""
    return Loop.through(circuit(600, scale), z=None)


def places_of(loop: Loop) -> Places:
    return loop.xy[:, 0] + 1j * loop.xy[:, 1]


class Road:
    """Twelve metres wide all along. Offsets are counted from its first lap, which is a racing line."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.reference = ring()
        self.stations = len(Evidence.begin(self.reference).counts)
        self._racing = 4.0 * np.sin(np.linspace(0, 8 * np.pi, self.stations, endpoint=False))
        self._first = self._lap(is_off_line=False)
        self.middle = -self._first
        """Where the middle of the road truly is, left of the reference."""

    def lap(self, *, is_off_line: bool = False, aside_m: float = 0.0) -> Floats:
        """The offsets of one more lap between the borders; `aside_m` is what its telemetry adds."""
        return self._lap(is_off_line=is_off_line) - self._first + aside_m

    def error(self, road: Envelope) -> float:
        return float(np.abs(road.centre - self.middle).mean())

    def _lap(self, *, is_off_line: bool) -> Floats:
        across = self.chance.uniform(0.5, 1.0) * self._racing * (-1 if is_off_line else 1)
        wobble = self._noise() * (2.5 if is_off_line else self.chance.uniform(0.5, 1.5))
        return np.clip(across + wobble, 1.0 - HALF_ROAD_M, HALF_ROAD_M - 1.0)

    def _noise(self) -> Floats:
        waves = np.arange(self.stations // 2 + 1)
        spectrum = (waves > 0) * np.exp(-((waves / 13) ** 2)) * np.exp(2j * np.pi * self.chance.random(len(waves)))
        noise = np.fft.irfft(spectrum, self.stations)
        return noise / np.sqrt(np.mean(noise**2))


@dataclass(slots=True)
class Pupil:
    """A line that learns as the service lets it: foretell, add, publish what is worth it."""

    evidence: Evidence
    published: Envelope
    drivers: set[UUID]
    trials: list[Trial]
    published_why: list[str]

    @classmethod
    def of(cls, road: Road, driver: UUID) -> Pupil:
        first = np.zeros(road.stations)
        evidence = Evidence.begin(road.reference).with_offsets(first, driver=driver, is_lap=True)
        return cls(evidence, envelope(evidence), {driver}, [], [])

    def learn(self, lap: Floats, driver: UUID) -> Proposal | None:
        candidate = settled(envelope(self.evidence), self.published, self.evidence)
        self.trials.append(Trial(1, driver, score(self.published, lap), score(candidate, lap)))
        self.evidence = self.evidence.with_offsets(lap, driver=driver, is_lap=True)
        becomes_confirmed = len(self.drivers) == 1 and driver not in self.drivers
        self.drivers.add(driver)
        made = proposal(
            published=self.published,
            evidence=self.evidence,
            trials=self.trials,
            drivers=len(self.drivers),
            becomes_confirmed=becomes_confirmed,
        )
        if made:
            self.published, self.trials = made.envelope, []
            self.published_why.append(made.why)
        return made


def drivers(count: int) -> list[UUID]:
    """Drivers of whom no two fall into one slot, as long as there are few."""
    of_slot: dict[int, UUID] = {}
    for number in range(1000):
        driver = UUID(int=number)
        of_slot.setdefault(slot_of(driver), driver)
    return list(of_slot.values())[:count]
