"""How many guesses would a password take from somebody who tries what people choose first?

The cheapest way to write it out of pieces is found: common words, also with l3tt3rs turned into figures, runs like 1234
or qwerty, repetitions, years, and what is known of the person; whatever is none of these is guessed letter by letter.
The work grows with the length alone, whatever is in the password.
"""

# zxcvbn carries no types; only its lists of common words are used.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zxcvbn.frequency_lists import FREQUENCY_LISTS

LETTER = 1.0  # orders of magnitude that a letter adds which belongs to nothing
RUN = 1.5
REPETITION = 1.0
YEAR = 2.0
OWN_WORD = 1.0
_SHORTEST_RUN = 3
_LONGEST_PERIOD = 32

# What everybody thinks of here. Guessed as soon as the commonest passwords.
_OF_THE_TRADE = """
raceoverlay overlay overlays racing simracing simracer racer driver formula1 formula f1 motorsport grandprix telemetry
iracing assetto corsa assettocorsa acc rfactor forza granturismo gt7 rennsport automobilista
monza silverstone suzuka imola spa nordschleife nurburgring lemans
"""
_FORWARD = """
abcdefghijklmnopqrstuvwxyz 0123456789 1234567890 qwertyuiop asdfghjkl zxcvbnm
qwertzuiop yxcvbnm azertyuiop qsdfghjklm 1qaz2wsx3edc4rfv5tgb6yhn7ujm !@#$%^&*()
"""
_RUNS = (*_FORWARD.split(), *_FORWARD[::-1].split())
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEET = str.maketrans("4@8(3690!$5+7|2", "aabceggoissttlz")


@dataclass(frozen=True)
class Piece:
    """Letters `start` to `end` of a password, and the orders of magnitude of guesses they add.

    With `shortest` it may as well end anywhere from there on, at the same price.
    """

    start: int
    end: int
    magnitude: float
    is_own_word: bool = False
    shortest: int | None = None


@dataclass(frozen=True)
class Guessability:
    """`magnitude`: ten to that power is about how many guesses it takes."""

    magnitude: float
    has_own_words: bool


def guessability(password: str, own_words: Iterable[str] = ()) -> Guessability:
    """`own_words` are what is known of the person: parts of the address, the name."""
    plain = _plain(password)
    own = frozenset(_plain(word) for word in own_words)
    longest = max((_LONGEST_WORD, *map(len, own)))
    ways: list[list[Piece]] = [[Piece(at, at + 1, LETTER)] for at in range(len(plain))]
    for piece in (*_words(plain, own, longest), *_runs(plain), *_repetitions(plain), *_years(plain)):
        ways[piece.start].append(piece)
    return _cheapest(ways)


def _cheapest(ways: list[list[Piece]]) -> Guessability:
    """The way through all letters that adds up to the least."""
    magnitudes = [math.inf] * len(ways) + [0.0]
    has_own_words = [False] * (len(ways) + 1)
    for at in range(len(ways) - 1, -1, -1):
        for piece in ways[at]:
            first = piece.shortest or piece.end
            rest = min(magnitudes[first : piece.end + 1])
            if piece.magnitude + rest < magnitudes[at]:
                end = magnitudes.index(rest, first)
                magnitudes[at] = piece.magnitude + rest
                has_own_words[at] = piece.is_own_word or has_own_words[end]
    return Guessability(magnitudes[0], has_own_words[0])


def _words(plain: str, own: frozenset[str], longest: int) -> Iterator[Piece]:
    leet = plain.translate(_LEET)
    readings = {plain, leet.replace("1", "i"), leet.replace("1", "l")}
    for reading in readings:
        for start in range(len(reading)):
            for end in range(start + 2, min(start + longest, len(reading)) + 1):
                word = reading[start:end]
                if word in own:
                    yield Piece(start, end, OWN_WORD, is_own_word=True)
                elif (magnitude := _COMMON.get(word)) is not None:
                    yield Piece(start, end, magnitude)


def _runs(plain: str) -> Iterator[Piece]:
    for start in range(len(plain) - _SHORTEST_RUN + 1):
        for run in _RUNS:
            found = run.find(plain[start : start + _SHORTEST_RUN])
            if found >= 0:
                length = _SHORTEST_RUN
                while plain[start + length : start + length + 1] == run[found + length : found + length + 1] != "":
                    length += 1
                yield Piece(start, start + length, RUN, shortest=start + _SHORTEST_RUN)


def _repetitions(plain: str) -> Iterator[Piece]:
    """Where what stands before goes on: `abab` is `ab` and a repetition."""
    for period in range(1, min(_LONGEST_PERIOD, len(plain) - 1) + 1):
        length = 0
        for at in range(len(plain) - 1, period - 1, -1):
            length = length + 1 if plain[at] == plain[at - period] else 0
            shortest = max(period, 2)
            if length >= shortest:
                yield Piece(at, at + length, REPETITION, shortest=at + shortest)


def _years(plain: str) -> Iterator[Piece]:
    for found in _YEAR.finditer(plain):
        yield Piece(found.start(), found.end(), YEAR)


def _plain(text: str) -> str:
    """Small letters without accents, one for each of `text`."""
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in text)


def _ranked() -> dict[str, float]:
    """Each common word with its orders of magnitude: the first of a list is guessed first."""
    ranks: dict[str, int] = dict.fromkeys(_OF_THE_TRADE.split(), 10)
    lists: dict[str, list[str]] = FREQUENCY_LISTS
    for words in lists.values():
        for rank, word in enumerate(words, start=10):
            ranks[word] = min(rank, ranks.get(word, rank))
    return {word: math.log10(rank) for word, rank in ranks.items() if len(word) > 1}


_COMMON = _ranked()
_LONGEST_WORD = max(map(len, _COMMON))
