"""Commands that operators run in a shell beside the service: what they print, and how they end.

A command takes what was said on its line and returns the text for standard output. It ends with 0; with 1 where it was
done and the answer is no (`No`) or where it cannot be done; with 2 where the line, a file or the environment is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from chassis.observability import set_up
from chassis.settings import MissingSettings
from contracts.problem import Problem

Command = Callable[[argparse.Namespace], Coroutine[Any, Any, str]]


class CannotBeDone(Exception):
    """The message is a sentence for the operator."""


class CannotBeUsed(Exception):
    """A file or value that was named is not what the command takes; the message is a sentence: where, and why."""


class No(str):
    """An answer like any other, except that it is a no: a shell's `if` can tell."""


def parser_of(service: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"python -m services.{service}",
        description="Without a command: serve. The environment says where everything is.",
    )


def run(parser: argparse.ArgumentParser, arguments: Sequence[str], *, log_level: str) -> int:
    """Run the command that a parser's line names in `command`, print what it says, and return how it ends."""
    set_up(parser.prog.rpartition(".")[2], level=log_level, otlp_endpoint="", sample=0)
    said = parser.parse_args(arguments)
    command: Command = said.command
    try:
        answer = asyncio.run(command(said))
    except MissingSettings as error:
        print(f"Cannot do that: {error}", file=sys.stderr)
        return 2
    except CannotBeUsed as error:
        print(error, file=sys.stderr)
        return 2
    except (CannotBeDone, Problem) as error:
        details = "; ".join(f"{each.field}: {each.message}" for each in getattr(error, "errors", ()))
        print(f"{error} {details}".strip(), file=sys.stderr)
        return 1
    print(answer)
    return 1 if isinstance(answer, No) else 0
