"""Pictures that show why a verdict is what it is: of two laps laid on each other, and of one lap with its faults."""

from services.tracks.domain.drawing.judged import judged
from services.tracks.domain.drawing.laid import comparison

__all__ = ["comparison", "judged"]
