"""Driver names as a table shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.names import MAX_CHARACTERS, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Marek Novak", "M. Novak"),
        ("NOVAK", "NOVAK"),
        ("Zoë van der Meer", "Z. van der Meer"),
        ("M. Novak", "M. Novak"),
        ("J Li", "J Li"),
        ("  Jo   Li ", "J. Li"),
        ("王小明", "王小明"),
        ("", ""),
        ("\x00\x07", ""),
        ("Ωμέγα Παπάς", "Ω. Παπάς"),
    ],
)
def test_a_first_name_becomes_its_initial(name, short):
    assert short_name(name) == short


@given(st.text(max_size=400))
def test_any_name_becomes_short_and_printable(name):
    short = short_name(name)
    assert len(short) <= MAX_CHARACTERS
    assert short.isprintable()
