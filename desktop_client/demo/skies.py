"""The weather over Kestrel Park: a fine day, and one shower that is forecast, comes and passes."""

from __future__ import annotations

import numpy as np

from desktop_client.telemetry.frame import Sky

FORECAST_MIN = (0, 5, 10, 15, 30)
DRY_AIR_C, DRY_TRACK_C = 21.0, 33.0
COOLER_AIR_C, COOLER_TRACK_C = 3.0, 9.0  # under full cloud
EARLIEST_S, LATEST_S = 430.0, 540.0  # when the shower begins
GATHERING_S, LASTS_S, CLEARING_S = 300.0, 170.0, 240.0
WET_PACE = 0.988  # on slicks in a drizzle
CLOUD_OF = ((0.25, Sky.CLEAR), (0.6, Sky.LIGHT_CLOUD), (0.98, Sky.OVERCAST))


class Skies:
    """Everything is a function of the session's seconds, so that a forecast is right."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.rain_from_s = float(chance.uniform(EARLIEST_S, LATEST_S))

    def cloud(self, seconds: float) -> float:
        """0 a blue sky .. 1 rain."""
        begins, ends = self.rain_from_s, self.rain_from_s + LASTS_S
        return float(np.interp(seconds, (begins - GATHERING_S, begins, ends, ends + CLEARING_S), (0, 1, 1, 0.3)))

    def sky(self, seconds: float) -> Sky:
        cloud = self.cloud(seconds)
        return next((sky for below, sky in CLOUD_OF if cloud < below), Sky.LIGHT_RAIN)

    def rain_percent(self, seconds: float) -> int:
        return round(100 * self.cloud(seconds) ** 2.5)

    def air_c(self, seconds: float) -> float:
        return DRY_AIR_C - COOLER_AIR_C * self.cloud(seconds)

    def track_c(self, seconds: float) -> float:
        return DRY_TRACK_C - COOLER_TRACK_C * self.cloud(seconds)

    def pace(self, seconds: float) -> float:
        """What the weather makes of the ideal speed."""
        return WET_PACE if self.sky(seconds) >= Sky.LIGHT_RAIN else 1.0
