"""The language of a question or a sentence: by its script, and in Latin letters by its small words.

Detectors of documents are often wrong about ten words. Here what cannot be told is None. Within a script that several
languages share, the one most written is guessed: Russian for Bulgarian and other Cyrillic without letters of its own,
Hindi for Marathi and Nepali, Arabic or Persian for what else is written in Arabic letters.
"""

import re
from collections.abc import Iterator

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 2_000  # characters that are looked at

# The script of a letter by its code point; ranges of one script follow one another.
_SCRIPTS = (
    ("greek", 0x370, 0x3FF), ("cyrillic", 0x400, 0x52F), ("hy", 0x530, 0x58F), ("he", 0x590, 0x5FF),
    ("arabic", 0x600, 0x77F), ("hi", 0x900, 0x97F), ("bn", 0x980, 0x9FF), ("pa", 0xA00, 0xA7F), ("gu", 0xA80, 0xAFF),
    ("ta", 0xB80, 0xBFF), ("te", 0xC00, 0xC7F), ("kn", 0xC80, 0xCFF), ("ml", 0xD00, 0xD7F), ("si", 0xD80, 0xDFF),
    ("th", 0xE00, 0xE7F), ("lo", 0xE80, 0xEFF), ("my", 0x1000, 0x109F), ("ka", 0x10A0, 0x10FF), ("ko", 0x1100, 0x11FF),
    ("am", 0x1200, 0x139F), ("km", 0x1780, 0x17FF), ("latin", 0x1E00, 0x1EFF), ("greek", 0x1F00, 0x1FFF),
    ("kana", 0x3040, 0x30FF), ("han", 0x3400, 0x9FFF), ("ko", 0xAC00, 0xD7AF), ("han", 0xF900, 0xFAFF),
)  # fmt: skip
_KANA_SHARE = 0.1  # of the letters; a Chinese text may name a Japanese thing
_OF_PERSIAN = frozenset("پچژگکی")
_OF_URDU = frozenset("ٹڈڑںےہ")
_OF_UKRAINIAN = frozenset("іїєґ")
_OF_BELARUSIAN = frozenset("ў")
_OF_OTHER_CYRILLIC = frozenset("ђјљњћџѓќѕәғқңөұүһ")  # Serbian, Macedonian, Kazakh and others

# Words that are frequent in a language and rare as words of the others; those of two count for both.
_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is are was were what who whose when where which why how does did do that this it "
        "for with on by from can could should would will have has had be been not there their its many much",
        "de": "der die das den dem des ein eine einen einem und ist sind war waren wird werden wurde was wer wen "
        "wem wo wann warum welche welcher welches wie viele nicht von mit zu im auf für bei nach aus gibt es "
        "hat haben kann in alt lange oft ich wir sie man wieviel woher wohin wozu",
        "fr": "le la les de à des du un une est sont était été qui que quoi quel quelle quels quelles où quand "
        "comment pourquoi combien et dans pour avec sur par pas ne ce cette il elle on au aux qu'est-ce ont "
        "fait",
        "es": "el la los las de del un una es son fue era tiene tienen hubo quién quiénes qué cuál cuáles dónde cuándo "
        "cómo cuánto cuántos cuántas por para con y que en se no hay al su ha está quien cual donde cuando",
        "it": "il lo la gli le di del della dei un una è sono era chi che cosa quale quali dove quando come perché "
        "quanto quanti per con non nel nella si ha al dal",
        "pt": "o os as de do da dos das um uma é são foi era quem que qual quais onde quando como quanto quantos "
        "por para com não em no na se ao há está",
        "nl": "de het een en is zijn was waren wordt wie wat waar wanneer waarom welke hoe veel niet van met voor "
        "op te in aan bij uit er heeft hebben kan",
        "pl": "jest są był była było kto co gdzie kiedy jak dlaczego który która które ile nie w na z do się i o po "
        "od czy",
        "tr": "bir ve ne kim nerede zaman nasıl neden niçin hangi kaç mi mı mu mü için ile bu olan değil var",
        "vi": "là của và có không được ai gì đâu khi nào như thế tại sao bao nhiêu trong cho với các những một",
        "id": "yang dan di ke dari apa siapa mana kapan bagaimana mengapa berapa adalah tidak untuk dengan itu ini",
        "sv": "och är var vem vad när hur varför vilken vilka det som en ett den att inte på för med av till",
        "cs": "je jsou byl byla bylo kdo kde kdy jak proč který která které kolik není na z do se a v co",
        "ro": "este sunt era cine unde când cum care cât câți de ce și în pe cu la nu din",
        "hu": "a az és egy ki mi hol mikor hogyan miért melyik hány van volt nem",
        "fi": "on oli ovat kuka mitä mikä missä milloin miten miksi kuinka ja ei se että",
    }.items()
}
# At the beginning these count twice: none begins a name that is known elsewhere, as "Dove", "Che" and "Comment" do.
_ASKS = frozenset(
    "who whom whose what when where which why how wer wen wem wo wann warum wie wieviel welche welcher welches "
    "quand pourquoi combien quel quelle quels quelles quién quiénes qué cuál cuáles dónde cuándo cómo cuánto cuántos "
    "cuántas quem qual quais onde quando quanto quantos perché quale quali wanneer waarom gdzie kiedy dlaczego nerede "
    "nasıl varför proč cât când unde milloin mikor".split()
)
# What only one or few of these languages write.
_LETTERS = {
    "de": "ßäöü", "fr": "çœèêëàùîôû", "es": "ñ¿¡áíóúé", "pt": "ãõçáéíóúâêô", "it": "àèìòù", "pl": "ąćęłńśźż",
    "tr": "ğşıçöü", "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "sv": "åäö", "cs": "ěščřžýůť",
    "ro": "ăâîșț", "hu": "őűöüáé", "fi": "äö",
}  # fmt: skip
_LETTER_WEIGHT = 0.5
_MOST_LETTERS = 4
LEAST_VOTES = 1.5
"""A single small word may be part of a name (Los Angeles, Von Neumann, IBM i): with it, a letter of the language, or
three of those without any."""
_FEW_WORDS = 2
_LEAST_LETTERS = 3  # of another script beside Latin names; fewer may be a formula's


