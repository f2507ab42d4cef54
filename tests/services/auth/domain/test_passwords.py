from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.guessability import guessability
from services.auth.domain.passwords import ENOUGH, WeakPassword, check_is_another, check_new_password

EMAIL = "nora.lindqvist@team-kestrel.example"
NAME = "Nora Lindqvist"


@pytest.mark.parametrize(
    "password",
    [
        "password1234!",
        "P@ssw0rd1234",
        "PASSWORDpassword",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "poiuytrewq!!",
        "123456789012",
        "abcdefghijkl",
        "iloveyou2026!",
        "summersummer26",
        "letmeinletmein",
        "Formula1Formula1",
        "Monza2024Monza2024",
        "raceoverlay123",
        "RaceOverlay2026",
        "M0nkeyDr4g0n",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "correctcorrectcorrectcorrect",
        "password" * 16,
        "!" * 128,
    ],
)
def test_what_is_tried_first_is_not_taken(password: str):
    with pytest.raises(WeakPassword) as refusal:
        _choose(password)
    assert [error.field for error in refusal.value.errors] == ["new_password"]
    assert refusal.value.detail == refusal.value.errors[0].message
    assert "tried first" in refusal.value.detail
    assert password not in refusal.value.detail


@pytest.mark.parametrize(
    "password",
    [EMAIL, "nora.lindqvist", "NoraLindqvist1", "lindqvist-nora", "teamkestrel12", "N0raLindqvist!", "kestrelkestrel"],
)
def test_what_others_know_of_the_person_is_not_taken(password: str):
    with pytest.raises(WeakPassword, match="your own name or address"):
        _choose(password)


@pytest.mark.parametrize(
    "password",
    [
        "box box box now please",
        "correct horse battery",
        "correcthorsebatterystaple",
        "the intruder's choice",
        "a different password",
        "grüne Hölle bei Nacht",
        "Kx9#mQ2$vL7p",
        "583920174635",
        "夏の夜の夢を見ていた人たち",
        "🏎🏁🛞⛽️🏆🚦🧯📻🪛🔧🔩🧰",
        "Nora has 3 odd green socks",
    ],
)
def test_what_nobody_would_come_to_soon_is_taken_whatever_it_is_made_of(password: str):
    _choose(password)


def test_twelve_characters_are_needed_and_eight_beside_a_second_factor():
    _choose("Kx9#mQ2$vL7p")
    with pytest.raises(WeakPassword, match="at least 12 characters"):
        _choose("Kx9#mQ2$vL7")
    _choose("Kx9#mQ2$", has_second_factor=True)
    with pytest.raises(WeakPassword, match="at least 8 characters"):
        _choose("Kx9#mQ2", has_second_factor=True)
    with pytest.raises(WeakPassword, match="tried first"):
        _choose("hunter2!", has_second_factor=True)


def test_characters_are_counted_as_they_are_stored():
    decomposed = unicodedata.normalize("NFD", "äöüÄÖÜéèêñç")
    assert len(decomposed) == 22
    with pytest.raises(WeakPassword, match="at least 12 characters"):
        _choose(decomposed)


def test_the_password_that_one_has_is_no_new_one():
    check_is_another("grüne Hölle bei Nacht", "grüne Hölle am Tag", field="new_password")
    with pytest.raises(WeakPassword, match="already"):
        check_is_another(unicodedata.normalize("NFD", "grüne Hölle"), "grüne Hölle", field="new_password")


@pytest.mark.parametrize("letters", ["4@8({[<369!1|70$5+%2", "a", "ab1", "1.1.1111", "passwordqwerty", "日本"])
def test_the_longest_password_is_judged_in_a_blink(letters: str):
    hostile = (letters * 128)[:128]
    began = time.process_time()
    guessability(hostile, {"nora", "lindqvist"})
    assert time.process_time() - began < 0.5


@given(st.text(max_size=128))
def test_every_text_can_be_judged_and_more_of_it_never_makes_it_easier_than_its_letters(password: str):
    magnitude = guessability(password).magnitude
    assert 0 <= magnitude <= len(password)


@given(st.text(min_size=1, max_size=40))
def test_saying_the_same_twice_adds_next_to_nothing(password: str):
    once, twice = guessability(password).magnitude, guessability(password * 2).magnitude
    assert twice <= once + 1.001 or len(password) > 32


def test_enough_is_a_hundred_thousand_guesses():
    assert ENOUGH == 5


def _choose(password: str, *, has_second_factor: bool = False) -> None:
    check_new_password(
        password, email=EMAIL, display_name=NAME, field="new_password", has_second_factor=has_second_factor
    )
