"""What is kept is bounded, the least used goes first, and what tells of something is forgotten with it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from services.gateway.memory import OVERHEAD_BYTES, Key, Memory, Remembered
from services.gateway.memory_rules import Wish, key_of, may_be_kept, strong_tag, tags_of, track_tag
from services.gateway.policy import RULES, Kept, Policy

TRACK = Policy(RULES).at("/tracks/f1/monza")["GET"]
STATUS = Policy(RULES).at("/license/status")["GET"]


def key(name: str) -> Key:
    return Key(name.encode(), None, False)


def answer(size: int, *tags: str) -> Remembered:
    return Remembered(200, (), b"x" * size, tags, 0.0)


def test_the_least_used_is_let_go_when_there_is_too_much() -> None:
    memory = Memory(most_bytes=3 * (100 + OVERHEAD_BYTES))
    for name in "abc":
        memory.put(key(name), answer(100, name))
    assert memory.get(key("a")) is not None
    memory.put(key("d"), answer(100, "d"))
    assert [memory.get(key(name)) is not None for name in "abcd"] == [True, False, True, True]
    assert memory.size == 3 * (100 + OVERHEAD_BYTES)


def test_what_is_larger_than_all_memory_is_not_kept_and_pushes_nothing_out() -> None:
    memory = Memory(most_bytes=2000)
    memory.put(key("a"), answer(10, "a"))
    memory.put(key("b"), answer(5000, "b"))
    assert (memory.get(key("a")) is not None, memory.get(key("b"))) == (True, None)


def test_a_tag_is_forgotten_with_all_that_tells_of_it_and_nothing_else() -> None:
    memory = Memory()
    memory.put(key("a"), answer(1, "monza"))
    memory.put(key("b"), answer(1, "monza"))
    memory.put(key("c"), answer(1, "spa"))
    memory.forget("monza")
    memory.forget("never heard of")
    assert [memory.get(key(name)) is not None for name in "abc"] == [False, False, True]
    memory.forget("spa")
    assert (memory.size, dict(memory._tagged)) == (0, {})


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    memory = Memory()
    memory.put(key("a"), answer(1000, "old"))
    memory.put(key("a"), answer(1, "new"))
    assert memory.size == 1 + OVERHEAD_BYTES
    memory.forget("old")
    assert memory.get(key("a")) is not None


def test_the_order_of_the_names_in_a_query_does_not_matter_and_the_order_of_values_does() -> None:
    def keyed(query: bytes) -> Key | None:
        return key_of(TRACK, b"/tracks/f1/monza", query, None, gzip=False)

    assert keyed(b"b=1&a=2") == keyed(b"a=2&&b=1") == keyed(b"a=2&b=1&")
    assert keyed(b"a=1&a=2") != keyed(b"a=2&a=1")
    assert keyed(b"a=1") != keyed(b"a=2") != keyed(b"")
    assert keyed(b"x" * 600) is None


def test_each_account_has_answers_of_its_own_where_they_are_about_it() -> None:
    one, other = uuid4(), uuid4()
    keys = [key_of(STATUS, b"/license/status", b"", account, gzip=False) for account in (one, other)]
    assert keys[0] != keys[1]
    assert tags_of(STATUS, "/license/status", one) != tags_of(STATUS, "/license/status", other)


def test_the_versions_of_a_map_tell_of_the_same_track() -> None:
    versions = Policy(RULES).at("/tracks/f1/monza/versions")["GET"]
    assert tags_of(versions, "/tracks/f1/monza/versions", None) == (track_tag("f1", "monza"),)
    assert tags_of(TRACK, "/tracks/f1/monza", None) == (track_tag("f1", "monza"),)


KEPT = [
    (Kept.FOR_ALL, 200, [], True),
    (Kept.FOR_ALL, 404, [(b"cache-control", b"no-store")], True),
    (Kept.FOR_ALL, 201, [], False),
    (Kept.FOR_ALL, 500, [], False),
    (Kept.FOR_ALL, 200, [(b"set-cookie", b"a=b")], False),
    (Kept.FOR_EACH, 200, [(b"set-cookie", b"a=b")], False),
    (Kept.FOR_ALL, 200, [(b"cache-control", b"Private, max-age=60")], False),
    (Kept.FOR_EACH, 200, [(b"cache-control", b"private, max-age=60")], True),
    (Kept.FOR_EACH, 200, [(b"cache-control", b"max-age=0, no-store")], False),
    (Kept.FOR_ALL, 200, [(b"cache-control", b"private, no-cache"), (b"gateway-cache-control", b"max-age=60")], True),
    (Kept.FOR_ALL, 200, [(b"gateway-cache-control", b"max-age=60"), (b"cache-control", b"no-store")], True),
    (Kept.FOR_ALL, 200, [(b"gateway-cache-control", b"No-Store"), (b"cache-control", b"public")], False),
    (Kept.FOR_ALL, 200, [(b"gateway-cache-control", b"max-age=60"), (b"set-cookie", b"a=b")], False),
    (Kept.FOR_ALL, 200, [(b"vary", b"Accept-Encoding")], True),
    (Kept.FOR_ALL, 200, [(b"vary", b"accept-encoding, authorization")], False),
    (Kept.FOR_ALL, 200, [(b"vary", b"*")], False),
]


@pytest.mark.parametrize(("kept", "status", "headers", "expected"), KEPT)
def test_a_service_has_its_say_in_what_is_kept(kept, status, headers, expected: bool) -> None:
    assert may_be_kept(kept, status, headers) is expected


def test_only_a_validator_of_the_very_bytes_is_taken_over() -> None:
    assert strong_tag([(b"etag", b'"a"')]) == b'"a"'
    assert strong_tag([(b"etag", b'W/"a"')]) is None
    assert strong_tag([]) is None


WISHES = [
    (b'"a"', True),
    (b'W/"a"', True),
    (b'"x", "a" , "y"', True),
    (b"*", True),
    (b'"b"', False),
    (b"a", False),
    (b"", False),
]


@pytest.mark.parametrize(("said", "expected"), WISHES)
def test_a_client_has_an_answer_if_it_names_it(said: bytes, expected: bool) -> None:
    assert Wish.of([(b"if-none-match", said)]).is_met_by(b'"a"') is expected


def test_gzip_is_understood_where_it_is_named_and_not_refused() -> None:
    said = (b"gzip", b"br, gzip;q=0.5", b"deflate", b"gzip;q=0", b"br, gzip; q=0.0", b"identity")
    assert [Wish.of([(b"accept-encoding", value)]).takes_gzip for value in said] == [True, True, *[False] * 4]


@pytest.mark.parametrize("name", [b"range", b"if-match", b"prefer", b"transfer-encoding"])
def test_whoever_wants_something_else_than_the_answer_as_it_is_is_sent_on(name: bytes) -> None:
    assert Wish.of([(b"accept", b"*/*"), (b"content-length", b"0")]).is_plain
    assert not Wish.of([(name, b"x")]).is_plain
    assert not Wish.of([(b"content-length", b"1")]).is_plain
