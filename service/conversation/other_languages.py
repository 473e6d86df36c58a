"""Short follow-ups in languages other than English: told by their first words and their pronouns.

What they leave out is not filled in, as that takes a grammar for each language: the last question is brought along.
"""

import re

from service.language.told import language_of

_ENGLISH = frozenset(
    "what who whom whose when where which why how is are was were do does did the and of for about it its they their "
    "there tell me can could would should".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_QUESTION_WORDS = frozenset(
    "qué que cuál cual cuáles quién quien quiénes dónde donde cuándo cuando cómo como cuánto cuánta cuántos cuántas "
    "por para de en hasta desde con a no y "
    "wer wen wem was wo wohin woher wann wie warum weshalb wieso welche welcher welches lange viel viele oft bis "
    "seit für von mit nicht und denn "
    "qui quoi quel quelle quels quelles où quand comment pourquoi combien jusqu depuis avec pour par à temps pas et "
    "кто кого кому кем что чего чему чем где куда откуда когда как почему зачем сколько какой какая какие до с от по "
    "за для на у нет не и долго".split()
)
_ONLY_ASKS_UNSPACED = re.compile(
    "(?:为什么|怎么样?|什么|时候|哪里|哪儿|哪个|哪些|谁|多少|多久|多长时间|几|吗|呢|了|是|在|的|不|"
    "なぜ|どうして|いつ|どこ|誰|だれ|何|どう|どれ|です|ます|か|の|は|が|で)+"
)
_FOREIGN = frozenset(
    "wie wer wo wann warum welche welcher welches ist sind gibt der das den dem ein eine einen und für von mit nicht "
    "kann können hat haben wird werden "
    "qui que quoi quel quelle quels quelles est sont quand comment pourquoi combien les des une du dans avec pour "
    "el los las una un por para con es son hay como cuando donde quien "
    "che chi quando quanto quale dove perch il gli della sono".split()
)
_SURE = 2  # words of another language; one may be of a name
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
    """Or as good as: nothing but Latin letters without accents, and no more words of other languages than English."""
    words = [word.casefold() for word in _WORD.findall(question)]
    if not all(word.isascii() for word in words) or "¿" in question:
        return False
    if language_of(question, _SURE) not in (None, "en"):
        return False
    said = _WORD.findall(question)
    foreign = sum(word in _FOREIGN for word in [said[0].casefold(), *said[1:]]) if said else 0  # not "Los" Angeles
    if foreign and foreign >= sum(word in _ENGLISH for word in words):
        return False
    return not _ENGLISH.isdisjoint(words) or not (_OPENING.match(question) or _POINTS_BACK.search(question))


def leaves_out(question: str) -> bool:
    """Whether a question that is not English needs the one before it to be understood."""
    if _UNSPACED.search(question):
        said = "".join(character for character in question if character.isalnum())
        if _ONLY_ASKS_UNSPACED.fullmatch(said):
            return True
        points = _OPENING_UNSPACED.search(question) or _POINTS_BACK_UNSPACED.search(question)
        return points is not None and len(said) <= _LONGEST_FOLLOW_UP_CHARACTERS
    words = [word.casefold() for word in _WORD.findall(question)]
    if _QUESTION_WORDS.issuperset(words):
        return True
    points = _OPENING.search(question) or _POINTS_BACK.search(question)
    return points is not None and len(words) <= _LONGEST_FOLLOW_UP_WORDS
