"""A text as a QR code (ISO/IEC 18004): bytes, the lowest level of correction, and as small as the text allows.

A screen has no scratches, so that level is enough. Codes smaller than version 5 and larger than 12 are left out: what
is shown here is a link of about a hundred letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Modules = NDArray[np.bool_]


class TooLong(ValueError):
    """The text does not fit into the largest of these codes."""


@dataclass(frozen=True, slots=True)
class _Version:
    """`blocks` are the data bytes of each block, `spare` its correcting ones, `marks` the centres of small squares."""

    number: int
    blocks: tuple[int, ...]
    spare: int
    marks: tuple[int, ...]

    @property
    def size(self) -> int:
        return 17 + 4 * self.number

    @property
    def count_bits(self) -> int:
        return 8 if self.number < 10 else 16

    @property
    def longest(self) -> int:
        return sum(self.blocks) - (4 + self.count_bits + 7) // 8


VERSIONS: Final = (
    _Version(5, (108,), 26, (6, 30)),
    _Version(6, (68, 68), 18, (6, 34)),
    _Version(7, (78, 78), 20, (6, 22, 38)),
    _Version(8, (97, 97), 24, (6, 24, 42)),
    _Version(9, (116, 116), 30, (6, 26, 46)),
    _Version(10, (68, 68, 69, 69), 18, (6, 28, 50)),
    _Version(11, (81, 81, 81, 81), 20, (6, 30, 54)),
    _Version(12, (92, 92, 93, 93), 24, (6, 32, 58)),
)
LEVEL_L: Final = 0b01
BYTES: Final = 0b0100
FILLERS: Final = (0xEC, 0x11)
LIKE_A_MARK: Final = np.array([1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0], np.bool_)


def qr_code(words: str) -> Modules:
    """Dark is true; a margin of four light modules belongs around it. Raises TooLong."""
    content = words.encode()
    version = next((each for each in VERSIONS if len(content) <= each.longest), None)
    if version is None:
        raise TooLong(f"{len(content)} bytes are more than {VERSIONS[-1].longest}.")
    drawn, fixed = _frame(version)
    bits = np.unpackbits(np.frombuffer(_interleaved(version, _filled(version, content)), np.uint8)).astype(np.bool_)
    places = [(y, x) for y, x in _way(version.size) if not fixed[y, x]]
    rows, columns = np.array(places[: len(bits)]).T
    drawn[rows, columns] = bits
    candidates = [_masked(drawn, fixed, version, mask) for mask in range(8)]
    return min(candidates, key=_penalty)


def _filled(version: _Version, content: bytes) -> bytes:
    """Kind, length, content and end, padded to what the version holds."""
    room = sum(version.blocks)
    bits = f"{BYTES:04b}{len(content):0{version.count_bits}b}" + "".join(f"{byte:08b}" for byte in content) + "0000"
    bits = bits.ljust(-len(bits) % 8 + len(bits), "0")[: 8 * room]
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return data + bytes(FILLERS[number % 2] for number in range(room - len(data)))


def _interleaved(version: _Version, data: bytes) -> bytes:
    """A byte of each block in turn, then their correcting bytes likewise: a stain takes a little of each."""
    ends = np.cumsum(version.blocks)
    blocks = [data[end - length : end] for end, length in zip(ends, version.blocks, strict=True)]
    spares = [correction(block, version.spare) for block in blocks]
    return bytes(byte for parts in (blocks, spares) for row in zip_longest(*parts) for byte in row if byte is not None)


def _powers() -> tuple[list[int], list[int]]:
    """The powers of 2 in the field of 256 elements that the standard counts in, and the exponent of each element."""
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0x11D if doubled > 255 else doubled)
    exponents = [0] * 256
    for exponent, power in enumerate(powers):
        exponents[power] = exponent
    return powers * 2, exponents


POWERS, EXPONENTS = _powers()


def product(one: int, other: int) -> int:
    """In that field."""
    return POWERS[EXPONENTS[one] + EXPONENTS[other]] if one and other else 0


def correction(data: bytes, count: int) -> bytes:
    """The rest of the data's polynomial after division by the one whose roots are 1, 2, 4 … (Reed and Solomon)."""
    divisor = [1]
    for root in POWERS[:count]:
        shifted = [product(factor, root) for factor in divisor]
        divisor = [a ^ b for a, b in zip([*divisor, 0], [0, *shifted], strict=True)]
    rest = [0] * count
    for byte in data:
        lead = byte ^ rest[0]
        rest = [a ^ product(b, lead) for a, b in zip([*rest[1:], 0], divisor[1:], strict=True)]
    return bytes(rest)