def language_of(text: str, least: float | None = None) -> str | None:
    """The ISO 639-1 code, or None: a text without words, or in Latin letters with fewer than ``least`` that tell.

    Small words count one each, the language's letters a half. Without ``least``, in a text of a word or two that
    does not begin with a capital letter, one word is enough.
    """
    text = text[:_LONGEST]
    letters = [c for c in text.lower() if c.isalpha()]
    if not letters:
        return None
    counts: dict[str, int] = {}
    for script in map(_script, letters):
        counts[script] = counts.get(script, 0) + 1
    cjk = counts.get("han", 0) + counts.get("kana", 0)
    most = max(counts, key=lambda script: counts[script])
    # An ideograph says more than a letter: "Xi Jinping 是谁", but "Who is 习近平?".
    if most == "latin" and 2 * cjk < len(letters):
        told = _latin(text, least)
        del counts["latin"]
        most = max(counts, key=lambda script: counts[script], default="latin")
        if told or most == "latin" or (not cjk and counts[most] < _LEAST_LETTERS):
            return told
    if most in ("han", "kana") or 2 * cjk >= len(letters):
        return "ja" if counts.get("kana", 0) >= _KANA_SHARE * cjk else "zh"
    found = set(letters)
    if most == "cyrillic":
        if found & _OF_OTHER_CYRILLIC:
            return None
        return "uk" if found & _OF_UKRAINIAN else "be" if found & _OF_BELARUSIAN else "ru"
    if most == "arabic":
        return "ur" if found & _OF_URDU else "fa" if found & _OF_PERSIAN else "ar"
    return "el" if most == "greek" else most


def _script(letter: str) -> str:
    point = ord(letter)
    if point < 0x370:
        return "latin"
    return next((name for name, first, last in _SCRIPTS if first <= point <= last), "latin")


def _latin(text: str, least: float | None) -> str | None:
    words = _WORD.findall(text.replace("’", "'"))
    if least is None:
        named = words[0].isupper() if len(words) == 1 else words[0][0].isupper()
        least = 1 if len(words) <= _FEW_WORDS and not named else LEAST_VOTES
    # Words with capital letters are names' or German nouns; the first one is neither, unless it is an acronym.
    shouted = not any(c.islower() for c in text)
    small = [w.lower() for w in words[1:] if shouted or not w[0].isupper()]
    first = words[0].lower() if shouted or not _is_acronym(words[0]) else ""
    counted = [*_parts([first, *small]), *([first] if first in _ASKS else [])]
    votes = {language: float(sum(word in known for word in counted)) for language, known in _WORDS.items()}
    # "São Tomé": a small word's letters tell no more than the word.
    letters = "".join([*small, "" if any(first in known for known in _WORDS.values()) else first])
    letters += "".join(c for c in text if not c.isalpha())
    for language, own in _LETTERS.items():
        votes[language] += _LETTER_WEIGHT * min(_MOST_LETTERS, sum(letter in own for letter in letters))
    most, second = sorted(votes, key=lambda language: -votes[language])[:2]
    if votes[most] < least or votes[most] == votes[second]:
        return None
    return most


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _parts(words: list[str]) -> Iterator[str]:
    """ "l'Italia", "qu'est": the article and the word."""
    for word in words:
        yield word
        head, _, tail = word.partition("'")
        if tail:
            yield f"{head}e" if head in ("l", "d", "qu", "j", "n", "c", "s", "m") else head
            yield tail
