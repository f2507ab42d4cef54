from __future__ import annotations

import itertools
from uuid import UUID

from services.auth.domain.codes import Purpose, code_from, code_hash


def test_a_code_has_eight_digits_also_when_the_number_is_small():
    assert code_from(7) == "00000007"
    assert code_from(10**8 - 1) == "99999999"


def test_what_is_kept_of_a_code_fits_one_account_purpose_address_and_secret_only():
    secrets, people = (b"a" * 32, b"b" * 32), (UUID(int=1), UUID(int=2))
    addresses = ("a@b.example", "c@d.example")
    hashes = {
        code_hash(secret, person, purpose, code, address)
        for secret, person, purpose, code, address in itertools.product(
            secrets, people, Purpose, ("00000000", "00000001"), addresses
        )
    }
    assert len(hashes) == 2 * 2 * len(Purpose) * 2 * 2
