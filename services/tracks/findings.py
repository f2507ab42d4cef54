"""What there is to say of a lap, or of two: for people in a shell, and as JSON for their scripts."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
import numpy as np

from contracts.tracks import Corner, Deviation, Reason
from services.tracks.domain.canonical import Loop, close
from services.tracks.domain.corners import proposed
from services.tracks.domain.drawing import comparison, judged
from services.tracks.domain.recognition import Known, Match, Relation, match
from services.tracks.domain.validate import refusals
from services.tracks.lap_files import Form, LapFile

SHAPELESS = frozenset({"too_few_points", "not_finite", "coordinate_range", "no_movement"})
"""A lap that is refused for one of these has no shape that could be laid on another."""
_RELATIONS: dict[Relation, str] = {
    "same": "the same layout",
    "reverse": "the same road, driven the other way",
    "variant": "a variant of the layout",
    "other": "another road",
}


class LapFindings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`verdict` is what geometry says of it alone: whether it is known already, only the service can tell."""

    file: str
    form: Form
    verdict: Literal["accepted", "rejected"]
    points: int
    reasons: tuple[Reason, ...] = ()
    rate_hz: float | None = None
    length_m: float | None = None
    direction: Literal["cw", "ccw"] | None = None
    closure_m: float | None = None
    heights_m: tuple[float, float] | None = None
    corners: tuple[Corner, ...] = ()

    @classmethod
    def of(cls, found: LapFile) -> LapFindings:
        lap = found.lap
        reasons = refusals(lap)
        rate = None if lap.rate_hz is None else round(lap.rate_hz, 1)
        if reasons:
            return cls(file=found.name, form=found.form, verdict="rejected", points=len(lap.xy), reasons=reasons,
                       rate_hz=rate)  # fmt: skip
        loop = close(lap)
        return cls(
            file=found.name,
            form=found.form,
            verdict="accepted",
            points=len(lap.xy),
            rate_hz=rate,
            length_m=round(loop.length_m, 1),
            direction=loop.direction,
            closure_m=round(loop.gap_m, 1),
            heights_m=None if lap.z is None else (round(float(lap.z.min()), 1), round(float(lap.z.max()), 1)),
            corners=proposed(loop),
        )

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        facts = {"points": str(self.points) if self.rate_hz is None else f"{self.points}, {self.rate_hz:g} a second"}
        if self.length_m is not None:
            facts["length"] = f"{self.length_m:.0f} m, {'clockwise' if self.direction == 'cw' else 'anticlockwise'}"
            facts["closes"] = f"within {self.closure_m:.1f} m"
            facts["corners"] = str(len(self.corners))
        if self.heights_m is not None:
            facts["heights"] = f"{self.heights_m[0]:.0f} to {self.heights_m[1]:.0f} m"
        return tuple(facts.items())

    def in_words(self) -> str:
        if not self.reasons:
            return _lines(f"{self.file} can become a map.", self.facts)
        rows = [(each.code, f"{each.message}{_where(each.at)}") for each in self.reasons]
        return _lines(f"{self.file} is refused.", [*rows, *self.facts])

    def drawn(self, found: LapFile) -> str:
        return judged(found.lap, self.reasons, name=self.file, corners=self.corners, facts=self.facts)


class Comparison(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How the lap of one file lies on the line of another; `at` is where on it (0..1) they are farthest apart."""

    file: str
    on: str
    relation: Relation
    deviation_m: Deviation
    at: float
    length_m: float
    on_length_m: float
    turned_deg: float
    scaled: float
    is_mirrored: bool
    is_reversed: bool
    starts_at: float
    objections: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: LapFile, known: LapFile, matched: Match, loop: Loop) -> Comparison:
        pose = matched.pose
        return cls(
            file=found.name,
            on=known.name,
            relation=matched.relation,
            deviation_m=matched.deviation,
            at=matched.at,
            length_m=round(loop.length_m, 1),
            on_length_m=round(matched.known.loop.length_m, 1),
            turned_deg=round(float(np.degrees(pose.turn)), 1) + 0.0,
            scaled=round(pose.scale, 4),
            is_mirrored=pose.is_mirrored,
            is_reversed=pose.is_reversed,
            starts_at=round(pose.start, 4),
            objections=tuple(
                f"{each.name} would be refused as a lap ({reason.code}): {reason.message}"
                for each in (found, known)
                for reason in refusals(each.lap)
            ),
        )

    def in_words(self) -> str:
        deviation, mirrored = self.deviation_m, "mirrored" if self.is_mirrored else "not mirrored"
        way = "the other way" if self.is_reversed else "the same way"
        rows = (
            ("apart", f"{deviation.rms:.1f} m rms, {deviation.p95:.1f} m at the 95th percentile"),
            ("farthest", f"{deviation.max:.1f} m at {100 * self.at:.0f} % of the lap, {self.at * self.length_m:.0f} m"),
            ("length", f"{self.length_m:.0f} m on {self.on_length_m:.0f} m"),
            ("laid on", f"turned by {self.turned_deg:g}°, scaled by {self.scaled:.3f}, {mirrored}, driven {way}"),
            ("starts", f"at {100 * self.starts_at:.0f} % of {self.on}"),
        )
        return "\n".join((_lines(f"{self.file} on {self.on}: {_RELATIONS[self.relation]}.", rows), *self.objections))


def laid_on(found: LapFile, known: LapFile, *, mirrors: bool) -> tuple[Comparison, str]:
    """How one lap lies on another, in words and drawn. Both have a shape: see `shapeless`."""
    loop, line = close(found.lap), close(known.lap)
    integrated = "integrated" in (found.upload.coordinates, known.upload.coordinates)
    matched = match(
        loop,
        Known(UUID(int=0), known.game or "", known.name, line),
        mirrors=mirrors or "unknown" in (found.upload.handedness, known.upload.handedness),
        integrated=integrated,
        game=found.game,
    )
    picture = comparison(loop, matched, name=found.name, known_name=known.name, integrated=integrated)
    return Comparison.of(found, known, matched, loop), picture


def shapeless(found: LapFile) -> Reason | None:
    """Why that lap can be laid on nothing, if it cannot."""
    return next((reason for reason in refusals(found.lap) if reason.code in SHAPELESS), None)


def _where(at: float | None) -> str:
    return "" if at is None else f" At {100 * at:.0f} % of the lap."


def _lines(first: str, rows: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str:
    wide = max((len(name) for name, _ in rows), default=0)
    return "\n".join((first, *(f"  {name:{wide}}  {value}" for name, value in rows)))
