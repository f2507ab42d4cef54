"""Numbers as drivers read them."""

from __future__ import annotations

from desktop_client.overlay.lettering import DASH, MINUS


def gap_text(gap_s: float | None) -> str:
    """A signed gap with one decimal and a true minus; an en dash where it is not known."""
    if gap_s is None:
        return DASH
    return f"{'+' if gap_s >= 0 else MINUS}{min(abs(gap_s), 9999.9):.1f}"


def lap_text(seconds: float | None, decimals: int = 3) -> str:
    """`1:34.354`, or `0:58.1` with one decimal; an en dash where there is no time."""
    if seconds is None:
        return DASH
    units = round(seconds * 10**decimals)
    whole, part = divmod(units, 10**decimals)
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02}.{part:0{decimals}}"


def delta_text(delta: float, amount: str) -> str:
    """An amount with the sign of a delta: a true minus, a plus, and nothing before what rounds to zero."""
    if not any(digit in amount for digit in "123456789"):
        return amount
    return f"{'+' if delta > 0 else MINUS}{amount}"


def sector_text(seconds: float) -> str:
    """`28.417`, and `1:04.120` where a sector takes a minute."""
    return lap_text(seconds) if seconds >= 60 else f"{seconds:.3f}"


def rating_text(rating: int) -> str:
    """`2.4k` for a rating of thousands, else the figure itself."""
    return str(rating) if rating < 1000 else f"{rating / 1000:.1f}k"
