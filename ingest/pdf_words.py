"""Words that a PDF parts at the end of a line: joined, with or without their hyphen."""

import re

import regex

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FIRST = re.compile(r"[^\W\d_]+")
_LAST = re.compile(r"(?:[^\W\d_]+-)*[^\W\d_]+$")
_MOST = 300_000
_LINE_CHARS = 20
_SHARE_PARTED = 0.025  # of the lines, at the least, where words are parted at all
_SHARE_WHOLE = 0.25  # of the parted words, at the least, that stand elsewhere in one piece, where words are parted
_FEWEST_JOINED, _MOST_JOINED = 5, 400  # of which that is told
_HYPHENS = ("-", "\u2010")


# Scripts that put no spaces between words, and their punctuation. Korean, which has some of it, puts them.
_LETTER = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fb\u30fc\uff70]"
_POINT = r"[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
_SHARED_POINT = "[“”‘’…—]"
# Before and behind the end of a line; a dash that touches its word is one of "1609–1626" or "process—it".
_WITHOUT_SPACE = regex.compile(
    rf"{_LETTER}\p{{M}}*\n{_LETTER}|{_POINT}\n(?!\p{{Hangul}})|(?<!\p{{Hangul}})\n{_POINT}"
    rf"|{_SHARED_POINT}\n{_LETTER}|{_LETTER}\n{_SHARED_POINT}"
    r"|[^\s–—][–—]\n[^\s–—]|\p{L}\n[–—]\p{L}|\p{N}\n[–—]\p{N}"
)


def space_between(above: str, below: str) -> str:
    """What was at the end of a line: nothing where the script has no spaces or the line ended with a hyphen or dash."""
    if above.endswith(_HYPHENS):
        return " " if above[-2:-1].isspace() else ""
    return "" if _WITHOUT_SPACE.search(f"{above[-4:]}\n{below[:2]}") else " "


class Words:
    """The words of a document so far, which tell whether a hyphen at a line's end belongs to its word."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lines = 0
        self._parted = 0
        self._above = ""  # the last line, where it ends with a hyphen
        self._joined: list[str] = []  # what the words at hyphens would be in one piece

    def learn(self, text: str, hyphenated: bool) -> None:
        """The words of a line, in order; those at its edges may be parts of words, so they do not count."""
        if len(text) >= _LINE_CHARS:
            self._lines += 1
            self._parted += hyphenated or text.endswith(_HYPHENS)
        last, first = _LAST.search(self._above), _FIRST.match(text)
        if last and first and len(self._joined) < _MOST_JOINED:
            self._joined.append((last.group() + first.group()).lower())
        self._above = text.rstrip("".join(_HYPHENS)) if hyphenated or text.endswith(_HYPHENS) else ""
        found = _WORD.findall(text.lower())
        if len(self._known) < _MOST:
            self._known.update(found[1:-1] if hyphenated or text.endswith(_HYPHENS) else found[1:])

    def joined(self, above: str, below: str, marked: bool) -> str | None:
        """``above`` as it stands before ``below`` without a space; None where no word goes on.

        ``marked`` is True where PDFium took the hyphen for a word break, and removed it.
        """
        plain = above.endswith(_HYPHENS)
        if not marked and not plain:
            return None
        stem = above[:-1] if plain else above
        last, first = _LAST.search(stem), _FIRST.match(below)
        if last is None or first is None:
            # "2021-" and "2022": the hyphen is no word break, and there is no space behind it.
            return None if plain and stem[-1:].isspace() else (above if plain else f"{above}-")
        return stem if self._goes_on(last.group(), first.group(), marked) else f"{stem}-"

    def _goes_on(self, left: str, right: str, marked: bool) -> bool:
        joined, parted = (left + right).lower(), f"{left}-{right}".lower()
        if joined in self._known:
            return True
        if parted in self._known or (right[0].isupper() and not left.isupper()):
            return False
        if not self._parts_words():
            return False  # so this hyphen is one that happened to end a line
        # Two whole words ("long-term"), unless one is so short that it is a syllable as well.
        whole = left.lower().rsplit("-", 1)[-1] in self._known and right.lower() in self._known
        return not (whole and min(len(left), len(right)) >= 3) and (marked or left.lower() not in self._known)

    def _parts_words(self) -> bool:
        """Whether the document parts words at all: hyphens end many lines, and many such words are known whole."""
        if self._parted < _SHARE_PARTED * self._lines:
            return False
        whole = sum(word in self._known for word in self._joined)
        return len(self._joined) < _FEWEST_JOINED or whole >= _SHARE_WHOLE * len(self._joined)
