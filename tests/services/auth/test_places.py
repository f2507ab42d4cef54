from __future__ import annotations

from pathlib import Path

import pytest
from auth_service import Auth, text_of
from doors import call, login
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from waiting import eventually

from chassis.settings import MissingSettings
from services.auth.places import Places

RING = {
    "city": {"names": {"en": "Adenau", "de": "Adenau"}},
    "country": {"names": {"en": "Germany", "de": "Deutschland"}, "iso_code": "DE"},
    "location": {"latitude": 50.38, "longitude": 6.93},
    "postal": {"code": "53518"},
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A small database of places."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Small-City")
    writer.insert_network(IPSet(["198.51.100.0/24"]), RING)
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": {"names": {"en": "Belgium"}}})
    writer.insert_network(IPSet(["2001:db8::/32"]), {"city": {"names": {}}, "country": "?"})
    path = tmp_path / "places.mmdb"
    writer.to_db_file(str(path))
    return str(path)


@pytest.fixture
def more_settings(database: str) -> dict[str, object]:
    return {"geoip_database": database}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("198.51.100.7", "Adenau, Germany"),
        ("203.0.113.9", "Belgium"),
        ("2001:db8::1", None),
        ("192.0.2.1", None),
        ("not an address", None),
        ("", None),
    ],
)
def test_a_place_is_a_town_and_a_country_and_nothing_finer(database: str, address: str, place: str | None):
    assert Places(database).of(address) == place


def test_without_a_database_there_are_no_places():
    assert Places("").of("198.51.100.7") is None


def test_a_database_that_cannot_be_read_stops_the_start_with_a_sentence(tmp_path: Path):
    noise = tmp_path / "noise.mmdb"
    noise.write_bytes(b"noise")
    for path in (str(noise), str(tmp_path / "missing.mmdb")):
        with pytest.raises(MissingSettings, match="GEOIP_DATABASE"):
            Places(path)


async def test_sessions_letters_and_the_audit_trail_tell_where(auth: Auth):
    email = await auth.verified()
    await login(auth)
    token = (await login(auth, address="198.51.100.7", device_name="Rig")).body["access_token"]
    sessions = (await call(auth, "GET", "/auth/sessions", token=token)).body["sessions"]
    assert [each["place"] for each in sessions] == ["Adenau, Germany", None]
    entries = (await call(auth, "GET", "/auth/me/audit", token=token)).body["entries"]
    assert entries[0]["place"] == "Adenau, Germany"
    letters = await eventually(lambda: [each for each in auth.mail.to(email) if "New sign-in" in each["Subject"]])
    assert "Place: Adenau, Germany" in text_of(letters[0])
