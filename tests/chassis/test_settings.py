from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from chassis.settings import MissingSettings, Secret, ServiceSettings, load


class Garage(msgspec.Struct, frozen=True, kw_only=True):
    spanner: Annotated[str, msgspec.Meta(description="what bolts are turned with")]
    password: Annotated[Secret, msgspec.Meta(description="opens the door")]
    bays: Annotated[int, msgspec.Meta(ge=1, le=9)] = 2


def test_a_setting_is_read_from_the_variable_with_its_name():
    garage = load(Garage, {"SPANNER": "13", "PASSWORD": "x", "BAYS": "3", "PATH": "/bin"})
    assert garage == Garage(spanner="13", password=Secret("x"), bays=3)


def test_what_is_missing_is_named_with_its_purpose():
    with pytest.raises(MissingSettings, match=r"SPANNER is not set \(what bolts are turned with\); PASSWORD"):
        load(Garage, {"BAYS": "3"})


def test_an_empty_variable_counts_as_missing():
    with pytest.raises(MissingSettings, match="SPANNER is not set"):
        load(Garage, {"SPANNER": "", "PASSWORD": "x"})


@pytest.mark.parametrize("bays", ["many", "0", "10", "1.5"])
def test_a_value_of_the_wrong_form_is_named(bays: str):
    with pytest.raises(MissingSettings, match="BAYS is wrong"):
        load(Garage, {"SPANNER": "13", "PASSWORD": "x", "BAYS": bays})


def test_a_secret_does_not_show_itself():
    garage = load(Garage, {"SPANNER": "13", "PASSWORD": "hunter2"})
    assert "hunter2" not in repr(garage)
    assert garage.password == "hunter2"


NEEDED = {"PORT": "1", "NATS_URL": "nats://bus", "JWKS_URL": "http://auth/keys", "TOKEN_ISSUER": "https://us.example"}


def test_a_network_of_proxies_that_is_none_is_named():
    with pytest.raises(
        MissingSettings, match=r"^TRUSTED_PROXIES is wrong: '10\.0\.0\.1/8' is no address and no network"
    ):
        load(ServiceSettings, NEEDED | {"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.1/8"})
    assert load(ServiceSettings, NEEDED | {"TRUSTED_PROXIES": "127.0.0.1, ::1"}).trusted_proxies == "127.0.0.1, ::1"
