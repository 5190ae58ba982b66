"""A slip as the picture a receipt printer prints: its own letters know no Vietnamese."""

from __future__ import annotations

import io
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

from kiosk.printing.fonts import font_file
from kiosk.printing.slip import Slip

_MARGIN: Final = 8
_TITLE, _HEADING, _TEXT, _FOOT = 36, 30, 26, 20
"""Dots; eight dots are a millimetre."""
_LEADING: Final = 1.28
_BOX: Final = 24
_TALLEST: Final = 20_000

Font = ImageFont.FreeTypeFont


def strip_image(slip: Slip, dots: int) -> Image.Image:
    """Draw the slip in black and white.

    Args:
        slip: to draw.
        dots: width of the paper.
    """
    strip = _Strip(dots)
    for line in slip.head:
        strip.write(line, _font("regular", _FOOT))
    if slip.head:
        strip.rule()
    strip.write(slip.title, _font("bold", _TITLE))
    for section in slip.sections:
        strip.skip(14)
        if section.heading:
            strip.write(section.heading, _font("bold", _HEADING))
        for line in section.lines:
            strip.write(line, _font("regular", _TEXT), box=section.ticked)
    strip.skip(14)
    strip.rule()
    for line in slip.foot:
        strip.write(line, _font("regular", _FOOT))
    strip.code(slip.address)
    return strip.finished()


class _Strip:
    """Paper with a place to write on next."""

    def __init__(self, dots: int) -> None:
        self._image = Image.new("L", (dots, _TALLEST), 255)
        self._draw = ImageDraw.Draw(self._image)
        self._width = dots
        self._y = _MARGIN

    def skip(self, dots: int) -> None:
        self._y += dots

    def rule(self) -> None:
        self._draw.line([(_MARGIN, self._y), (self._width - _MARGIN, self._y)], fill=0, width=2)
        self.skip(12)

    def write(self, text: str, font: Font, *, box: bool = False) -> None:
        left = _MARGIN
        if box:
            top = self._y + 6
            self._draw.rectangle([left, top, left + _BOX, top + _BOX], outline=0, width=2)
            left += _BOX + 12
        for line in wrapped(text, font, self._width - left - _MARGIN):
            self._draw.text((left, self._y), line, font=font, fill=0)
            self._y += round(font.size * _LEADING)
        self.skip(6)

    def code(self, address: str) -> None:
        drawn = io.BytesIO()
        segno.make(address, error="m", micro=False).save(drawn, kind="png", scale=6, border=3)
        with Image.open(drawn) as code:
            self._image.paste(code.convert("L"), ((self._width - code.width) // 2, self._y))
            self._y += code.height

    def finished(self) -> Image.Image:
        cut = self._image.crop((0, 0, self._width, min(self._y + _MARGIN, _TALLEST)))
        return cut.point(lambda grey: 255 if grey > 128 else 0).convert("1")


def wrapped(text: str, font: Font, width: float) -> list[str]:
    """The text in lines no wider than ``width`` dots, broken between words where there are any."""
    lines = [""]
    for word in text.split():
        tried = f"{lines[-1]} {word}".strip()
        if font.getlength(tried) <= width:
            lines[-1] = tried
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _font(weight: str, dots: int) -> Font:
    return ImageFont.truetype(str(font_file(weight)), dots)
