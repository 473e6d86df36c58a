"""Words of questions that say nothing of what is asked for: they are not searched for."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import regex
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

STOP_WORDS = frozenset(
    (  # one string reads better than a hundred lines
        "a about after all also am an and any are as at be because been before being both but by can could did do "
        "does doing done for from further get had has have having he her here hers him his how i if in into is it "
        "its itself just me more most my no nor not of off on once only or other our out over own same she should "
        "so some such than that the their them then there these they this those through to too under until up very "
        "was we were what when where which while who whom whose why will with would you your"
    ).split()
)
"""Of English."""

# Snowball's lists, which tantivy carries. Others were too long: to some, "year" and "people" are such words.
_OTHER_LANGUAGES = (
    "danish dutch finnish french german hungarian italian norwegian portuguese russian spanish swedish".split()
)
_FEWEST = 2  # "Die Hard" has one German stop word, and is not German
# Where there are no spaces to tell words by. Every question has one and hardly a document does, so to BM25 they would
# be what the question is about. The longest come first.
_INTERROGATIVES = (
    "为什么|為什麼|什么时候|什麼時候|什么|什麼|甚麼|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|哪个|哪個|哪些|哪里|哪裡|哪儿|哪兒|哪一"
    "|哪位|哪(?!吒)|谁|誰|多少|几个|幾個|(?<![幾几任])(?:何时|何時|何地|何处|何種|何种)|是否|吗(?!啡)|嗎(?!啡)|呢(?![绒絨喃])"
    "|でしょうか|でしたか|ましたか|ますか|ですか|どのように|どれくらい|どこ|どの|どれ|(?<!よ)だれ|いつ|なぜ|いくつ|なに|(?<![幾任])何(?=[がをのでとに年月日人度回])"
    "|무엇|누구|누가(?!복음)|언제(?!나)|어디|어느|어떤|어떻게|얼마|몇"
    "|อะไร|ใคร|ที่ไหน|เมื่อไร|เมื่อไหร่|ทำไม|อย่างไร|เท่าไร|เท่าไหร่|(?<!เ)กี่"
)
_INTERROGATIVE = regex.compile(unicodedata.normalize("NFKC", _INTERROGATIVES))


def without_interrogatives(question: str) -> str:
    """Without those of Chinese, Japanese, Korean and Thai; ``question`` is of usual width (NFKC)."""
    without: str = _INTERROGATIVE.sub(" ", question)
    return without


def stop_words_of(words: Iterable[str]) -> frozenset[str]:
    """Those of a question's words that are stop words: in English, and in the language that has the most of them.

    ``words`` are in small letters, with their diacritics.
    """
    words = frozenset(words)
    english = words & STOP_WORDS
    text = " ".join(words)
    others = [words.difference(_stopped(name).analyze(text)) for name in _OTHER_LANGUAGES]
    most = max(others, key=len)
    return english | most if len(most) >= max(_FEWEST, len(english) + 1) else english


@lru_cache
def _stopped(language: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stopword(language)).build()
