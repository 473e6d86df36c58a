"""Short follow-ups in languages other than English: told by their first words, their pronouns and their length.

What they leave out is not filled in, as that takes a grammar for each language: the last question is brought along.
"""

import re

_ENGLISH = frozenset(
    "what who whom whose when where which why how is are was were do does did the and of for about it its they their "
    "there tell me can could would should".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SHORT_WORDS = 3
_SHORT_CHARACTERS = 6
_LONGEST_FOLLOW_UP_WORDS = 14
_LONGEST_FOLLOW_UP_CHARACTERS = 30
_OPENING = re.compile(
    r"^[¿¡\s]*(?:y|e|pero|entonces|qué hay de|qué tal|"  # Spanish
    r"und|aber|was ist mit|wie steht es mit|"  # German
    r"et|mais|alors|donc|qu'en est-il|"  # French
    r"а|и|но|а что|как насчёт|как насчет)\s",  # Russian
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:él|ella|ello|ellos|ellas|eso|esto|aquello|allí|"
    r"ihn|ihm|ihr|ihnen|dessen|deren|davon|dazu|damit|darin|dafür|dort|"
    r"elle|elles|ils|celui-ci|celle-ci|cela|ça|lui|leur|"
    r"он|она|оно|они|его|её|ее|их|ему|ей|им|нём|нем|ней|них|этого|этом|это|там|тогда)\b",
    re.I,
)
_OPENING_UNSPACED = re.compile("^(?:那么?|那|还有|而且|然后|为什么呢|だから|それで|では|じゃあ)")
_POINTS_BACK_UNSPACED = re.compile(
    "它们?|他们?|她们?|其(?!他|中|实|它)|那里|那儿|这里|此|这个(?=[?？]|$)|呢[?？]?$|それ|そこ|彼"
)


def is_english(question: str) -> bool:
    """Or as good as: nothing but Latin letters, and a word that only English has, or no more than three words."""
    words = [word.casefold() for word in _WORD.findall(question)]
    if not all(word.isascii() for word in words) or "¿" in question:
        return False
    return not _ENGLISH.isdisjoint(words) or not (_OPENING.match(question) or _POINTS_BACK.search(question))


def leaves_out(question: str) -> bool:
    """Whether a question that is not English needs the one before it to be understood."""
    if _UNSPACED.search(question):
        length = len([character for character in question if character.isalnum()])
        if length <= _SHORT_CHARACTERS:
            return True
        points = _OPENING_UNSPACED.search(question) or _POINTS_BACK_UNSPACED.search(question)
        return points is not None and length <= _LONGEST_FOLLOW_UP_CHARACTERS
    count = len(_WORD.findall(question))
    if count <= _SHORT_WORDS and not any(word[:1].isupper() for word in question.split()[1:]):
        return True
    points = _OPENING.search(question) or _POINTS_BACK.search(question)
    return points is not None and count <= _LONGEST_FOLLOW_UP_WORDS
