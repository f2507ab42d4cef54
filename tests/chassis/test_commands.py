"""How a command ends: what it prints, where, and the code that a shell sees."""

from __future__ import annotations

import argparse

import pytest

from chassis.commands import CannotBeDone, CannotBeUsed, Command, No, parser_of, run
from chassis.settings import MissingSettings
from contracts.problem import FieldError, InvalidRequest


@pytest.fixture(autouse=True)
def logs_as_the_runner_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.commands.set_up", lambda *_names, **_more: None)


def _ends(capsys: pytest.CaptureFixture[str], answer: str | Exception) -> tuple[int, str, str]:
    async def say(said: argparse.Namespace) -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    command: Command = say
    parser = parser_of("anything")
    parser.add_subparsers(required=True).add_parser("say").set_defaults(command=command)
    code = run(parser, ["say"], log_level="error")
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_an_answer_is_printed_and_a_no_is_told_from_it_by_the_code(capsys: pytest.CaptureFixture[str]):
    assert _ends(capsys, "It is done.") == (0, "It is done.\n", "")
    assert _ends(capsys, No("It is not so.")) == (1, "It is not so.\n", "")


@pytest.mark.parametrize(
    ("trouble", "code", "sentence"),
    [
        (CannotBeDone("There is nobody."), 1, "There is nobody."),
        (CannotBeUsed("lap.csv has no column x."), 2, "lap.csv has no column x."),
        (MissingSettings("PORT is not set (required)."), 2, "Cannot do that: PORT is not set (required)."),
        (
            InvalidRequest("Not like that.", errors=(FieldError("name", "Too long."),)),
            1,
            "Not like that. name: Too long.",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    capsys: pytest.CaptureFixture[str], trouble: Exception, code: int, sentence: str
):
    assert _ends(capsys, trouble) == (code, "", f"{sentence}\n")
