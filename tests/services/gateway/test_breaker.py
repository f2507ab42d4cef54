"""A service is not asked while nobody is there; what only takes long takes it from nobody."""

from services.gateway.breaker import Breaker


def test_it_opens_after_failures_in_a_row_and_says_so_once() -> None:
    breaker = Breaker(failures=2)
    assert (breaker.failed(), breaker.is_open) == (False, False)
    assert (breaker.failed(), breaker.is_open) == (True, True)
    assert (breaker.failed(), breaker.is_open) == (False, True)


def test_an_answer_between_two_failures_keeps_it_closed() -> None:
    breaker = Breaker(failures=2)
    for _ in range(5):
        breaker.failed()
        breaker.answered()
    assert not breaker.is_open


def test_only_the_probe_closes_it() -> None:
    breaker = Breaker(failures=1)
    breaker.failed()
    breaker.answered()
    assert breaker.is_open
    assert breaker.probe_answered()
    assert not breaker.is_open
    assert not breaker.probe_answered()


def test_after_it_closed_it_counts_anew() -> None:
    breaker = Breaker(failures=2)
    breaker.failed()
    breaker.failed()
    breaker.probe_answered()
    assert not breaker.failed()
