"""Texts and PDFs of random words, for measurements of size and speed. PDFs need the ``dev`` extra (reportlab)."""

import random
from collections.abc import Iterator
from pathlib import Path

_SYLLABLES = [consonant + vowel for consonant in "bdklmnr" for vowel in "aeiou"]


def pdf(path: Path, pages: int, seed: int) -> None:
    """Of 40 lines a page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    words = random.Random(seed)
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(72, 780, sentence(words)[:60])
        canvas.setFont("Helvetica", 10)
        for i, line in enumerate(_lines(words, 40)):
            canvas.drawString(72, 750 - 16 * i, line)
        canvas.drawString(290, 30, str(number))
        canvas.showPage()
    canvas.save()


def _lines(words: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield " ".join(_word(words) for _ in range(12))


def paragraph(words: random.Random) -> str:
    return " ".join(sentence(words) for _ in range(5))


def sentence(words: random.Random) -> str:
    return " ".join(_word(words) for _ in range(words.randint(8, 20))).capitalize() + "."


def _word(words: random.Random) -> str:
    return "".join(words.choices(_SYLLABLES, k=words.randint(1, 4)))
