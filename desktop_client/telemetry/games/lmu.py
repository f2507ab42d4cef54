"""Le Mans Ultimate: the block of shared memory that it publishes by itself in, frames out."""

from __future__ import annotations

from desktop_client.telemetry.games.lmu_wire import LMU_BLOCK, LMU_LAYOUT, LmuReader
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_frame import OF_LMU
from desktop_client.telemetry.source import Inlet, MemoryInlet


class Lmu(Rf2):
    """Le Mans Ultimate as a source of frames; see `desktop_client.telemetry.source.Source`."""

    game = "lmu"
    title = "Le Mans Ultimate"
    is_lmu = True
    capabilities = OF_LMU

    def _blocks(self) -> tuple[Inlet, ...]:
        return (MemoryInlet(LMU_BLOCK, LMU_LAYOUT.itemsize, LmuReader),)
