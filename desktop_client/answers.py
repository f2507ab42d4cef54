"""What an answer means: the gateway's own word, or nothing that can be relied on."""

from __future__ import annotations

import contextlib
from typing import Final, NoReturn

import aiohttp
import msgspec

from contracts.problem import FieldError, ProblemDetails

LARGEST_ANSWER: Final = 16 * 1024 * 1024
LONGEST_SENTENCE: Final = 500  # what fits on a page, whatever is said
LONGEST_WISH_S: Final = 86_400


class GatewayFailure(Exception):
    """No answer to work with. `sentence` is fit for the driver."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence[:LONGEST_SENTENCE]
        super().__init__(self.sentence)


class GatewayUnreachable(GatewayFailure):
    """Nobody who can be trusted to be the gateway gave an answer."""


class GatewayRefused(GatewayFailure):
    """The gateway said no. `code` is stable, `errors` name the fields, `retry_after` is in seconds."""

    def __init__(self, problem: ProblemDetails) -> None:
        super().__init__(problem.detail or problem.title)
        self.code, self.title, self.detail, self.status = problem.code, problem.title, problem.detail, problem.status
        self.errors: tuple[FieldError, ...] = problem.errors
        wish = problem.retry_after
        self.retry_after = None if wish is None else max(0, min(wish, LONGEST_WISH_S))


async def read(reply: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises GatewayUnreachable when it is larger than any answer of the gateway."""
    body = bytearray()
    async for piece in reply.content.iter_chunked(65_536):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise GatewayUnreachable("The answer is too large to be the gateway's.")
    return bytes(body)


async def refuse(reply: aiohttp.ClientResponse) -> NoReturn:
    """Raise what an answer that is not a success means."""
    body = await read(reply)
    if reply.content_type == "application/problem+json":
        with contextlib.suppress(msgspec.DecodeError):
            problem = msgspec.json.decode(body, type=ProblemDetails)
            wish = reply.headers.get("retry-after", "")
            if problem.retry_after is None and wish.isascii() and wish.isdigit() and len(wish) < 10:
                problem = msgspec.structs.replace(problem, retry_after=int(wish))
            raise GatewayRefused(msgspec.structs.replace(problem, status=reply.status))
    raise GatewayUnreachable(f"Something that is not the gateway answered, with status {reply.status}.")


def sentence(error: BaseException) -> str:
    """What a failure of the network means to the driver."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return "The gateway's certificate cannot be trusted."
        case TimeoutError():
            return "The gateway did not answer in time."
        case aiohttp.ClientConnectorError():
            return "The gateway cannot be reached; is there a network?"
        case _:
            return f"The connection to the gateway was lost ({type(error).__name__})."
