"""Which lap does a file hold? An upload, a stored map, a table of points or a line drawn on a map; also under gzip.

The forms are told apart by what is in the file, not by its name, and each becomes an Upload, so that a file is judged
as what drivers send is.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec
import numpy as np

from chassis.commands import CannotBeUsed
from contracts.problem import InvalidRequest
from contracts.tracks import MAX_POINTS, TrackMap, Upload
from services.tracks import foreign_lines
from services.tracks.domain.lap import Floats, Lap
from services.tracks.domain.uploads import check_form

MAX_FILE_BYTES: Final = 64 << 20
_GZIP: Final = b"\x1f\x8b"
_NAMES_ALL_FORMS: Final = "an upload has `points`, a map a `line`, GeoJSON a `type`"

T = TypeVar("T")
Form = Literal["lap", "map", "table", "line"]


@dataclass(frozen=True, slots=True)
class LapFile:
    """`name` is what the file is called, without its folder."""

    name: str
    form: Form
    upload: Upload

    @property
    def lap(self) -> Lap:
        return Lap.read(self.upload)

    @property
    def game(self) -> str | None:
        """The game that it is of, where the file says so."""
        return self.upload.game if self.form == "lap" or self.upload.track_id else None


def open_lap(path: Path) -> LapFile:
    """The lap in that file.

    Raises:
        CannotBeUsed: a sentence that names the file, and the field where one is wrong.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise CannotBeUsed(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise CannotBeUsed(f"{path} is a folder: name a file in it.") from None
    except OSError as error:
        raise CannotBeUsed(f"{path} cannot be read: {error.strerror}.") from None
    try:
        form, upload = _told_apart(_unpacked(body))
        if len(upload.points) > MAX_POINTS:
            raise CannotBeUsed(f"points: {len(upload.points)} are more than the {MAX_POINTS} that a lap may have.")
        check_form(upload)
    except CannotBeUsed as error:
        raise CannotBeUsed(f"{path}: {error}") from None
    except InvalidRequest as error:
        first = error.errors[0]
        raise CannotBeUsed(f"{path}: {first.field}: {first.message}") from None
    return LapFile(path.name, form, upload)


def _unpacked(body: bytes) -> bytes:
    if body[:2] == _GZIP:
        unzip = zlib.decompressobj(wbits=31)
        try:
            body = unzip.decompress(body, MAX_FILE_BYTES + 1)
        except zlib.error:
            raise CannotBeUsed("what gzip packed is damaged.") from None
        if not unzip.eof and len(body) <= MAX_FILE_BYTES:
            raise CannotBeUsed("what gzip packed ends too early.")
    if len(body) > MAX_FILE_BYTES:
        raise CannotBeUsed(f"it is larger than {MAX_FILE_BYTES >> 20} MB, and no lap is.")
    return body


def _told_apart(body: bytes) -> tuple[Form, Upload]:
    body = body.removeprefix(b"\xef\xbb\xbf")  # Windows marks UTF-8 so
    start = body[:64].lstrip()
    if not start:
        raise CannotBeUsed("it is empty.")
    if start[:1] not in (b"{", b"["):
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise CannotBeUsed("it is neither JSON nor a table of text.") from None
        points, is_ours = foreign_lines.table(text)
        return "table", _upload("table", points, handedness="right" if is_ours else "unknown")
    found: Any = _decoded(body, object)
    if not isinstance(found, dict):
        raise CannotBeUsed(f"it is a JSON list: {_NAMES_ALL_FORMS}.")
    if "points" in found:
        return "lap", _decoded(body, Upload)
    if "line" in found:
        return "map", _of_map(_decoded(body, TrackMap))
    if "type" in found:
        points, is_ours = foreign_lines.geojson(found)
        return ("map" if is_ours else "line"), _upload("line", points, handedness="right")
    raise CannotBeUsed(f"it is none that is known here: {_NAMES_ALL_FORMS}.")


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        named = "it is no valid JSON" if kind is object else where.strip(".`") or "the whole"
        raise CannotBeUsed(f"{named}: {message}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotBeUsed(f"it is no valid JSON: {error}.") from None
    except RecursionError:
        raise CannotBeUsed("it is nested too deeply.") from None


def _of_map(track_map: TrackMap) -> Upload:
    line = track_map.line
    columns: list[Sequence[float]] = [line.x, line.y, *([line.z] if line.z else [])]
    if len({len(column) for column in columns}) > 1 or len(line.x) < 2:
        raise CannotBeUsed(f"line: x, y and z have {', '.join(str(len(column)) for column in columns)} values.")
    upload = _upload(track_map.game, np.column_stack(columns), handedness=track_map.frame.handedness)
    return msgspec.structs.replace(
        upload,
        track_id=track_map.track_id,
        track_name=track_map.track_name,
        layout_name=track_map.layout_name,
        coordinates=track_map.quality.coordinates,
    )


def _upload(game: str, points: Floats, *, handedness: Literal["right", "left", "unknown"]) -> Upload:
    if len(points) < 2:
        raise CannotBeUsed("points: a line has two or more.")
    return Upload(game=game, lap_valid=True, points=tuple(map(tuple, points.tolist())), handedness=handedness)
