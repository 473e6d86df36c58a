"""The stream of a model's pieces to sentences in plain text, each with the keys that it named.

Keys never get out, also when a key comes in several pieces: words are held until they are whole. A sentence is done
when the first word after it is whole, since only that tells "the U.S. Senate" from "the U.S. The Senate".
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from service.answer.sentences import sentences
from service.writing.plain import plain, seen
from service.writing.prompts import BRACKETED_KEY, HYPHEN, KEY

_LONGEST_BRACKET = 80
_BRACKETED = re.compile(rf"[\[【(][^\]】)\n]{{0,{_LONGEST_BRACKET}}}(?:[\]】)]|\Z)")
_BULLET = re.compile(r"(?:^|\n)[ \t]*(?:[-*•‣◦▪●–>#]+|\(?\w{1,3}[.)])\Z")
# Scripts without spaces: every character of theirs may end what is shown.
_UNSPACED = re.compile(r"[\s\u3001-\u30ff\u3400-\u9fff\uff01-\uff0f\uff1a-\uff1f]")


@dataclass(frozen=True, slots=True)
class Words:
    """More of the sentence at hand, with white space before it where it is needed within the sentence."""

    text: str
    on_new_line: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence is whole: its text on one line, and the keys that it named, in order, whether they exist or not."""

    text: str
    keys: tuple[str, ...]
    on_new_line: bool


class AnswerText:
    """Takes the pieces in order; gives ``Words`` as they come, and each ``Sentence`` after its words."""

    def __init__(self, hide: Callable[[str], str], keys: Iterable[str], sources: str) -> None:
        """``hide`` takes secrets out of whole words; ``sources`` is all text that the model was shown."""
        self._hide = hide
        self._references, self._keys_in = _references(keys)
        self._sources = sources
        self._raw = ""  # not yet whole words
        self._clean = ""  # from the beginning of the sentence at hand
        self._keys: list[tuple[int, str]] = []  # where in the clean text each stood
        self._shown = ""  # of the sentence at hand

    def feed(self, piece: str) -> Iterator[Words | Sentence]:
        self._raw += piece
        cut = _safe_cut(self._raw)
        if cut:
            whole, self._raw = self._raw[:cut], self._raw[cut:]
            self._take(whole)
            yield from self._told(at_end=False)

    def finish(self) -> Iterator[Words | Sentence]:
        """The model is done: what was held comes."""
        whole, self._raw = self._raw, ""
        self._take(whole)
        yield from self._told(at_end=True)

    def _take(self, whole: str) -> None:
        text = self._hide(seen(whole))
        parts, named, position = [], [], 0
        for match in self._references.finditer(text):
            parts.append(text[position : match.start()])
            named.append([_normal(key) for key in self._keys_in.findall(match.group())])
            position = match.end()
        parts.append(text[position:])
        shown = [plain(part, self._sources) for part in parts]
        # What stood around a reference must not become an address by its going: "www[1].example.org".
        between = "" if plain("".join(parts), self._sources) == "".join(shown) else " "
        for part, keys in zip(shown, [*named, []], strict=True):
            self._clean += part
            self._keys += [(len(self._clean), key) for key in keys]
            self._clean += between

    def _told(self, at_end: bool) -> Iterator[Words | Sentence]:
        while True:
            spans = sentences(self._clean)
            if not spans:
                return
            start, end = spans[0]
            is_done = at_end or len(spans) > 1  # only whole words are here
            yield from self._words(start, end)
            if not is_done:
                return
            following = spans[1][0] if len(spans) > 1 else len(self._clean)
            if self._shown:
                here = tuple(dict.fromkeys(key for position, key in self._keys if position <= following))
                yield Sentence(self._shown, here, "\n" in self._clean[:start])
            self._keys = [(position - end, key) for position, key in self._keys if position > following]
            self._clean, self._shown = self._clean[end:], ""

    def _words(self, start: int, end: int) -> Iterator[Words]:
        """Nothing for a stretch without letters and digits: what is left of a list of keys, a rule, a lone bullet."""
        line = " ".join(self._clean[start:end].split())
        if len(line) > len(self._shown) and any(c.isalnum() for c in line):
            yield Words(line[len(self._shown) :], "\n" in self._clean[:start])
            self._shown = line


def _references(keys: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """[p-7f3kq], [p-7f3kq, p-x2m9a], (p-7f3kq), 【3†source】, and the numbers that models make up: [1], [^2]; a key of
    this question wherever it stands, also without its "p-". And what finds the keys in such a one."""
    bare = "|".join(re.escape(key.removeprefix("p-")) for key in keys) or "(?!)"
    own = rf"\b(?:p\s?{HYPHEN}\s?)?(?:{bare})\b"
    number = r"\^?\d{1,3}(?:\s*[-–]\s*\d{1,3})?"
    named = rf"(?:passage|source|key|doc(?:ument)?)s?\s*:?\s*(?:{BRACKETED_KEY}|\d{{1,3}})"
    one = rf"(?:{own}|{BRACKETED_KEY}|{number}|{named}|\d+†[^\]】]{{0,40}})"
    square = rf"[\[【]\s*{one}(?:\s*[,;/&]?\s*(?:and\s+)?{one})*\s*[\]】]"
    round_ = rf"\(\s*(?:{own}|{KEY})(?:\s*[,;]\s*(?:{own}|{KEY}))*\s*\)"
    all_of_them = rf"[ \t]*(?:{square}|{round_}|{own})"
    return re.compile(all_of_them, re.IGNORECASE), re.compile(rf"{own}|{KEY}", re.IGNORECASE)


def _safe_cut(raw: str) -> int:
    """Up to where the text is whole words and closed brackets; the white space before what is held is held with it.

    A bullet is held until its item begins, since alone it could be a dash.
    """
    brackets = [match.span() for match in _BRACKETED.finditer(raw)]
    for position in range(len(raw) - 1, -1, -1):
        if _UNSPACED.match(raw[position]) and not any(start <= position < end for start, end in brackets):
            cut = len(raw[: position + 1].rstrip())
            bullet = _BULLET.search(raw, 0, cut)
            return cut if bullet is None else bullet.start()
    return 0


def _normal(key: str) -> str:
    return f"p-{re.split(HYPHEN, key, maxsplit=1)[-1].strip().lower()}"
