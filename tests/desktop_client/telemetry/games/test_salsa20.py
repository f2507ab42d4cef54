"""The cipher, against the vectors that its author and the eSTREAM project published."""

import time

import pytest

from desktop_client.telemetry.games.salsa20 import BLOCK, keystream, salsa20

KEY_OF_THE_SPECIFICATION = bytes(range(1, 17)) + bytes(range(201, 217))


def test_the_expansion_of_the_specification_comes_out():
    # Section 9: k0 = 1..16, k1 = 201..216, n = 101..116, whose latter half is the number of the block.
    number = int.from_bytes(bytes(range(109, 117)), "little")
    block = keystream(1, KEY_OF_THE_SPECIFICATION, bytes(range(101, 109)), number)
    assert list(block[:16]) == [69, 37, 68, 39, 41, 15, 107, 193, 255, 139, 122, 6, 170, 233, 217, 98]
    assert list(block[-16:]) == [177, 160, 133, 130, 6, 72, 149, 119, 192, 195, 132, 236, 234, 103, 246, 74]


def test_vector_0_of_set_1_of_estream_comes_out_at_both_ends():
    stream = keystream(4, b"\x80" + bytes(31), bytes(8))
    assert stream[:64].hex() == (
        "e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844"
        "b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117"
    )
    assert stream[192:].hex() == (
        "57be81f47b17d9ae7c4ff15429a73e10acf250ed3a90a93c711308a74c6216a9"
        "ed84cd126da7f28e8abf8bb63517e1ca98e712f4fb2e1a6aed9fdc73291faa17"
    )


def test_blocks_made_together_are_those_made_one_by_one():
    nonce = bytes(range(8))
    together = keystream(9, KEY_OF_THE_SPECIFICATION, nonce)
    apart = [keystream(1, KEY_OF_THE_SPECIFICATION, nonce, block) for block in range(9)]
    assert together == b"".join(apart)


def test_the_number_of_a_block_carries_over_into_its_upper_word():
    nonce, edge = bytes(8), 2**32 - 1
    assert keystream(2, KEY_OF_THE_SPECIFICATION, nonce, edge)[BLOCK:] == keystream(
        1, KEY_OF_THE_SPECIFICATION, nonce, 2**32
    )


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 296, 368])
def test_what_is_enciphered_twice_is_as_it_was(size: int):
    plain = bytes(index % 251 for index in range(size))
    cipher = salsa20(plain, KEY_OF_THE_SPECIFICATION, b"eight by")
    assert len(cipher) == size
    assert size < 8 or cipher != plain
    assert salsa20(cipher, KEY_OF_THE_SPECIFICATION, b"eight by") == plain


@pytest.mark.parametrize(("key", "nonce"), [(bytes(16), bytes(8)), (bytes(32), bytes(16))])
def test_a_key_or_nonce_of_another_length_is_refused(key: bytes, nonce: bytes):
    with pytest.raises(ValueError, match="32"):
        keystream(1, key, nonce)


def test_a_packet_takes_less_than_a_fifth_of_a_millisecond():
    def once() -> float:
        begun = time.thread_time()
        for number in range(20):
            salsa20(bytes(368), KEY_OF_THE_SPECIFICATION, number.to_bytes(8, "little"))
        return (time.thread_time() - begun) / 20

    assert min(once() for _ in range(50)) < 0.0002
