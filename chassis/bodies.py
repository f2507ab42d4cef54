"""Large bodies: opened when there is room for what is in them, and let go as soon as that is done.

The framework makes lists and dicts of a body, makes of those what a route asks for, and keeps it all with the bytes
until the answer is sent: 5 MB of numbers are 70 MB then, for as long as the caller waits for something. A route that
has `dto=` and `request_class=` from here is given a sealed body instead, and decides when to open it.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from litestar import Request
from litestar.dto import AbstractDTO
from litestar.typing import FieldDefinition

from contracts.problem import BadRequest, FieldError, InvalidRequest

T = TypeVar("T")
_TOLD = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?", re.DOTALL)
_NAMED_FIELD = re.compile(r"field `([^`]+)`")


class Sealed(Generic[T]):
    """A body of which nothing is known yet but that it is no longer than its call takes."""

    def __init__(self, body: bytes, kind: type[T]) -> None:
        self._body = body
        self._kind = kind

    def open(self) -> T:
        """What the body says, once: nothing of it is left in here.

        Raises:
            InvalidRequest: it is JSON of another kind; names the first field that is wrong.
            BadRequest: it is no JSON, or opened already.
        """
        body, self._body = self._body, b""
        try:
            return msgspec.json.decode(body, type=self._kind)
        except msgspec.ValidationError as error:
            raise InvalidRequest(errors=(_field_error(str(error)),)) from None
        except msgspec.DecodeError as error:
            raise BadRequest(str(error)) from None
        except UnicodeDecodeError:
            raise BadRequest("JSON is malformed: a text is not UTF-8.") from None
        except RecursionError:
            raise BadRequest("The body is nested too deeply.") from None


class ReadOnce(Request[Any, Any, Any]):
    """A request that does not keep its body, and takes it as it is: what is packed may be a thousand times larger."""

    async def body(self) -> bytes:
        """
        Raises:
            BadRequest: it is packed.
        """
        body = b"".join([piece async for piece in self.stream()])
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity":
            raise BadRequest(f"A body is taken as it is, and not under Content-Encoding {coding[:20]!r}.")
        return body


class SealedBody(AbstractDTO[Any]):
    """For a route whose body is a `kind`, and whose `data` is a Sealed of that."""

    kind: ClassVar[type[Any]]

    def decode_bytes(self, value: bytes) -> Sealed[Any]:
        return Sealed(value, self.kind)

    @classmethod
    def create_for_field_definition(cls, field_definition: Any, handler_id: str, backend_cls: Any = None) -> None:
        """Nothing is made ready for decoding as the framework does it."""

    @classmethod
    def create_openapi_schema(cls, field_definition: Any, handler_id: str, schema_creator: Any) -> Any:
        return schema_creator.for_field_definition(FieldDefinition.from_annotation(cls.kind))

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[Any, None, None]:
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: Any) -> bool:
        return False


def _field_error(told: str) -> FieldError:
    found = _TOLD.fullmatch(told)
    assert found
    path = [found["where"]] if found["where"] else []
    if named := _NAMED_FIELD.search(found["what"]):
        path.append(named[1])
    return FieldError(".".join(path) or "body", found["what"])
