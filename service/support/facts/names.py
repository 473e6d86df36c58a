"""Names: capitalised words, and the acronyms that stand for several."""

from collections.abc import Sequence, Set

from service.support.words import Word


def missing(said: Sequence[Word], known: Set[str], read: Sequence[Word]) -> list[Word]:
    """The names that were said and not read.

    ``known`` are the stems of all that a name may come from: the evidence, what is around it, the document's title.
    ``read`` are those words in order, for acronyms: "UN" is read in "United Nations", and the other way round.
    """
    acronyms = _acronyms(read)
    own = _acronyms(said)
    absent = []
    for position, word in enumerate(said):
        if not word.name or word.stem in known or _by_another_ending(word.stem, known):
            continue
        if _is_acronym(word.text) and word.text.lower() in acronyms:
            continue
        # "United Nations" where the text has "UN": the run of capitals that this word is in.
        if any(start <= position < end and acronym in known for acronym, (start, end) in own.items()):
            continue
        absent.append(word)
    return absent


def _is_acronym(text: str) -> bool:
    return 2 <= len(text) <= 8 and text.isupper()


def _by_another_ending(stem: str, known: Set[str]) -> bool:
    """ "Norman" for "Normandy", "Iraqi" for "Iraq": the demonym of a name that was read."""
    if len(stem) < 4 or not stem.isalpha():
        return False
    root = stem[: max(4, len(stem) - 3)]
    return any(other.startswith(root) and abs(len(other) - len(stem)) <= 3 for other in known)


def _acronyms(words: Sequence[Word]) -> dict[str, tuple[int, int]]:
    """The acronyms of runs of two to eight capitalised words, small words between them left out."""
    found: dict[str, tuple[int, int]] = {}
    for start, first in enumerate(words):
        if not first.text[0].isupper():
            continue
        initials = ""
        for end in range(start, min(len(words), start + 10)):
            text = words[end].text
            if text[0].isupper():
                initials += text[0].lower()
                if len(initials) > 8:
                    break
                if len(initials) >= 2:
                    found.setdefault(initials, (start, end + 1))
            elif words[end].content:
                break
    return found
