"""The Salsa20/20 stream cipher, after D. J. Bernstein's "Salsa20 specification" (2005), for packets of a few blocks.

All blocks of a packet are worked on at once, in four Python integers: each is a row of lanes of 64 bits, one lane per
block and diagonal, with the 32-bit word in the lower half and room for what a shift pushes out in the upper. One
addition of two such integers is then twenty-four additions of words, and a packet of 368 bytes takes some 70
microseconds. For rows this short numpy, which pays for every call, takes six times as long.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final, NamedTuple

BLOCK: Final = 64  # bytes
ROUNDS: Final = 20
WORD: Final = 0xFFFF_FFFF
LANE_BITS: Final = 64
SIGMA: Final = struct.unpack("<4I", b"expand 32-byte k")

# The words of a block that stand on each of its four diagonals, in the order in which a round works on them.
DIAGONALS: Final = ((0, 5, 10, 15), (4, 9, 14, 3), (8, 13, 2, 7), (12, 1, 6, 11))


class _Row(NamedTuple):
    """What depends on nothing but the number of blocks."""

    low_halves: int  # ones in the lower half of every lane
    whole: int
    quarter: int  # bits of the lanes of one word of a diagonal
    bytes: int


@lru_cache(maxsize=8)
def _row(blocks: int) -> _Row:
    lanes = 4 * blocks
    low_halves = sum(WORD << LANE_BITS * lane for lane in range(lanes))
    return _Row(low_halves, (1 << LANE_BITS * lanes) - 1, LANE_BITS * blocks, LANE_BITS * lanes // 8)


def salsa20(data: bytes, key: bytes, nonce: bytes, first_block: int = 0) -> bytes:
    """`data` encrypted, which is also `data` decrypted.

    `key` has 32 bytes, `nonce` 8; `first_block` is the number of the block that `data` begins with.
    """
    stream = keystream(-(-len(data) // BLOCK), key, nonce, first_block)[: len(data)]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")
    return mixed.to_bytes(len(data), "little")


def keystream(blocks: int, key: bytes, nonce: bytes, first_block: int = 0) -> bytes:
    """So many blocks of the stream. Raises ValueError where key or nonce has not its length."""
    if len(key) != 32 or len(nonce) != 8:
        raise ValueError("Salsa20 takes a key of 32 and a nonce of 8 bytes")
    if not blocks:
        return b""
    words = _words(key, nonce)
    counters = [divmod(first_block + block, 1 << 32) for block in range(blocks)]
    begin = [_gather(diagonal, words, counters) for diagonal in DIAGONALS]
    end = _mix(begin[0], begin[1], begin[2], begin[3], _row(blocks))
    mask, size = _row(blocks).low_halves, _row(blocks).bytes
    sums = [((a + b) & mask).to_bytes(size, "little") for a, b in zip(begin, end, strict=True)]
    return _scatter(sums, blocks)


def _words(key: bytes, nonce: bytes) -> list[int]:
    k, n = struct.unpack("<8I", key), struct.unpack("<2I", nonce)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, 0, 0, SIGMA[2], *k[4:], SIGMA[3]]


def _gather(diagonal: tuple[int, ...], words: list[int], counters: list[tuple[int, int]]) -> int:
    """The four words of a diagonal of every block as lanes, the blocks of one word side by side."""
    lanes: list[int] = []
    for word in diagonal:
        for high, low in counters:
            lanes.append(low if word == 8 else high & WORD if word == 9 else words[word])
    return int.from_bytes(struct.pack(f"<{len(lanes)}Q", *lanes), "little")


def _mix(a: int, b: int, c: int, d: int, row: _Row) -> tuple[int, int, int, int]:
    """Ten double rounds. Between a round of columns and one of rows the diagonals turn, and b and d change places."""
    mask, whole, one = row.low_halves, row.whole, row.quarter
    two, three = 2 * one, 3 * one
    for _ in range(ROUNDS):
        t = ((a + d) & mask) << 7
        b ^= (t | t >> 32) & mask
        t = ((b + a) & mask) << 9
        c ^= (t | t >> 32) & mask
        t = ((c + b) & mask) << 13
        d ^= (t | t >> 32) & mask
        t = ((d + c) & mask) << 18
        a ^= (t | t >> 32) & mask
        b, d = (d >> one | d << three) & whole, (b >> three | b << one) & whole
        c = (c >> two | c << two) & whole
    return a, b, c, d


def _scatter(diagonals: list[bytes], blocks: int) -> bytes:
    """The words back at their places, block after block."""
    count = 4 * blocks
    placed = [0] * (16 * blocks)
    for diagonal, raw in zip(DIAGONALS, diagonals, strict=True):
        lanes = struct.unpack(f"<{count}Q", raw)
        for position, word in enumerate(diagonal):
            placed[word::16] = lanes[position * blocks : (position + 1) * blocks]
    return struct.pack(f"<{len(placed)}I", *placed)
