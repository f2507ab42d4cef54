"""Driver names as a table shows them."""

from __future__ import annotations

MAX_CHARACTERS = 32  # what a game sends is cut here before anything is laid out


def short_name(name: str) -> str:
    """`Marek Novak` becomes `M. Novak`; a name of one word, or already short, stays as it is.

    What is still too wide for its column is the painter's to end with an ellipsis, because only it knows the font.
    """
    words = "".join(letter for letter in name if letter.isprintable()).split()
    if not words:
        return ""
    if len(words) == 1 or len(words[0].rstrip(".")) <= 1:
        return " ".join(words)[:MAX_CHARACTERS]
    return f"{words[0][0]}. {' '.join(words[1:])}"[:MAX_CHARACTERS]
