"""What the supervisor says: a line per thing that happens, and one table when all is ready."""

import os
import sys
from pathlib import Path
from typing import Any


def say(sentence: str) -> None:
    """Prints it; goes on in silence once nobody listens any more, as after a closed terminal."""
    try:
        print(sentence, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def table(folder: Path, document: dict[str, Any]) -> str:
    """The ready cloud that `document` (devstack.json) describes, for people."""
    gateway, demo = document["gateway"], document["demo"]
    rows = [
        ("gateway", gateway),
        ("API documentation", f"{gateway}/docs"),
        ("sign in", f"{demo['email']}   {demo['password']}"),
        ("certificate authority", document["ca"]),
        ("mail that was sent", document["mail_dir"]),
        ("logs", str(folder / "logs")),
        ("object storage", f"{document['s3']['endpoint']}/{document['s3']['bucket']}"),
        *((f"database {name}", url) for name, url in document["postgres"].items()),
        ("events", document["nats"]),
        *([("Stripe", document["stripe"]["api"] or "the real one")] if document.get("stripe") else []),
        ("all of this", str(folder / "devstack.json")),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(["", *(f"  {name:<{width}}  {value}" for name, value in rows), ""])
