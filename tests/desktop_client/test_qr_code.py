"""QR codes, read back from their modules, and compared with codes that cameras have read."""

from __future__ import annotations

import hashlib
import string

import numpy as np
import pytest

from desktop_client import qr_code as qr
from desktop_client.qr_code import VERSIONS, Modules, TooLong, correction, product, qr_code

LINK = "otpauth://totp/RaceOverlay:driver@raceoverlay.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=RaceOverlay"


def letters(count: int) -> str:
    return (string.ascii_letters * 10)[:count]


def read(code: Modules) -> str:
    """What a camera's program does once it has found the modules; it fails on a single wrong one."""
    version = next(each for each in VERSIONS if each.size == len(code))
    _, fixed = qr._frame(version)
    copies = [code[[0, 1, 2, 3, 4, 5, 7, 8], 8], code[8, :-9:-1]]
    told = int("".join(str(int(bit)) for bit in np.concatenate((copies[0], code[8, [7, 5, 4, 3, 2, 1, 0]]))[::-1]), 2)
    assert (copies[0] == copies[1]).all(), "it is said twice which mask there is"
    level, mask = (told ^ 0x5412) >> 13, (told ^ 0x5412) >> 10 & 7
    assert level == qr.LEVEL_L
    plain = qr._masked(code, fixed, version, mask)
    bits = [plain[place] for place in qr._way(version.size) if not fixed[place]]
    sent = list(np.packbits(bits[: len(bits) // 8 * 8]))
    blocks: list[list[int]] = [[] for _ in version.blocks]
    for at in range(max(version.blocks)):
        for block, length in zip(blocks, version.blocks, strict=True):
            if at < length:
                block.append(int(sent.pop(0)))
    for _ in range(version.spare):
        for block in blocks:
            block.append(int(sent.pop(0)))
    for block in blocks:
        assert not any(at_root(block, root) for root in range(version.spare)), "nothing has to be corrected"
    data = "".join(f"{byte:08b}" for block, n in zip(blocks, version.blocks, strict=True) for byte in block[:n])
    count = int(data[4 : 4 + version.count_bits], 2)
    begin = 4 + version.count_bits
    assert data[:4] == "0100"
    return bytes(int(data[at : at + 8], 2) for at in range(begin, begin + 8 * count, 8)).decode()


def at_root(block: list[int], exponent: int) -> int:
    """The value of the block's polynomial where the divisor is zero."""
    value = 0
    for byte in block:
        value = product(value, qr.POWERS[exponent]) ^ byte
    return value


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: str(version.number))
@pytest.mark.parametrize("missing", [0, 1, 19])
def test_a_code_of_every_size_is_read_back(version: qr._Version, missing: int) -> None:
    words = letters(version.longest - missing)
    code = qr_code(words)
    assert len(code) == version.size
    assert read(code) == words


def test_letters_of_every_alphabet_are_read_back() -> None:
    assert read(qr_code("Ünïcode · 王小明 · Дмитрий")) == "Ünïcode · 王小明 · Дмитрий"


@pytest.mark.parametrize(
    ("words", "digest"),
    [
        (LINK, "5d013eef00fbe78d"),
        (letters(VERSIONS[0].longest), "4297d8ebec80f397"),
        (letters(VERSIONS[5].longest - 7), "9a669aaf4941ef46"),
    ],
)
def test_codes_are_those_that_cameras_have_read(words: str, digest: str) -> None:
    assert hashlib.sha256(np.packbits(qr_code(words)).tobytes()).hexdigest()[:16] == digest


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TooLong, match="368 bytes are more than 367"):
        qr_code(letters(368))


def test_the_correcting_bytes_make_the_whole_divisible() -> None:
    block = [*b"formula", *correction(b"formula", 10)]
    assert [at_root(block, root) for root in range(10)] == [0] * 10
    block[3] ^= 1
    assert any(at_root(block, root) for root in range(10))
