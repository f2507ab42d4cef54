from __future__ import annotations

import base64
import secrets
from uuid import uuid4

import pytest
from cryptography.fernet import InvalidToken

from chassis.settings import MissingSettings
from services.auth.domain.sessions import InvalidRefreshToken, refresh_token
from services.auth.keys import SigningKeys
from services.auth.pairs import Pairs
from services.auth.secrets import Secrets


def a_secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def pairs(derived: Secrets) -> Pairs:
    return Pairs(SigningKeys(None, derived, issuer="", audience=""), derived)  # type: ignore[arg-type]


def test_each_purpose_has_a_key_of_its_own():
    derived = Secrets.derive(a_secret())
    assert len({derived.refresh, derived.codes, derived.guesses, derived.devices, derived.recovery}) == 5
    with pytest.raises(InvalidToken):
        derived.second_factors.decrypt(derived.key_storage.encrypt(b"a key"))


def test_what_either_secret_made_is_read_while_one_takes_the_place_of_the_other():
    old, new, session = a_secret(), a_secret(), uuid4()
    made_before = refresh_token(Secrets.derive(old).refresh, session, 7)
    made_after = refresh_token(Secrets.derive(new, old).refresh, session, 8)
    assert pairs(Secrets.derive(new, old)).read(made_before) == (session, 7)
    assert pairs(Secrets.derive(old, new)).read(made_after) == (session, 8), "a replica that waits for the swap"
    assert pairs(Secrets.derive(new)).read(made_after) == (session, 8)
    with pytest.raises(InvalidRefreshToken):
        pairs(Secrets.derive(new)).read(made_before)


@pytest.mark.parametrize("wrong", ["", "not base64!", base64.b64encode(b"too short").decode()])
def test_a_wrong_secret_is_told_by_its_name(wrong: str):
    with pytest.raises(MissingSettings, match="AUTH_SECRET is wrong"):
        Secrets.derive(wrong)
    if wrong:
        with pytest.raises(MissingSettings, match="AUTH_SECRET_PREVIOUS is wrong"):
            Secrets.derive(a_secret(), wrong)