def _frame(version: _Version) -> tuple[Modules, Modules]:
    """What is the same in every code of the version, and where nothing else may be."""
    size = version.size
    drawn, fixed = np.zeros((size, size), np.bool_), np.zeros((size, size), np.bool_)
    drawn[6, ::2] = drawn[::2, 6] = fixed[6] = fixed[:, 6] = True
    ring = np.maximum(*np.abs(np.mgrid[-4:5, -4:5]))  # around a corner's mark, the light edge with it
    for y, x in ((3, 3), (3, size - 4), (size - 4, 3)):
        inside = [(slice(max(0, at - 4), min(size, at + 5)), at) for at in (y, x)]
        cut = tuple(slice(part.start - at + 4, part.stop - at + 4) for part, at in inside)
        area = tuple(part for part, _ in inside)
        drawn[area], fixed[area] = (ring[cut] != 2) & (ring[cut] != 4), True
    small = np.maximum(*np.abs(np.mgrid[-2:3, -2:3])) != 1
    corners = {(6, 6), (6, version.marks[-1]), (version.marks[-1], 6)}
    for y, x in ((y, x) for y in version.marks for x in version.marks if (y, x) not in corners):
        drawn[y - 2 : y + 3, x - 2 : x + 3], fixed[y - 2 : y + 3, x - 2 : x + 3] = small, True
    fixed[8, :9] = fixed[:9, 8] = fixed[8, -8:] = fixed[-8:, 8] = True
    if version.number >= 7:
        told = version.number << 12 | _check(version.number, 12, 0x1F25)
        block = np.array([told >> bit & 1 for bit in range(18)], np.bool_).reshape(6, 3)
        drawn[:6, -11:-8], drawn[-11:-8, :6] = block, block.T
        fixed[:6, -11:-8] = fixed[-11:-8, :6] = True
    return drawn, fixed


def _check(number: int, bits: int, divisor: int) -> int:
    """The bits behind a number that let it be read although some are wrong."""
    return reduce(lambda rest, _: (rest << 1) ^ (divisor if rest >> (bits - 1) & 1 else 0), range(bits), number)


def _way(size: int) -> list[tuple[int, int]]:
    """Row and column of each module in the order of the bits: up and down in pairs of columns, from the right."""
    pairs = [*range(size - 1, 6, -2), 5, 3, 1]
    return [
        (y, x)
        for number, right in enumerate(pairs)
        for y in (range(size) if number % 2 else range(size - 1, -1, -1))
        for x in (right, right - 1)
    ]


def _masked(drawn: Modules, fixed: Modules, version: _Version, mask: int) -> Modules:
    """The code with every place turned over that the mask names, and with what says which mask it was."""
    y, x = np.mgrid[: version.size, : version.size]
    turned = (
        (x + y) % 2 == 0,
        y % 2 == 0,
        x % 3 == 0,
        (x + y) % 3 == 0,
        (x // 3 + y // 2) % 2 == 0,
        x * y % 2 + x * y % 3 == 0,
        (x * y % 2 + x * y % 3) % 2 == 0,
        ((x + y) % 2 + x * y % 3) % 2 == 0,
    )[mask]
    code = drawn ^ (turned & ~fixed)
    told = LEVEL_L << 3 | mask
    told = (told << 10 | _check(told, 10, 0x537)) ^ 0x5412
    bits = np.array([told >> bit & 1 for bit in range(15)], np.bool_)
    code[[0, 1, 2, 3, 4, 5, 7, 8], 8], code[8, [7, 5, 4, 3, 2, 1, 0]] = bits[:8], bits[8:]
    code[8, :-9:-1], code[-7:, 8], code[-8, 8] = bits[:8], bits[8:], True
    return code


def _penalty(code: Modules) -> int:
    """How hard it is to read: runs and blocks of one colour, what looks like a corner's mark, too much of one."""
    points = 10 * int(abs(20 * float(code.mean()) - 10))
    same = code[1:] == code[:-1]
    points += 3 * int(np.sum(same[:, 1:] & same[:, :-1] & (code[:, 1:] == code[:, :-1])[1:]))
    for lines in (code, code.T):
        fives, elevens = sliding_window_view(lines, 5, axis=1), sliding_window_view(lines, len(LIKE_A_MARK), axis=1)
        points += int(np.sum(fives.all(axis=2) | ~fives.any(axis=2)))
        points += 40 * sum(int(np.sum((elevens == like).all(axis=2))) for like in (LIKE_A_MARK, LIKE_A_MARK[::-1]))
    return points
