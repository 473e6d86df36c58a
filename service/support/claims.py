"""Does a sentence claim anything that a source could support? "Here is what I found:" does not."""

import re

from service.support.clauses import verb_at
from service.support.courtesies import is_courtesy
from service.support.words import words as words_of

# Openings of sentences about the answer itself. Each must match the whole sentence: where words are left over, they
# may be a claim, and a claim that is taken for none would go unchecked.
_CHAT = re.compile(
    r"""
    (?:(?:sure|certainly|of\ course|okay|ok|absolutely|no\ problem|great(?:\ question)?|thanks?(?:\ you)?)[,.!:;\s-]*)*
    (?:
        (?:here(?:'s|\ is|\ are)|below(?:\ is|\ are)|this\ is)
            \ (?:what|the\ (?:answer|summary|list|details?|information)
            |an?\ (?:answer|summary|list|overview)|some\ (?:information|details?))
            (?:\ (?:i|we)\ (?:have\ )?(?:found|know|could\ find))?
            (?:\ (?:based\ on|from|according\ to|in)\ (?:the|your|these)
                \ (?:\w+\ )?(?:passages?|sources?|documents?|context|text))?
        | (?:based\ on|according\ to|from)\ (?:the|your|these)
            \ (?:\w+\ )?(?:passages?|sources?|documents?|context|text|information)
        | (?:in\ (?:summary|short|conclusion|brief|other\ words)|to\ (?:summari[sz]e|sum\ up|conclude)|overall
            |summary|answer|conclusion|sources?|references?|note|key\ points?
            |the\ (?:answer|main\ points?|key\ points?)(?:\ (?:is|are)(?:\ as\ follows)?)?)
        | (?:i|we)\ (?:hope|trust)\ (?:this|that|it)\ helps?(?:\ you)?
        | (?:please\ )?(?:let\ me\ know|feel\ free\ to\ ask|do(?:\ not|n't)\ hesitate\ to\ ask)(?:\ me)?
            (?:\ if\ you(?:'d\ like|\ (?:still\ )?(?:need|have|want|would\ like)))?
            (?:\ (?:to\ know|any(?:thing)?|some|more|further|other|additional|follow-?up|else|questions?|details?
                |information|help|assistance|clarification|or))*
        | (?:you're|you\ are)\ welcome
        | (?:as\ follows|the\ following)
    )?
    [\s.!,:;…-]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL_WORDS = 6
_TELLS = frozenset("no not never none without do don avoid stop always must only use take call ask give go see".split())
# A heading or a label says nothing if it is no sentence and names a part of a text: "Opening hours:". "Paris:" may say.
_PARTS = frozenset(
    "hours points point details information overview summary background history introduction conclusion conclusions "
    "answer answers steps step requirements features benefits advantages disadvantages results findings facts fact "
    "sources source references reference contact prices price costs cost admission contents examples example "
    "definition definitions instructions policy policies options specifications timeline conditions effects warnings "
    "notes note questions question topics description location services methods method causes reasons rules "
    "terms".split()
)
# Questions back to the reader; any other may tell something in passing.
_QUESTION_BACK = re.compile(
    r"(?:(?:what|which|who|when|where|how)\b(?!.*\b(?:because|since|that)\b)|(?:is there )?anything else\b"
    r"|(?:do|would|did|can|could) you (?:mean|want|like|need|have|clarify|specify|rephrase|tell me|be more|provide)\b)"
    r"[^\d]{0,80}",
    re.I,
)
# What Markdown and lists put around the words: bullets, numbers, quotes and headings at the start, emphasis anywhere.
_MARKUP = re.compile(r"^(?:\s*[-*+•·‣◦▪●–—>#|]+\s+|\s*\(?\d{1,3}[.)]\s+)+|[*`]{1,3}|__|~~")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s[^\n]*$")
_BOLD = re.compile(r"^\s*(\*\*|__)[^*_\n]{1,80}(\*\*|__)\s*:?\s*$")
_QUESTION = re.compile(r"[?？؟]+[\"'”’»)\s]*$")
_DIGIT = re.compile(r"\d")


def makes_claim(sentence: str) -> bool:
    """Whether a source is needed. When unsure: yes, since what needs one and has none must not pass unchecked.

    Headings and labels that name a part of a text, questions back, and what is said about the answer itself need none.
    """
    if len(sentence) > 400:
        return True
    text = without_markup(sentence).replace("’", "'")
    if not any(character.isalnum() for character in text):
        return False
    if _QUESTION.search(text):
        return not _asks_back(text)
    if _CHAT.fullmatch(" ".join(text.split())) or is_courtesy(text):
        return False
    label = text.endswith((":", "：")) or _HEADING.match(sentence) or _BOLD.match(sentence)
    return not (label and _names_a_part(text))


def _asks_back(text: str) -> bool:
    asked = _QUESTION.sub("", text)
    if re.search(r"[,;.:。，\n]|n't\b|\bplease\b", asked, re.I):
        return False
    named = any(word[0].isupper() and word != "I" for word in asked.split()[1:])
    return not named and bool(_QUESTION_BACK.fullmatch(asked))


def _names_a_part(text: str) -> bool:
    found = re.findall(r"[^\W_]+", text.lower())
    if not 0 < len(found) <= _LABEL_WORDS or _DIGIT.search(text) or "\n" in text or ":" in text.rstrip(": "):
        return False
    # "Never", "Do": an imperative or a denial is a claim, whatever it is of.
    told = not _TELLS.isdisjoint(found) or verb_at(words_of(f"x {text}")[1:]) is not None
    return not told and not _PARTS.isdisjoint(found)


def without_markup(sentence: str) -> str:
    """The words alone, as they can be compared with a source."""
    return _MARKUP.sub("", sentence).strip(" \t\n_|")
