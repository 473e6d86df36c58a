"""The stream of a model's pieces to sentences in plain text, each with the keys that it named.

Keys never get out, also when a key comes in several pieces: words are held until they are whole. A sentence is done
when the first word after it is whole, since only that tells "the U.S. Senate" from "the U.S. The Senate". A heading, a
list item, a table row is a line, and its last sentence ends with it.

What is held is looked at again with every piece, so that its length is limited: no text of any length takes more time
than in proportion to it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from core.errors import NotReady
from service.answer.sentences import each_sentence
from service.writing.plain import plain, seen
from service.writing.prompts import BRACKETED_KEY, HYPHEN, KEY

_LONGEST_BRACKET = 80
_LONGEST_WORD = 1000
_LONGEST_SENTENCE = 2000
_BULLET = re.compile(r"(?:^|\n)[ \t]*(?:[-*•‣◦▪●–>#]+|\(?\w{1,3}[.)])\Z")
# Scripts without spaces: every character of theirs may end what is shown.
# Not the wide full stop, slash and colon, which stand in addresses too.
_UNSPACED = r"[\s\u3001-\u30ff\u3400-\u9fff\uff01-\uff0d\uff1b-\uff1f]"
_BRACKET_OR_END = re.compile(rf"[\[【(][^\[【(\]】)\n]{{0,{_LONGEST_BRACKET}}}(?:[\]】)]|\Z)|(?P<end>{_UNSPACED})")
_HEADING = r"[ \t]{0,3}#{1,6}[ \t]"
_RULE = r"[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,})[ \t]*$"  # between paragraphs, or under a heading
_LINE_APART = re.compile(rf"{_HEADING}|{_RULE}")
_LINE_ALONE = re.compile(
    rf"{_HEADING}|{_RULE}|[ \t]*(?:[-*•‣◦▪●–][ \t]|\(?(?:\d{{1,3}}|[a-zA-Z])[.)][ \t]|\|)|[^\n]*[ \t]\|[ \t]|"
    r"[ \t]*(\*\*|__)[^*_\n]+\1[ \t]*:?[ \t]*$"
)


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


class EndlessText(NotReady):
    """The model does not write sentences."""


class AnswerText:
    """Takes the pieces in order; gives ``Words`` as they come, and each ``Sentence`` after its words."""

    def __init__(self, hide: Callable[[str], str], keys: Iterable[str], sources: str) -> None:
        """``hide`` takes secrets out of whole words; ``sources`` is all text that the model was shown."""
        self._hide = hide
        self._references, self._keys_in = _references(keys)
        self._sources = sources
        self._raw = ""  # not yet whole words
        self._clean = ""  # from the beginning of the sentence at hand
        self._line = ""  # the beginning of the line at hand
        self._keys: list[tuple[int, str]] = []  # where in the clean text each stood
        self._shown = ""  # of the sentence at hand

    def feed(self, piece: str) -> Iterator[Words | Sentence]:
        """Raises EndlessText for a word or a sentence that is longer than any should be."""
        self._raw += piece
        cut = _safe_cut(self._raw)
        if cut:
            whole, self._raw = self._raw[:cut], self._raw[cut:]
            self._take(whole)
            yield from self._told(at_end=False)
        if len(self._raw.strip()) > _LONGEST_WORD or len(self._clean.strip()) > _LONGEST_SENTENCE:
            raise EndlessText("The language model wrote a word or a sentence without an end.", "See its server's log.")

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
            self._add(part)
            self._keys += [(len(self._clean), key) for key in keys]
            self._clean += between

    def _add(self, part: str) -> None:
        """With a blank line around what is a line of its own."""
        first, *others = part.split("\n")
        self._begin_line(self._line + first)
        self._clean += first
        for line in others:
            apart = _LINE_ALONE.match(self._line) or _LINE_APART.match(line)
            self._clean += f"\n\n{line}" if apart else f"\n{line}"
            self._begin_line(line)

    def _begin_line(self, line: str) -> None:
        self._line = line[:_LONGEST_SENTENCE]

    def _told(self, at_end: bool) -> Iterator[Words | Sentence]:
        while True:
            spans = list(islice(each_sentence(self._clean), 2))
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
    number = r"\^?\d{1,3}(?!\d)(?:\s*+[-–]\s*+\d{1,3}(?!\d))?"
    named = rf"(?:passage|source|key|doc(?:ument)?)s?\s*+(?::\s*+)?+(?:{BRACKETED_KEY}|\d{{1,3}}(?!\d))"
    # Atomic, and no run of digits or white space in two ways: else a few dozen of them take hours.
    one = rf"(?>{own}|{BRACKETED_KEY}|\d++†[^\]】]{{0,40}}|{number}|{named})"
    square = rf"[\[【]\s*+{one}(?:\s*+(?:[,;/&]\s*+)?+(?:and\s++)?{one})*+\s*+[\]】]"
    key = rf"(?>{own}|{KEY})"
    round_ = rf"\(\s*+{key}(?:\s*+[,;]\s*+{key})*+\s*+\)"
    all_of_them = rf"(?:(?<![ \t])[ \t]++)?(?:{square}|{round_}|{own})"
    return re.compile(all_of_them, re.IGNORECASE), re.compile(rf"{own}|{KEY}", re.IGNORECASE)


def _safe_cut(raw: str) -> int:
    """Up to where the text is whole words and closed brackets; the white space before what is held is held with it.

    A bullet is held until its item begins, since alone it could be a dash.
    """
    last = 0
    for match in _BRACKET_OR_END.finditer(raw, len(raw) - len(raw.lstrip())):
        if match.lastgroup == "end":
            last = match.end()
    cut = len(raw[:last].rstrip())
    bullet = _BULLET.search(raw, 0, cut)
    return cut if bullet is None else bullet.start()


def _normal(key: str) -> str:
    return f"p-{re.split(HYPHEN, key, maxsplit=1)[-1].strip().lower()}"
