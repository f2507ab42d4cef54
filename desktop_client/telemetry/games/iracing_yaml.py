"""Reads the text in which iRacing describes a session: nearly YAML, but with names in it that no YAML parser takes.

It is a tree by indentation of `Key: rest of the line` and `- ` items. A driver may be called `: "Bob" #1 {x` and
stands there unquoted, so what follows the first colon is taken as it is, up to the end of the line.
"""

from __future__ import annotations

import re
from typing import Final

Node = dict[str, "Node"] | list["Node"] | str

ENCODING: Final = "cp1252"
SECTION: Final = re.compile(r"^([A-Za-z]\w*):[^\S\n]*$", re.MULTILINE)
LINE: Final = re.compile(r"( *)((?:- )*)([A-Za-z_]\w*):[^\S\n]?(.*)")
DEEPEST: Final = 40


def sections(text: str) -> dict[str, str]:
    """The text under each top-level key, not yet read: most of it, such as cameras, is nobody's business here."""
    heads = list(SECTION.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    return {head[1]: text[head.end() : end] for head, end in zip(heads, ends, strict=True)}


def read(section: str) -> dict[str, Node]:
    """The tree of one section. Every value is text; a line that fits nowhere is passed over."""
    root: dict[str, Node] = {}
    open_maps: list[tuple[int, dict[str, Node]]] = [(-1, root)]  # by indentation, the innermost last
    last: tuple[int, dict[str, Node], str] | None = None  # the key that has had no value yet
    for line in section.split("\n"):
        match = LINE.fullmatch(line.rstrip("\r"))
        if match is None:
            continue
        indent, dash, key, value = len(match[1]), bool(match[2]), match[3], match[4].strip()
        if dash:
            item = _new_item(open_maps, last, indent)
            if item is None:
                continue
            indent += 2
            open_maps.append((indent, item))
        elif last is not None and indent > last[0] and len(open_maps) < DEEPEST:
            child: dict[str, Node] = {}
            last[1][last[2]] = child
            open_maps.append((indent, child))
        else:
            while len(open_maps) > 1 and open_maps[-1][0] > indent:
                open_maps.pop()
        current = open_maps[-1][1]
        current[key] = _unquoted(value)
        last = None if value else (indent, current, key)
    return root


def _new_item(
    open_maps: list[tuple[int, dict[str, Node]]], last: tuple[int, dict[str, Node], str] | None, indent: int
) -> dict[str, Node] | None:
    """A new item of the list that a `-` at this indentation belongs to; its key is the last one without a value."""
    if last is not None and indent >= last[0] and not isinstance(last[1].get(last[2]), list):
        owner, key = last[1], last[2]
        items: list[Node] = []
        owner[key] = items
        while len(open_maps) > 1 and open_maps[-1][1] is not owner:
            open_maps.pop()
    else:
        while len(open_maps) > 1 and open_maps[-1][0] > indent:
            open_maps.pop()
        found = next((value for value in reversed(open_maps[-1][1].values()) if isinstance(value, list)), None)
        if found is None:
            return None
        items = found
    item: dict[str, Node] = {}
    items.append(item)
    return item


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] == '"' else value


def branch(node: Node | None, *keys: str) -> dict[str, Node]:
    """The mapping at the end of this path, empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def items(node: Node | None) -> list[dict[str, Node]]:
    """The mappings in a list, none where it is no list."""
    return [item for item in node if isinstance(item, dict)] if isinstance(node, list) else []


def text(node: Node | None) -> str:
    return node if isinstance(node, str) else ""


def number(node: Node | None) -> float | None:
    """The number that a text begins with, whatever its unit: `5.75 km`, `unlimited`."""
    word = text(node).partition(" ")[0]
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def whole(node: Node | None, otherwise: int = -1) -> int:
    value = number(node)
    return otherwise if value is None or abs(value) > 2**31 - 1 else int(value)
