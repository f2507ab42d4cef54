"""What the cloud's verdict on a lap means, in a sentence for the driver who drove it. Pure."""

from __future__ import annotations

from contracts.tracks import LayoutReference, UploadStatus

OF_THE_KNOWN = frozenset({"duplicate"})  # a reason that says how near the lap lies, which is of no use to a driver

LONGEST_MESSAGE, LONGEST_NAME, MOST_REASONS = 300, 64, 5  # what fits on a page, whatever is said


def verdict_in_words(status: UploadStatus, version_before: int | None = None) -> str:
    """`version_before` is the version of that track's map that was known when the lap was sent."""
    match status.status:
        case "received":
            return "Your lap is being judged."
        case "accepted":
            return _accepted(status)
        case "duplicate":
            return _known(status, version_before)
        case "rejected":
            said = " ".join(_sentence(reason.message) for reason in status.reasons[:MOST_REASONS])
            return f"Your lap was refused. {said}" if said else "Your lap was refused; the cloud does not say why."


def _accepted(status: UploadStatus) -> str:
    if status.version is not None and status.version > 1:
        return f"Your lap brought version {status.version} of the map of this track."
    if status.variant_of is not None:
        return f"Your lap made the first map of this layout, a variant of {_named(status.variant_of)}."
    if status.reverse_of is not None:
        return f"Your lap made the first map of this layout: {_named(status.reverse_of)} the other way round."
    return "Your lap made the first map of this track."


def _known(status: UploadStatus, version_before: int | None) -> str:
    if version_before is not None and status.version is not None and status.version > version_before:
        first = f"Your lap agrees with the map of this track, which is at version {status.version} now."
    else:
        first = "Your lap agrees with the map of this track, and helps to improve it."
    others = [_sentence(reason.message) for reason in status.reasons[:MOST_REASONS] if reason.code not in OF_THE_KNOWN]
    return " ".join((first, *others))


def _named(layout: LayoutReference) -> str:
    return f"{layout.track_id[:LONGEST_NAME]} ({layout.game[:LONGEST_NAME]})"


def _sentence(message: str) -> str:
    said = " ".join(message[:LONGEST_MESSAGE].split())
    return said if said.endswith((".", "?", "!")) else f"{said}."
