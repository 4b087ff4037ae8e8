"""What report cards are drawn on, with Pillow: shapes with smooth edges, and text that is never in the way."""

from __future__ import annotations

import io
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont, ImageFont

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in points from the upper left corner."""

WIDTH, HEIGHT = 1200, 675
"""Points, which are pixels of the picture: 16 to 9, as chats show a picture without cutting it."""
GROUND: Colour = (22, 24, 29)
PANEL: Colour = (32, 35, 43)
LINE: Colour = (58, 63, 75)
TEXT: Colour = (240, 242, 246)
MUTED: Colour = (156, 163, 177)
VOICE: Colour = (91, 200, 245)
REST: Colour = (92, 101, 120)
CHOSEN: Colour = (30, 56, 72)
GOOD: Colour = (82, 209, 138)
FAIR: Colour = (245, 192, 74)
POOR: Colour = (246, 103, 94)

_FINE = 2
"""Pixels that are drawn for each point, before they become one: that is what makes edges smooth."""
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
     "ð": "d", "þ": "th", "ı": "i", "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "×": "x"}  # noqa: RUF001  # they are what is replaced
)  # fmt: skip
"""What stands for letters that are no letter with an accent, and that the font does not have."""
_LONGEST = 200
"""Characters of a name that are looked at: more do not fit."""
_MISSING = "\uffff"
"""What no font has: it is drawn as what is missing."""


class Canvas:
    """A picture that is being drawn; positions are in points, from its upper left corner."""

    def __init__(self) -> None:
        """Begin with an empty ground."""
        from PIL import Image, ImageDraw

        self._image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), GROUND)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, box: Box, colour: Colour, *, round: float = 0) -> None:
        """Fill a box, with corners of some radius."""
        self._draw.rounded_rectangle(_fine(box), round * _FINE, fill=colour)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float = 1) -> None:
        """Draw a line through points."""
        self._draw.line([(x * _FINE, y * _FINE) for x, y in points], colour, max(1, round(width * _FINE)), "curve")

    def dashes(self, left: float, right: float, y: float, colour: Colour) -> None:
        """Draw a level line, dashed."""
        for x in range(round(left), round(right) - 5, 12):
            self.line([(x, y), (x + 6, y)], colour, 1.5)

    def ring(self, middle: tuple[float, float], radius: float, share: float, colour: Colour) -> None:
        """Draw a ring, of which a share is filled, from the top clockwise."""
        box = _fine((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius))
        self._draw.arc(box, 0, 360, LINE, 9 * _FINE)
        if share > 0:
            self._draw.arc(box, -90, -90 + 360 * min(share, 1.0), colour, 9 * _FINE)

    def columns(self, left: float, tops: NDArray[np.float64], bottoms: NDArray[np.float64], colour: Colour) -> None:
        """Fill upright columns of one fine pixel each, side by side.

        Args:
            left: Where the first stands, in points.
            tops: Where each begins, in points, shape (n,).
            bottoms: Where each ends, no less than its top, shape (n,).
            colour: Of all of them.
        """
        first = round(left * _FINE)
        for place, (top, bottom) in enumerate(zip((tops * _FINE).tolist(), (bottoms * _FINE).tolist(), strict=True)):
            self._draw.line([(first + place, round(top)), (first + place, round(bottom))], colour)

    def text(self, at: tuple[float, float], text: str, size: int, colour: Colour = TEXT, anchor: str = "ls") -> float:
        """Write a line of text, and return how wide it is, in points.

        Args:
            at: Where its anchor is.
            text: What `plain` has gone over, where it is not ours.
            size: The height of its letters' square, in points.
            colour: Of the letters.
            anchor: Which point of it is there, as Pillow calls it: 'ls' is left on the line, 'mm' the middle.
        """
        font = _font(size * _FINE)
        self._draw.text((at[0] * _FINE, at[1] * _FINE), text, colour, font, anchor)
        return font.getlength(text) / _FINE

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        made = io.BytesIO()
        self._image.reduce(_FINE).save(made, "PNG", compress_level=6)
        return made.getvalue()


def plain(text: str, instead: str) -> str:
    """Return a text in the letters that the font has; what it cannot show at all becomes '?'.

    Args:
        text: Of anybody's, with whatever is in it.
        instead: What stands there where nothing of it can be shown.
    """
    kept = ""
    for character in unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_LETTERS):
        base = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
        if character.isspace():
            kept += " "
        elif all(_has(each) for each in base):
            kept += base
        elif unicodedata.category(character)[0] != "C" and not kept.endswith("?"):
            kept += "?"
    kept = " ".join(kept.split())
    return kept if any(character.isalnum() for character in kept) else instead


def fit(text: str, size: int, width: float) -> str:
    """Shorten a line of text to a width in points, with dots at its end."""
    shown = text[: int(width)]
    if shown == text and wide(text, size) <= width:
        return text
    while shown and wide(shown + "...", size) > width:
        shown = shown[:-1]
    return shown.rstrip() + "..."


def wrap(text: str, size: int, width: float, lines: int) -> list[str]:
    """Cut a text into lines of some width in points, at its spaces; what does not fit into the last is left out."""
    made = [""]
    for word in text.split():
        longer = f"{made[-1]} {word}".strip()
        if made[-1] and wide(longer, size) > width and len(made) < lines:
            made.append(word)
        else:
            made[-1] = longer
    return [fit(line, size, width) for line in made]


def wide(text: str, size: int) -> float:
    """Return how wide a line of text is, in points."""
    return _font(size * _FINE).getlength(text) / _FINE


def _fine(box: Box) -> Box:
    left, top, right, bottom = (each * _FINE for each in box)
    # Pillow fills its boxes up to and with their last pixel.
    return left, top, max(left, right - 1), max(top, bottom - 1)


@cache
def _font(pixels: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(pixels)


@cache
def _missing() -> bytes:
    return bytes(_font(32).getmask(_MISSING))


@lru_cache(maxsize=4_096)
def _has(character: str) -> bool:
    return character.isprintable() and bytes(_font(32).getmask(character)) != _missing()
