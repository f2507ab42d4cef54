"""Lays numpy dtypes out as a C compiler does under `#pragma pack(4)`, which is how many games declare their memory."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

PACK: Final = 4

Field = tuple[str, str] | tuple[str, str, tuple[int, ...]] | tuple[str, np.dtype, tuple[int, ...]]


def each(type_: str, names: str) -> list[Field]:
    """Neighbouring fields of one type."""
    return [(name, type_) for name in names.split()]


def packed(fields: list[Field]) -> np.dtype:
    """The structure of these fields: each aligned to its own size or to 4 bytes, whichever is less."""
    names, formats, offsets = [], [], []
    offset, widest = 0, 1
    for name, type_, *shape in fields:
        of_one = np.dtype(type_)
        alignment = min(_alignment(of_one), PACK)
        offset = _up_to(offset, alignment)
        format_ = np.dtype((of_one, shape[0])) if shape else of_one
        names.append(name)
        formats.append(format_)
        offsets.append(offset)
        offset += format_.itemsize
        widest = max(widest, alignment)
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": _up_to(offset, widest)}
    return np.dtype(layout)  # pyright: ignore[reportCallIssue,reportArgumentType]


def offset_in(layout: np.dtype, name: str) -> int:
    """Where a field stands, bytes from the beginning of the structure. Raises KeyError where there is no such field."""
    fields: dict[Any, Any] = dict(layout.fields or {})
    return fields[name][1]


def named(record: NDArray[np.void]) -> dict[str, Any]:
    """One record's fields by name, its scalars as Python's own: many times faster than asking numpy for each."""
    return dict(zip(record.dtype.names or (), record.item(), strict=True))


def _alignment(type_: np.dtype) -> int:
    """A structure is aligned as its widest member; a number as its size; bytes and characters anywhere."""
    if type_.fields is not None:
        return max(_alignment(field[0]) for field in type_.fields.values())
    if type_.subdtype is not None:
        return _alignment(type_.subdtype[0])
    return 1 if type_.kind in "SV" else type_.itemsize


def _up_to(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
