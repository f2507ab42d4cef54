"""What is a track called when its map is asked for? A game's own name for it, made fit for an address."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

import msgspec

from contracts.tracks import Slug

LONGEST: Final = 64
HASH_DIGITS: Final = 8
SPELT: Final = {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d"}


@lru_cache(maxsize=64)
def slug(text: str) -> str | None:
    """The name by which the cloud knows the track that a game calls `text`; None where that is no name at all.

    A name that is a slug stays as it is. In any other, letters lose their marks, what is neither letter nor digit
    becomes a hyphen, and eight digits of a hash of the whole name keep apart what looks alike then: "A/B C" and
    "A B/C". The same name gives the same slug on every computer and for ever: maps are kept under it.
    """
    if is_slug(text):
        return text
    told = " ".join(unicodedata.normalize("NFC", text).split())
    if not any(character.isprintable() and not character.isspace() for character in told):
        return None
    mark = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    room = LONGEST - HASH_DIGITS - 1
    return f"{_readable(told)[:room].rstrip('-._') or 'track'}-{mark}"


def names(track_name: str | None, layout_name: str | None) -> tuple[str | None, str | None]:
    """The name of the track and that of its layout, where a game tells both and says the second in the first too."""
    whole, layout = (track_name or "").strip(), (layout_name or "").strip()
    venue = whole.removesuffix(layout).rstrip(" ,-/") if layout else whole
    return venue or whole or None, layout or None


def is_slug(text: str) -> bool:
    """Whether a name is fit for an address, and for a file, as it is."""
    try:
        msgspec.convert(text, Slug)
    except msgspec.ValidationError:
        return False
    return True


def _readable(text: str) -> str:
    spelled = "".join(SPELT.get(character, character) for character in text)
    plain = unicodedata.normalize("NFKD", spelled)
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^A-Za-z0-9._]+", "-", bare).strip("-._")
