"""Does a sentence claim anything that a source could support? "Here is what I found:" does not."""

import re

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
        | (?:please\ )?let\ me\ know\ if\ (?:you|there)\ [\w\ ]{1,60}
        | (?:please\ )?feel\ free\ to\ ask[\w\ ]{0,40}
        | (?:you're|you\ are)\ welcome
        | (?:as\ follows|the\ following)
    )?
    [\s.!,:;…-]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL_WORDS = 6
# What Markdown and lists put around the words: bullets, numbers, quotes and headings at the start, emphasis anywhere.
_MARKUP = re.compile(r"^(?:\s*[-*+•·‣◦▪●–—>#|]+\s+|\s*\(?\d{1,3}[.)]\s+)+|[*`]{1,3}|__|~~")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_BOLD = re.compile(r"^\s*(\*\*|__)[^*_]{1,80}(\*\*|__)\s*:?\s*$")
_QUESTION = re.compile(r"[?？؟]+[\"'”’»)\s]*$")
_DIGIT = re.compile(r"\d")


def makes_claim(sentence: str) -> bool:
    """Whether a source is needed. When unsure: yes, since what needs one and has none must not pass unchecked.

    Headings, questions back, labels that end with a colon, and what is said about the answer itself need none.
    """
    if len(sentence) > 400:
        return True
    if _HEADING.match(sentence) or _BOLD.match(sentence):
        return False
    text = without_markup(sentence).replace("’", "'")
    if not any(character.isalnum() for character in text):
        return False
    # A question says nothing, unless one that asks is joined to one that tells: "It closed in 1990, didn't it?"
    if _QUESTION.search(text) and not re.search(r"[,;.。，]", text.rstrip("?？؟\"'”’») ")):
        return False
    if _CHAT.fullmatch(" ".join(text.split())):
        return False
    label = text.endswith((":", "：")) and len(text.split()) <= _LABEL_WORDS and len(text) <= 60
    return not (label and not _DIGIT.search(text))


def without_markup(sentence: str) -> str:
    """The words alone, as they can be compared with a source."""
    return _MARKUP.sub("", sentence).strip(" \t\n_|")
